#pragma once
#include <cmath>

#include "engine/image/volume.hpp"

namespace coutard::test {

/// The part of each voxel where holds(point) is true, by n^3 samples.
template <class Holds>
Mask solid(const Grid& grid, const Holds& holds, int n = 5) {
    Mask mask(grid);
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) {
                int count = 0;
                for (int s = 0; s < n * n * n; ++s)
                    count += holds(grid.point(i - 0.5 + (s % n + 0.5) / n, j - 0.5 + (s / n % n + 0.5) / n,
                                              k - 0.5 + (s / n / n + 0.5) / n));
                mask.at(i, j, k) = static_cast<std::uint8_t>(std::lround(255.0 * count / (n * n * n)));
            }
    return mask;
}

/// Samples only voxels that the surface can cut.
inline Mask sphere(const Grid& grid, const Vec3& centre, double radius_mm, int n = 5) {
    Mask mask(grid);
    const double reach = norm(grid.spacing_mm()) / 2;
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) {
                const double d = norm(grid.point(i, j, k) - centre) - radius_mm;
                if (std::abs(d) > reach) {
                    mask.at(i, j, k) = d < 0 ? 255 : 0;
                    continue;
                }
                const Mask one = solid(
                    Grid({1, 1, 1}, grid.point(i, j, k), grid.spacing_mm(), grid.direction()),
                    [&](const Vec3& p) { return norm(p - centre) < radius_mm; }, n);
                mask.at(i, j, k) = one[0];
            }
    return mask;
}
inline Mask box(const Grid& grid, const Vec3& low, const Vec3& high) {
    return solid(grid, [&](const Vec3& p) {
        return p.x > low.x && p.y > low.y && p.z > low.z && p.x < high.x && p.y < high.y && p.z < high.z;
    });
}
inline double sphere_cm3(double radius_mm) {
    return 4.0 / 3.0 * 3.14159265358979323846 * radius_mm * radius_mm * radius_mm / 1000;
}

/// Dice similarity of two masks by voxels more than half inside.
inline double dice(const Mask& a, const Mask& b) {
    double both = 0, sum = 0;
    for (std::size_t v = 0; v < a.count(); ++v) {
        both += inside(a, v) && inside(b, v);
        sum += inside(a, v) + inside(b, v);
    }
    return sum > 0 ? 2 * both / sum : 1;
}

}  // namespace coutard::test
