#pragma once
#include <span>
#include <vector>

#include "engine/base/quantity.hpp"

namespace coutard {

/// Cumulative dose-volume histogram of one structure; immutable once constructed.
/// V(D) is the volume that receives at least D. Bin k covers [k w, (k + 1) w) and V is linear inside
/// it, so volume_at and dose_at invert each other wherever V falls.
/// Source: Drzymala et al., Int J Radiat Oncol Biol Phys 21 (1991) 71. Theory: docs/theory/evaluation.md.
class Dvh {
  public:
    /// \param dose       absorbed dose per voxel [Gy], shape (nz, ny, nx), x fastest
    /// \param occupancy  part of each voxel inside the structure, 0 to 1, same shape as dose
    /// \param voxel      volume of one voxel [cm3], positive
    /// \param width      bin width w [Gy], positive; 0.1 Gy or finer for clinical reports
    /// \throws ContractError  shapes differ, or voxel or width not positive (the caller's bug)
    /// \throws InputError     dose negative, NaN or above 10^6 bins; occupancy outside [0, 1]
    Dvh(std::span<const float> dose, std::span<const float> occupancy, Cm3 voxel, Gy width);

    /// From the volume in each bin [cm3]. \throws ContractError width not positive, a volume negative
    Dvh(std::vector<double> volume_in_bin, Gy width);

    Cm3 volume_at(Gy dose) const;  ///< V20 is volume_at(Gy{20}); total() at zero dose and below
    /// Least dose in the hottest `volume`: D95% is dose_at(95 % of total()).
    /// \throws ContractError volume outside (0, total()]
    Gy dose_at(Cm3 volume) const;
    Cm3 total() const { return Cm3{at_least_.front()}; }
    Gy width() const { return width_; }
    /// V at the bin edges 0, w, 2 w, ... [cm3]: falling, the last one 0. For plots.
    std::span<const double> at_least() const { return at_least_; }

  private:
    Gy width_;
    std::vector<double> at_least_;  // [cm3], bins + 1 entries, falling, the last one 0
};

}  // namespace coutard
