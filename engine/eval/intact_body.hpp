#pragma once
#include "engine/image/volume.hpp"

namespace coutard {

/// Whether a scan shows the whole cross-section around the targets: in every slice that a target lies in, and
/// `beyond_mm` above and below, the body's area is at least half of its median area there. Scans that were blanked
/// outside some contours, or end at the target, fail. \param body, targets  on one grid, slices along z
bool body_is_whole(const Mask& body, const Mask& targets, double beyond_mm = 20);

}  // namespace coutard
