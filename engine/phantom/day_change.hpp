#pragma once
#include "engine/phantom/recipe.hpp"

namespace coutard::phantom {

/// What is different today.
struct DayChange {
    Vec3 shift_mm;             ///< the body lies that much further along LPS
    double weight_loss = 0;    ///< part of the body's volume lost from its surface layers, 0 to 0.2
    double tumour_shrink = 0;  ///< part of the tumour's volume gone, 0 to 0.6
};

/// Today's point -> the same tissue's point on the planning day: the true deformation, exactly, since
/// today's image is painted through it. Smooth and invertible. Under weight loss points move along the
/// surface normal, fully at the skin, fading to nothing `reach` below it; the tumour contracts about its
/// centre with a Gaussian fall-off.
class DayMap {
  public:
    DayMap() = default;  ///< nothing changed
    /// \throws ContractError parts outside their range
    DayMap(const Recipe& recipe, const std::vector<Layer>& layers, const DayChange& change);
    Vec3 operator()(const Vec3& today_mm) const;

  private:
    Vec3 shift_, tumour_centre_;
    SolidPtr outline_;
    double lost_mm_ = 0, reach_mm_ = 35, contraction_ = 0, fall_off_mm_ = 30;
    /// The volume that a solid keeps today, by counting points of a lattice [points].
    double volume_today(const Solid& solid, const Bounds& where, double step_mm) const;
};

}  // namespace coutard::phantom
