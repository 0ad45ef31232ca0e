#pragma once
#include "engine/image/volume.hpp"

namespace coutard {

/// The displacement v on `target` that undoes u: y + v(y) is the point that x + u(x) = y came from, so
/// v(y) = -u(y + v(y)), found by fixed-point iteration (Chen et al., Med Phys 35 (2008) 81), which
/// converges where the gradient of u stays below 1. Where it does not, the last estimate stands:
/// look at inverse_residual.
/// \param target grid of the moving image of u, where v lives
/// \param tolerance_mm a voxel is done when a step moves it by less than this
DisplacementField invert(const DisplacementField& u, const Grid& target, int iterations = 40,
                         double tolerance_mm = 0.01);

/// |v(y) + u(y + v(y))| [mm] at each voxel of v: zero where v inverts u.
Volume<float> inverse_residual(const DisplacementField& v, const DisplacementField& u);

/// The displacement field of a map given as a function: u(x) = map(x) - x on a grid.
template <class Map>
DisplacementField field_of(const Grid& grid, const Map& map) {
    DisplacementField field(grid);
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) {
                const Vec3 x = grid.point(i, j, k), u = map(x) - x;
                field.at(i, j, k) = {static_cast<float>(u.x), static_cast<float>(u.y), static_cast<float>(u.z)};
            }
    return field;
}

}  // namespace coutard
