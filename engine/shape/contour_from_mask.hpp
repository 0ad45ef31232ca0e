#pragma once
#include <string_view>
#include <vector>

#include "engine/image/volume.hpp"
#include "engine/shape/structure.hpp"

namespace coutard {

/// The surface where half of a voxel is inside, as closed contours in each slice of the mask's grid, by
/// marching squares with linear interpolation between voxel centres (marching_squares.hpp), corrected so
/// that rasterising them gives the mask's area back (contour_correction.hpp).
/// Outer contours run counter-clockwise in (i, j) and holes clockwise;
/// holes are contours of their own, so the set fills by the even-odd rule. Points that lie on the line
/// of their neighbours within 0.01 mm are left out, and so are loops under a quarter of a pixel.
std::vector<Contour> contours_from_mask(const Mask& mask);

/// The same as a structure with TG-263 name, role and colour of `name`; number 0.
Structure structure_from_mask(std::string_view name, const Mask& mask);

}  // namespace coutard
