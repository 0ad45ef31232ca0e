#include "engine/shape/body.hpp"

#include <algorithm>
#include <cmath>

#include "engine/par/for_each.hpp"
#include "engine/shape/boolean.hpp"
#include "engine/shape/distance.hpp"
#include "engine/shape/mask_box.hpp"

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

}  // namespace

Mask find_body(const Volume<float>& hu, const BodyRule& rule) {
    expect(!hu.empty() && rule.opening_mm > 0, "find_body: an image and a positive opening");
    const Mask whole = above(hu, rule.threshold_HU);
    const auto around = box_of(whole, 128);
    validate(around.has_value(), "body: nothing in the CT is above the threshold [HU]", rule.threshold_HU, "a patient");
    const VoxelBox box = around->widened({1, 1, 1}, hu.grid().size());
    const Mask tissue = cropped(whole, box);
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
    body = with_whole_interior(fill_holes(keep_largest(body)));
    return placed(body, box, hu.grid());
}

}  // namespace coutard
