#pragma once
#include <cmath>
#include <cstddef>
#include <type_traits>

#include "engine/base/hd.hpp"
#include "engine/geom/grid.hpp"

namespace coutard::dose {

/// Box space of a grid: voxel i spans [i, i + 1) on each axis. Point of it for a patient point [mm].
COUTARD_HD inline Vec3 box_point(const Grid& grid, const Vec3& point_mm) {
    return grid.index(point_mm) + Vec3{0.5, 0.5, 0.5};
}

COUTARD_HD inline int extent(const Grid& grid, int axis) {
    return axis == 0 ? grid.size().x : axis == 1 ? grid.size().y : grid.size().z;
}

/// The part [from, to] of a + t (b - a), 0 <= t <= 1, that lies in the grid; false when none does.
COUTARD_HD inline bool clip(const Grid& grid, const Vec3& a, const Vec3& b, double& from, double& to) {
    from = 0;
    to = 1;
    for (int k = 0; k < 3; ++k) {
        const double d = b[k] - a[k], n = extent(grid, k);
        if (d == 0) {
            if (a[k] < 0 || a[k] >= n) return false;
            continue;
        }
        const double t0 = (d > 0 ? -a[k] : n - a[k]) / d, t1 = (d > 0 ? n - a[k] : -a[k]) / d;
        from = std::fmax(from, t0);
        to = std::fmin(to, t1);
    }
    return from < to;
}

/// Visit each voxel that segment a -> b crosses, in order: visit(flat, part) with the part of the whole
/// segment inside it; where it returns a bool, false ends the walk. a and b are finite, in box space. Parts outside the
/// grid are skipped. Source: Siddon, Med Phys 12 (1985) 252; incremental form of Amanatides and Woo (1987).
template <class Visit>
COUTARD_HD void walk(const Grid& grid, const Vec3& a, const Vec3& b, Visit&& visit) {
    double t = 0, t_end = 0;
    if (!clip(grid, a, b, t, t_end)) return;
    int at[3], side[3], step[3];
    double inverse[3], wall[3];  // wall: t of the next wall on each axis
    for (int k = 0; k < 3; ++k) {
        const double d = b[k] - a[k];
        const int last = extent(grid, k) - 1;
        int cell = static_cast<int>(std::floor(a[k] + t * d));
        cell = cell < 0 ? 0 : cell > last ? last : cell;
        at[k] = cell;
        side[k] = d > 0 ? 1 : 0;
        step[k] = d > 0 ? 1 : -1;
        inverse[k] = d == 0 ? 0 : 1 / d;
        wall[k] = d == 0 ? HUGE_VAL : (cell + side[k] - a[k]) * inverse[k];
    }
    while (t < t_end) {
        const int xy = wall[1] < wall[0] ? 1 : 0, k = wall[2] < wall[xy] ? 2 : xy;
        const double next = wall[k] < t_end ? wall[k] : t_end;
        if (next > t) {
            if constexpr (std::is_same_v<decltype(visit(std::size_t{}, 0.0)), bool>) {
                if (!visit(grid.flat(at[0], at[1], at[2]), next - t)) return;
            } else {
                visit(grid.flat(at[0], at[1], at[2]), next - t);
            }
        }
        t = next > t ? next : t;
        at[k] += step[k];
        if (at[k] < 0 || at[k] >= extent(grid, k)) return;
        wall[k] = (at[k] + side[k] - a[k]) * inverse[k];  // recomputed, not summed: no drift on long rays
    }
}

}  // namespace coutard::dose
