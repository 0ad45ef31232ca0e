#pragma once
#include <vector>

#include "engine/shape/marching_squares.hpp"

namespace coutard {

/// The level at which a mask's contours run: half of a voxel inside.
constexpr float half_coverage = 127.5F;

/// The loops' polygons, moved so that they cover what the mask covers. Linear interpolation inscribes an
/// outline that is curved: a cord of 9 mm on pixels of 2.5 mm loses 5 to 9 % of its area. Here the field is
/// corrected by its defect: what `cover` of its polygons lacks of the mask, summed around a pixel and divided by the
/// length of outline there, is how far the outline must move; the field is raised by as much times its own slope,
/// five times by 0.7 of it (the last two
/// with sums over a wider surrounding). No pixel changes sides, so loops stay what they are.
///
/// Where the mask around does not reach from outside (at most a tenth) to inside (at least nine tenths), the
/// slice is covered in part along z, and how much is no matter of the outline: nothing moves there.
/// \param mask  parts in 1/255 \param loops level_loops(mask, half_coverage)
std::vector<PixelPolygon> corrected_polygons(const SliceField& mask,
                                             const std::vector<std::vector<CrossedEdge>>& loops);

}  // namespace coutard
