#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "dose/ray/fluence.hd.hpp"
#include "engine/plan/machine.hpp"

namespace coutard::dose {

/// The beam of a machine: what data/machines/NAME.json says under beam_model (docs/formats/machine.md).
/// One focal source; no head scatter and no contaminant electrons (docs/theory/dose.md, section 4).
struct BeamModel {
    Machine machine;
    std::string spectrum = "mohan6";  ///< of data/physics/spectra
    double focal_spot_fwhm_mm = 1.5;  ///< Gaussian, isotropic
    double source_to_mlc_mm = 510;
    std::vector<double> off_axis_mm;      ///< distance from the axis at the isocentre plane, rising from 0
    std::vector<double> off_axis_factor;  ///< planar fluence there over that on the axis
    double fluence_per_mu = 0;            ///< photons/cm2 per MU on the axis at the isocentre, open field

    /// Standard deviation of the focal spot's shadow at the isocentre plane [mm].
    double blur_mm() const;
    /// How far the blur carries fluence: four standard deviations [mm].
    double blur_reach_mm() const { return 4 * blur_mm(); }
    /// Photons per solid angle at a point of the isocentre plane over those on the axis, open field.
    double open(double x_mm, double y_mm) const;
};

/// \param data_dir the data folder \throws InputError unknown machine, or a beam_model missing or wrong
BeamModel read_beam_model(const std::filesystem::path& data_dir, const std::string& machine);

/// Give a map of covered area the beam's shape: blur by the focal spot, then the open beam's profile.
/// The map grows by `grow` pixels on each side before the blur.
FluenceMap shaped(const FluenceMap& map, const BeamModel& model, int grow);

}  // namespace coutard::dose
