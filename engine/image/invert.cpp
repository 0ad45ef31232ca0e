#include "engine/image/invert.hpp"

#include <cmath>

#include "engine/image/resample.hpp"
#include "engine/par/for_each.hpp"

namespace coutard {
namespace {

Vec3 voxel_point(const Grid& grid, std::size_t v) {
    const auto nx = static_cast<std::size_t>(grid.size().x), ny = static_cast<std::size_t>(grid.size().y);
    return grid.point(static_cast<double>(v % nx), static_cast<double>(v / nx % ny),
                      static_cast<double>(v / (nx * ny)));
}

}  // namespace

DisplacementField invert(const DisplacementField& u, const Grid& target, int iterations, double tolerance_mm) {
    expect(iterations > 0 && tolerance_mm > 0, "invert: iterations and tolerance are positive");
    DisplacementField v(target);
    par::for_each_index(
        par::Host{}, target.count(),
        [&](std::size_t at) {
            const Vec3 y = voxel_point(target, at);
            Vec3 d{};
            for (int i = 0; i < iterations; ++i) {
                const Vec3 next = -sample_linear(u, y + d);
                const double moved = norm(next - d);
                d = next;
                if (moved < tolerance_mm) break;
            }
            v[at] = {static_cast<float>(d.x), static_cast<float>(d.y), static_cast<float>(d.z)};
        },
        4096);
    return v;
}

Volume<float> inverse_residual(const DisplacementField& v, const DisplacementField& u) {
    Volume<float> residual(v.grid());
    par::for_each_index(
        par::Host{}, v.count(),
        [&](std::size_t at) {
            const Vec3 d{v[at].x, v[at].y, v[at].z};
            residual[at] = static_cast<float>(norm(d + sample_linear(u, voxel_point(v.grid(), at) + d)));
        },
        4096);
    return residual;
}

}  // namespace coutard
