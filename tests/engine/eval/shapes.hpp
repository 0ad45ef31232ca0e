#pragma once
#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/image/volume.hpp"

namespace coutard::test {

/// A cubic grid centred on the origin, `n` voxels of `mm` per axis.
inline Grid cube_grid(int n, double mm) {
    const double first = -(n - 1) * mm / 2;
    return Grid({n, n, n}, {first, first, first}, {mm, mm, mm});
}

/// Values of a function of the patient point at voxel centres.
inline Volume<float> field(const Grid& grid, const std::function<double(const Vec3&)>& f) {
    Volume<float> volume(grid);
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) volume.at(i, j, k) = static_cast<float>(f(grid.point(i, j, k)));
    return volume;
}

/// Part of each voxel where `in` holds, from 5 x 5 x 5 points.
inline Mask covered(const Grid& grid, const std::function<bool(const Vec3&)>& in) {
    Mask mask(grid);
    const auto at = [](int s) { return (s + 0.5) / 5 - 0.5; };
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) {
                int hits = 0;
                for (int s = 0; s < 125; ++s) hits += in(grid.point(i + at(s % 5), j + at(s / 5 % 5), k + at(s / 25)));
                mask.at(i, j, k) = static_cast<std::uint8_t>(std::lround(hits * 255.0 / 125));
            }
    return mask;
}

inline auto ball(const Vec3& centre, double radius_mm) {
    return [=](const Vec3& p) { return norm(p - centre) <= radius_mm; };
}

inline auto box(const Vec3& low, const Vec3& high) {
    return [=](const Vec3& p) {
        return p.x >= low.x && p.x <= high.x && p.y >= low.y && p.y <= high.y && p.z >= low.z && p.z <= high.z;
    };
}

}  // namespace coutard::test
