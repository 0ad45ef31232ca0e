#pragma once
#include "engine/image/volume.hpp"

namespace coutard::contouring {

/// Takes regions out of axial slices that are smaller than a network can mean: beside a larger one in the same slice,
/// or where the structure ends. Between two slices that stay, the largest region of a slice stays whatever its size,
/// and a structure of nothing else stays whole. So does a mask of other than axial slices. \param mask  0 or 255 \param
/// least_mm2  area in the slice
void drop_slivers(Mask& mask, double least_mm2);

}  // namespace coutard::contouring
