#pragma once
#include <string>

#include "engine/eval/dvh.hpp"
#include "engine/image/volume.hpp"

namespace coutard {

/// What one structure receives: its histogram and the figures that a histogram loses.
struct StructureDose {
    std::string name;
    Dvh dvh{{}, Gy{0.01}};
    Gy mean, minimum, maximum;  ///< of the dose inside; zero when the structure is empty
    Vec3 maximum_at_mm;         ///< where the maximum lies, patient frame [mm]
    Cm3 outside_dose_grid;      ///< part of the volume beyond the dose grid, counted with no dose

    Cm3 volume() const { return dvh.total(); }
    bool empty() const { return !(dvh.total() > Cm3{0}); }
    /// Least dose in the hottest part of the structure. \throws ContractError percent outside (0, 100]
    Gy dose_at_percent(double percent) const { return dvh.dose_at(volume() * (percent / 100)); }
    /// Part of the structure with at least this dose [%].
    double percent_at(Gy dose) const { return 100 * (dvh.volume_at(dose) / volume()); }
};

struct DoseSampling {
    Gy bin_width{0.01};
    double step_mm = 1.0;  ///< a mask voxel is cut into an odd number of parts per axis, none longer, at most 7;
                           ///< a partly covered one into parts half as long
};

/// Dose in a structure whose mask may lie on another grid than the dose. Each voxel of the mask is cut
/// into sub-voxels at which the dose is interpolated trilinearly, so structures smaller than a dose
/// voxel are right; the volume of each is spread over the doses that it spans. A partly covered voxel gives its
/// sub-voxels on the side to which coverage rises (the plane of Parker and Youngs' volume-of-fluid method) until its
/// covered volume is used up. \param dose [Gy]; every value is checked \throws InputError dose NaN or negative, naming
/// the voxel \throws ContractError mask or dose without voxels, step not positive
StructureDose structure_dose(std::string name, const Volume<float>& dose, const Mask& mask,
                             const DoseSampling& sampling = {});

/// Refuse what is no dose. \throws InputError naming `what`, the voxel and the value found
void validate_dose(const Volume<float>& dose, std::string_view what);

}  // namespace coutard
