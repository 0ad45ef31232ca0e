#include "registration/request.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::registration {
namespace {

void check_image(const Volume<float>& hu, const std::optional<Mask>& body, const std::string& which) {
    expect(!hu.empty(), "registration: " + which + " image is not empty");
    const auto values = hu.values();
    validate(std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); }),
             which + " image: found NaN or infinite values, expected Hounsfield units");
    if (!body) return;
    expect(body->grid().same_as(hu.grid()), "registration: " + which + " mask lies on the grid of its image");
    const auto parts = body->values();
    validate(std::any_of(parts.begin(), parts.end(), [](auto v) { return v >= 128; }),
             which + " body mask: found no voxel inside, expected a body");
}

/// The largest part among each voxel and its neighbours, axis by axis.
Mask grown_by_a_voxel(Mask mask) {
    const Size3 n = mask.grid().size();
    const std::size_t stride[3] = {1, static_cast<std::size_t>(n.x),
                                   static_cast<std::size_t>(n.x) * static_cast<std::size_t>(n.y)};
    const int count[3] = {n.x, n.y, n.z};
    for (int axis = 0; axis < 3; ++axis) {
        const Mask before = mask;
        for (std::size_t v = 0; v < mask.count(); ++v) {
            const auto at = static_cast<int>(v / stride[axis] % static_cast<std::size_t>(count[axis]));
            if (at > 0) mask[v] = std::max(mask[v], before[v - stride[axis]]);
            if (at + 1 < count[axis]) mask[v] = std::max(mask[v], before[v + stride[axis]]);
        }
    }
    return mask;
}

}  // namespace

void check(const RegistrationRequest& request) {
    check_image(request.fixed, request.fixed_body, "fixed");
    check_image(request.moving, request.moving_body, "moving");
}

Volume<float> air_outside(const Volume<float>& hu, const std::optional<Mask>& body) {
    Volume<float> kept = hu;
    if (!body) return kept;
    // One voxel more than the body: a cut along the skin would draw the mask's own steps into the image.
    const Mask grown = grown_by_a_voxel(*body);
    for (std::size_t v = 0; v < kept.count(); ++v) {
        const float part = part_inside(grown, v);
        kept[v] = part * kept[v] + (1 - part) * air_hu;
    }
    return kept;
}

Grid crop_to(const Grid& grid, const std::optional<Mask>& body, double margin_mm) {
    if (!body) return grid;
    const Size3 n = grid.size();
    Size3 first = n, last{-1, -1, -1};
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                if (!inside(*body, grid.flat(i, j, k))) continue;
                first = {std::min(first.x, i), std::min(first.y, j), std::min(first.z, k)};
                last = {std::max(last.x, i), std::max(last.y, j), std::max(last.z, k)};
            }
    if (last.x < 0) return grid;
    const Vec3 s = grid.spacing_mm();
    const auto voxels = [&](double spacing) { return static_cast<int>(std::ceil(margin_mm / spacing)); };
    const int mx = voxels(s.x), my = voxels(s.y), mz = voxels(s.z);
    return cropped_grid(
        grid, {std::max(0, first.x - mx), std::max(0, first.y - my), std::max(0, first.z - mz)},
        {std::min(n.x - 1, last.x + mx), std::min(n.y - 1, last.y + my), std::min(n.z - 1, last.z + mz)});
}

Volume<float> clipped(Volume<float> hu) {
    for (float& v : hu.values()) v = std::clamp(v, air_hu, 2000.0F);
    return hu;
}

Grid coarsened(const Grid& grid, double spacing_mm) {
    const Vec3 s = grid.spacing_mm();
    const auto voxels = [&](int n, double own) {
        const int wanted = static_cast<int>(std::ceil(n * own / std::max(own, spacing_mm) - 1e-6));
        return std::max(wanted, std::min(n, 2));
    };
    const Size3 old = grid.size(), n{voxels(old.x, s.x), voxels(old.y, s.y), voxels(old.z, s.z)};
    const Vec3 step{s.x * old.x / n.x, s.y * old.y / n.y, s.z * old.z / n.z};
    return {n, grid.point(-0.5, -0.5, -0.5) + grid.direction() * (step * 0.5), step, grid.direction()};
}

}  // namespace coutard::registration
