#pragma once
#include <cmath>
#include <functional>
#include <numbers>

#include "engine/image/invert.hpp"
#include "engine/image/volume.hpp"
#include "engine/ports/registrar.hpp"

namespace coutard::test {

/// A head of ellipsoids in air [HU], about 100 mm wide, around the origin; edges are 3 mm soft, so that a
/// moved copy is known everywhere, not only at voxel centres.
inline float ellipsoid_head(const Vec3& p) {
    struct Part {
        Vec3 centre, half;
        double hu;
    };
    static const Part parts[] = {{{0, 0, 0}, {50, 58, 52}, 20},      {{0, 5, 8}, {38, 44, 36}, 700},
                                 {{0, 5, 8}, {34, 40, 32}, 35},      {{-14, 10, 10}, {6, 14, 8}, 0},
                                 {{14, 10, 10}, {6, 14, 8}, 0},      {{0, -34, -30}, {7, 9, 18}, -950},
                                 {{0, 30, -26}, {12, 12, 24}, 400},  {{-30, -12, -30}, {9, 14, 12}, -60},
                                 {{30, -12, -30}, {9, 14, 12}, -60}, {{8, -6, 18}, {9, 7, 8}, 90}};
    double hu = -1000;
    for (const auto& part : parts) {
        const Vec3 d = p - part.centre;
        const Vec3 q{d.x / part.half.x, d.y / part.half.y, d.z / part.half.z};
        const double r = norm(q), thickness = std::min({part.half.x, part.half.y, part.half.z});
        const double inside = 1 / (1 + std::exp((r - 1) * thickness / 0.75));
        hu += inside * (part.hu - hu);
    }
    return static_cast<float>(hu);
}

using Map = std::function<Vec3(const Vec3&)>;

/// What a scanner sees of the head when the point at x came from map(x).
inline Volume<float> scan(const Grid& grid, const Map& map) {
    Volume<float> image(grid);
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) image.at(i, j, k) = ellipsoid_head(map(grid.point(i, j, k)));
    return image;
}
inline Vec3 nowhere_else(const Vec3& p) {
    return p;
}

/// A cube of voxels around the origin.
inline Grid cube(int voxels, double spacing_mm) {
    const double first = -0.5 * (voxels - 1) * spacing_mm;
    return {{voxels, voxels, voxels}, {first, first, first}, {spacing_mm, spacing_mm, spacing_mm}};
}

inline Mask head_mask(const Volume<float>& image) {
    Mask mask(image.grid());
    for (std::size_t v = 0; v < mask.count(); ++v) mask[v] = image[v] > -400 ? 255 : 0;
    // The airway is inside the body.
    for (int k = 0; k < mask.grid().size().z; ++k)
        for (int j = 0; j < mask.grid().size().y; ++j) {
            int first = -1, last = -1;
            for (int i = 0; i < mask.grid().size().x; ++i)
                if (mask.at(i, j, k) != 0) last = i, first = first < 0 ? i : first;
            for (int i = std::max(first, 0); i <= last; ++i) mask.at(i, j, k) = 255;
        }
    return mask;
}

/// Turn about z, then x, about the origin, and shift.
inline RigidTransform turned(double about_z_deg, double about_x_deg, const Vec3& shift_mm) {
    const double z = about_z_deg * std::numbers::pi / 180, x = about_x_deg * std::numbers::pi / 180;
    const Mat3 rz{{std::cos(z), std::sin(z), 0}, {-std::sin(z), std::cos(z), 0}, {0, 0, 1}};
    const Mat3 rx{{1, 0, 0}, {0, std::cos(x), std::sin(x)}, {0, -std::sin(x), std::cos(x)}};
    return {rx * rz, shift_mm};
}

}  // namespace coutard::test
