#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "contouring/train/patch.hpp"
#include "engine/image/volume.hpp"

namespace coutard::contouring {

/// How a contour of another day differs from today's.
struct WobbleConfig {
    double shift_mm = 4;     ///< standard deviation along each axis
    double turn_deg = 3;     ///< standard deviation about each axis
    double scale = 0.04;     ///< in plane, standard deviation: weight lost or gained
    double field_mm = 3;     ///< standard deviation at nodes of the smooth part
    double node_mm = 40;     ///< distance of nodes
    double least_share = 0;  ///< all of it times something between this and 1
};

/// A random smooth displacement over a patch, about its middle: a shift, turns, a scale in plane, and a field
/// that is trilinear between nodes.
class Wobble {
  public:
    Wobble(const Size3& size, const Vec3& spacing_mm, const WobbleConfig& config, Random& random);

    /// One channel of a patch read at the displaced voxels, 0 to 1; trilinear; the
    /// border goes on beyond the patch.
    /// \param inside  part inside in 1/255, shape (z, y, x)
    std::vector<float> moved(std::span<const std::uint8_t> inside) const;

    /// Root mean square displacement along one axis over the patch: how far off a surface is.
    double error_mm() const { return error_mm_; }

  private:
    Size3 size_;
    std::vector<Vec3f> from_;  ///< voxel that each one reads
    double error_mm_ = 0;
};

/// Standard normal deviate (Box and Muller, Ann Math Stat 29 (1958) 610).
double normal(Random& random);

}  // namespace coutard::contouring
