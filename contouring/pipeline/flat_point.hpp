#pragma once
#include "engine/geom/grid.hpp"

namespace coutard::contouring {

/// The patient point [mm] of a voxel by its flat index, x fastest.
inline Vec3 flat_point(const Grid& grid, std::size_t voxel) {
    const auto nx = static_cast<std::size_t>(grid.size().x), ny = static_cast<std::size_t>(grid.size().y);
    return grid.point(static_cast<double>(voxel % nx), static_cast<double>(voxel / nx % ny),
                      static_cast<double>(voxel / (nx * ny)));
}

}  // namespace coutard::contouring
