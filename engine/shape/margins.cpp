#include "engine/shape/margins.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/par/for_each.hpp"
#include "engine/shape/distance.hpp"

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

/// Smallest box of voxels that are not empty, widened; false when all are empty.
bool box_around(const Mask& mask, const Vec3& wider_mm, Size3& first, Size3& last) {
    const Size3 n = mask.grid().size();
    first = n, last = {-1, -1, -1};
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j) {
            const auto row = mask.values().subspan(mask.grid().flat(0, j, k), static_cast<std::size_t>(n.x));
            const auto low = std::find_if(row.begin(), row.end(), [](auto part) { return part != 0; });
            if (low == row.end()) continue;
            int high = n.x - 1;
            while (row[static_cast<std::size_t>(high)] == 0) --high;
            first = {std::min(first.x, static_cast<int>(low - row.begin())), std::min(first.y, j),
                     std::min(first.z, k)};
            last = {std::max(last.x, high), std::max(last.y, j), std::max(last.z, k)};
        }
    if (last.x < 0) return false;
    const Vec3 h = mask.grid().spacing_mm();
    const int wx = static_cast<int>(std::ceil(wider_mm.x / h.x)) + 2,
              wy = static_cast<int>(std::ceil(wider_mm.y / h.y)) + 2,
              wz = static_cast<int>(std::ceil(wider_mm.z / h.z)) + 2;
    first = {std::max(first.x - wx, 0), std::max(first.y - wy, 0), std::max(first.z - wz, 0)};
    last = {std::min(last.x + wx, n.x - 1), std::min(last.y + wy, n.y - 1), std::min(last.z + wz, n.z - 1)};
    return true;
}

template <class Copy>
void for_each_of_box(const Grid& whole, const Grid& part, const Size3& first, const Copy& copy) {
    for (int k = 0; k < part.size().z; ++k)
        for (int j = 0; j < part.size().y; ++j)
            for (int i = 0; i < part.size().x; ++i)
                copy(whole.flat(first.x + i, first.y + j, first.z + k), part.flat(i, j, k));
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
    Size3 first, last;
    Mask out(mask.grid());
    if (!box_around(mask, wider, first, last)) return out;
    const Grid box = cropped_grid(mask.grid(), first, last);
    Mask part(box);
    for_each_of_box(mask.grid(), box, first, [&](std::size_t from, std::size_t to) { part[to] = mask[from]; });
    // Shrinking from the left means walking from the left surface to the right.
    const Reach walk = sense > 0 ? reach : Reach{reach[1], reach[0], reach[3], reach[2], reach[5], reach[4]};
    // Slopes are taken over one voxel, so the field is needed a little beyond the margin.
    const double shortest = std::max(*std::min_element(reach.begin(), reach.end()), 1e-3);
    const double up_to =
        1 + std::max(1.0, 3 * std::max({box.spacing_mm().x, box.spacing_mm().y, box.spacing_mm().z}) / shortest);
    const Mask result = threshold(scaled_distance(part, walk, up_to), sense);
    for_each_of_box(mask.grid(), box, first, [&](std::size_t to, std::size_t from) {
        out[to] = sense > 0 ? std::max(part[from], result[from]) : std::min(part[from], result[from]);
    });
    return out;
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
