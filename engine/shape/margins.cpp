#include "engine/shape/margins.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "engine/par/for_each.hpp"
#include "engine/shape/distance.hpp"
#include "engine/shape/mask_box.hpp"

namespace coutard {
namespace {

using Reach = std::array<double, 6>;  // +i, -i, +j, -j, +k, -k [mm]

double towards(const Vec3& d, const Margin& m) {
    const double along[3] = {std::abs(d.x), std::abs(d.y), std::abs(d.z)};
    if (along[0] >= along[1] && along[0] >= along[2]) return d.x > 0 ? m.left : m.right;
    if (along[1] >= along[2]) return d.y > 0 ? m.posterior : m.anterior;
    return d.z > 0 ? m.superior : m.inferior;
}

Reach reach_of(const Grid& grid, const Margin& m) {
    const Vec3 axes[3] = {grid.direction().cx, grid.direction().cy, grid.direction().cz};
    const auto [least, most] = std::minmax({m.left, m.right, m.anterior, m.posterior, m.superior, m.inferior});
    Reach reach{};
    for (std::size_t a = 0; a < 3; ++a) {
        const double straight = std::max({std::abs(axes[a].x), std::abs(axes[a].y), std::abs(axes[a].z)});
        expect(least == most || straight > 0.99, "with_margin: unequal lengths need a grid along the patient's axes");
        reach[2 * a] = towards(axes[a], m);
        reach[2 * a + 1] = towards(-axes[a], m);
    }
    return reach;
}

/// Around all that the mask touches, and as far beyond as it may grow.
std::optional<VoxelBox> box_around(const Mask& mask, const Vec3& wider_mm) {
    const auto box = box_of(mask, 1);
    if (!box) return std::nullopt;
    const Vec3 h = mask.grid().spacing_mm();
    const auto voxels = [](double mm, double spacing) { return static_cast<int>(std::ceil(mm / spacing)) + 2; };
    return box->widened({voxels(wider_mm.x, h.x), voxels(wider_mm.y, h.y), voxels(wider_mm.z, h.z)},
                        mask.grid().size());
}

/// Part of a voxel where the field r is below `level`, taking r as linear: it falls from 1 to 0 over the
/// voxel's width across the surface.
std::uint8_t below(const Volume<float>& r, int i, int j, int k, double level) {
    const double here = r.at(i, j, k);
    // The smaller of the two one-sided steps: a cliff beside the voxel, where a zero length allows no
    // growth, is no slope of the surface in it.
    const auto slope = [&](int di, int dj, int dk) {
        const auto step = [&](int way) {
            const int a = i + way * di, b = j + way * dj, c = k + way * dk;
            return r.grid().holds(a, b, c) ? std::abs(r.at(a, b, c) - here) : HUGE_VAL;
        };
        const double least = std::min(step(1), step(-1));
        return least < HUGE_VAL ? least : 0.0;
    };
    const double width = slope(1, 0, 0) + slope(0, 1, 0) + slope(0, 0, 1);
    if (width <= 0) return here < level ? 255 : 0;
    return static_cast<std::uint8_t>(std::lround(255 * std::clamp(0.5 + (level - here) / width, 0.0, 1.0)));
}

Mask threshold(const Volume<float>& r, double level) {
    Mask out(r.grid());
    par::for_each_index(par::Host{}, static_cast<std::size_t>(r.grid().size().z), [&](std::size_t k) {
        for (int j = 0; j < r.grid().size().y; ++j)
            for (int i = 0; i < r.grid().size().x; ++i)
                out.at(i, j, static_cast<int>(k)) = below(r, i, j, static_cast<int>(k), level);
    });
    return out;
}

/// A mask that has a surface at half coverage: one that is nowhere above it (an organ of less than a voxel on a
/// coarse grid) is raised until its fullest voxel is whole.
Mask with_surface(Mask mask) {
    const auto values = mask.values();
    const int most = *std::max_element(values.begin(), values.end());
    if (most == 0 || most >= 128) return mask;
    for (auto& part : values) part = static_cast<std::uint8_t>((255 * part + most / 2) / most);
    return mask;
}

/// Grow (sense +1) or shrink (-1) by lengths that are all at least zero.
Mask moved(const Mask& mask, const Reach& reach, int sense) {
    const Vec3 wider =
        sense > 0 ? Vec3{std::max(reach[0], reach[1]), std::max(reach[2], reach[3]), std::max(reach[4], reach[5])}
                  : Vec3{};
    const auto around = box_around(mask, wider);
    if (!around) return Mask(mask.grid());
    const Mask part = cropped(mask, *around);
    const Grid& box = part.grid();
    // Shrinking from the left means walking from the left surface to the right.
    const Reach walk = sense > 0 ? reach : Reach{reach[1], reach[0], reach[3], reach[2], reach[5], reach[4]};
    // Slopes are taken over one voxel, so the field is needed a little beyond the margin.
    const double shortest = std::max(*std::min_element(reach.begin(), reach.end()), 1e-3);
    const double up_to =
        1 + std::max(1.0, 3 * std::max({box.spacing_mm().x, box.spacing_mm().y, box.spacing_mm().z}) / shortest);
    Mask result = threshold(scaled_distance(part, walk, up_to), sense);
    for (std::size_t v = 0; v < result.count(); ++v)
        result[v] = sense > 0 ? std::max(part[v], result[v]) : std::min(part[v], result[v]);
    return placed(result, *around, mask.grid());
}

}  // namespace

Mask with_margin(const Mask& mask, const Margin& margin) {
    expect(!mask.empty(), "with_margin: the mask has voxels");
    const Reach reach = reach_of(mask.grid(), margin);
    Reach grow{}, shrink{};
    for (std::size_t a = 0; a < 6; ++a) {
        expect(std::isfinite(reach[a]), "with_margin: lengths are finite");
        grow[a] = std::max(reach[a], 0.0), shrink[a] = std::max(-reach[a], 0.0);
    }
    const auto any = [](const Reach& r) { return std::any_of(r.begin(), r.end(), [](double mm) { return mm > 0; }); };
    if (!any(grow) && !any(shrink)) return mask;
    Mask out = with_surface(mask);
    if (any(grow)) out = moved(out, grow, 1);
    if (any(shrink)) out = moved(out, shrink, -1);
    return out;
}

}  // namespace coutard
