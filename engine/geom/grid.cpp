#include "engine/geom/grid.hpp"

#include <cmath>

#include "engine/base/error.hpp"

namespace coutard {

Grid::Grid(Size3 size, Vec3 origin_mm, Vec3 spacing_mm, Mat3 direction)
    : size_(size), origin_(origin_mm), spacing_(spacing_mm), direction_(direction) {
    expect(size.x >= 1 && size.y >= 1 && size.z >= 1, "grid: every axis has at least one voxel");
    expect(spacing_mm.x > 0 && spacing_mm.y > 0 && spacing_mm.z > 0, "grid: spacing is positive");
    const Mat3 product = direction.transposed() * direction;
    for (int c = 0; c < 3; ++c)
        for (int r = 0; r < 3; ++r) {
            const double found = (c == 0 ? product.cx : c == 1 ? product.cy : product.cz)[r];
            expect(std::abs(found - (c == r ? 1 : 0)) < 1e-4, "grid: direction is orthonormal");
        }
    expect(direction.determinant() > 0, "grid: direction is right-handed");
}

bool Grid::same_as(const Grid& other, double tolerance_mm) const {
    if (size_ != other.size_) return false;
    for (int corner = 0; corner < 8; ++corner) {
        const double i = corner & 1 ? size_.x - 1 : 0, j = corner & 2 ? size_.y - 1 : 0,
                     k = corner & 4 ? size_.z - 1 : 0;
        if (norm(point(i, j, k) - other.point(i, j, k)) > tolerance_mm) return false;
    }
    return true;
}

Grid resampled_grid(const Grid& grid, const Vec3& spacing_mm) {
    expect(spacing_mm.x > 0 && spacing_mm.y > 0 && spacing_mm.z > 0, "resampled_grid: spacing is positive");
    const Vec3 old = grid.spacing_mm();
    const auto voxels = [](int n, double from, double to) {
        return std::max(1, static_cast<int>(std::ceil(n * from / to - 1e-6)));
    };
    const Size3 size{voxels(grid.size().x, old.x, spacing_mm.x), voxels(grid.size().y, old.y, spacing_mm.y),
                     voxels(grid.size().z, old.z, spacing_mm.z)};
    const Vec3 low_face = grid.point(-0.5, -0.5, -0.5);
    return {size, low_face + grid.direction() * (spacing_mm * 0.5), spacing_mm, grid.direction()};
}

Grid cropped_grid(const Grid& grid, Size3 first, Size3 last) {
    expect(grid.holds(first.x, first.y, first.z) && grid.holds(last.x, last.y, last.z), "cropped_grid: corner outside");
    expect(first.x <= last.x && first.y <= last.y && first.z <= last.z, "cropped_grid: first corner is the lower one");
    return {{last.x - first.x + 1, last.y - first.y + 1, last.z - first.z + 1},
            grid.point(first.x, first.y, first.z),
            grid.spacing_mm(),
            grid.direction()};
}

}  // namespace coutard
