#pragma once
#include <span>

#include "engine/image/volume.hpp"
#include "engine/shape/structure.hpp"

namespace coutard {

/// The part of each voxel that lies inside closed planar contours.
///
/// In its plane a contour counts by the even-odd rule, so a second contour inside makes a hole (XOR) and
/// a keyhole's channel vanishes. Areas are exact along i and sampled on 16 lines per voxel along j.
/// Across planes, each plane stands for a slab that reaches half way to its neighbours; where the next
/// plane is further than 1.5 times the usual distance (contour_planes.hpp), and at both ends, it reaches half
/// that distance (end caps of half a slice). Contours in almost the same plane count as one plane, and a
/// contour that is there twice counts once. Planes may come in any order and lie between
/// the grid's slices. Contours of fewer than three points (markers) enclose nothing.
/// \throws InputError a contour is not in a plane of constant k of the grid (within a tenth of a voxel),
/// or a point is not finite
Mask rasterise(std::span<const Contour> contours, const Grid& grid);
/// The same; errors name the structure.
Mask rasterise(const Structure& structure, const Grid& grid);

}  // namespace coutard
