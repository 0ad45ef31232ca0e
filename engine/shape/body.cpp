#include "engine/shape/body.hpp"

#include <algorithm>
#include <cmath>

#include "engine/par/for_each.hpp"
#include "engine/shape/boolean.hpp"
#include "engine/shape/distance.hpp"

namespace coutard {
namespace {

/// The part of each voxel above the threshold, from its own value alone: the surface runs where HU crosses
/// the threshold, so a voxel at the threshold is half inside. One unit of fraction is a step of 600 HU,
/// about what skin against air spans.
Mask above(const Volume<float>& hu, double threshold) {
    Mask mask(hu.grid());
    par::for_each_index(
        par::Host{}, hu.count(),
        [&](std::size_t v) {
            const double part = std::clamp(0.5 + (hu[v] - threshold) / 600.0, 0.0, 1.0);
            mask[v] = static_cast<std::uint8_t>(std::lround(255 * part));
        },
        4096);
    return mask;
}

/// Voxels whose signed distance is below a level, as a binary mask.
Mask deeper(const Volume<float>& distance, double level_mm) {
    Mask mask(distance.grid());
    for (std::size_t v = 0; v < mask.count(); ++v) mask[v] = distance[v] < level_mm ? 255 : 0;
    return mask;
}

Mask cropped(const Mask& mask, const Size3& first, const Size3& last) {
    Mask part(cropped_grid(mask.grid(), first, last));
    const Size3 n = part.grid().size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) part.at(i, j, k) = mask.at(first.x + i, first.y + j, first.z + k);
    return part;
}

/// Rows and columns that hold any of the mask, one voxel wider.
bool box_of(const Mask& mask, Size3& first, Size3& last) {
    const Size3 n = mask.grid().size();
    first = n, last = {-1, -1, -1};
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i)
                if (inside(mask, mask.grid().flat(i, j, k))) {
                    first = {std::min(first.x, i), std::min(first.y, j), std::min(first.z, k)};
                    last = {std::max(last.x, i), std::max(last.y, j), std::max(last.z, k)};
                }
    if (last.x < 0) return false;
    first = {std::max(first.x - 1, 0), std::max(first.y - 1, 0), std::max(first.z - 1, 0)};
    last = {std::min(last.x + 1, n.x - 1), std::min(last.y + 1, n.y - 1), std::min(last.z + 1, n.z - 1)};
    return true;
}

}  // namespace

Mask find_body(const Volume<float>& hu, const BodyRule& rule) {
    expect(!hu.empty() && rule.opening_mm > 0, "find_body: an image and a positive opening");
    const Mask whole = above(hu, rule.threshold_HU);
    Size3 first, last;
    validate(box_of(whole, first, last), "body: nothing in the CT is above the threshold [HU]", rule.threshold_HU,
             "a patient");
    const Mask tissue = cropped(whole, first, last);
    // half a voxel more than the opening, so that fractions at the skin are not cut
    const double reach = rule.opening_mm + 0.5 * std::max(hu.grid().spacing_mm().x, hu.grid().spacing_mm().y);
    const Mask core = keep_largest(deeper(signed_distance(tissue, reach + 1), -rule.opening_mm));
    const auto near_core = signed_distance(core, reach + 1);
    Mask body(tissue.grid());
    bool any = false;
    for (std::size_t v = 0; v < body.count(); ++v) {
        body[v] = near_core[v] < reach ? tissue[v] : 0;
        any = any || body[v] != 0;
    }
    validate(any, "body: nothing in the CT is thick enough to be a patient");
    // fat lies so little above the threshold that its own value counts it as 0.9 of a voxel, wherever it is
    body = with_whole_interior(fill_holes(keep_largest(body), Holes::Slices));
    Mask out(hu.grid());
    const Size3 n = body.grid().size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) out.at(first.x + i, first.y + j, first.z + k) = body.at(i, j, k);
    return out;
}

}  // namespace coutard
