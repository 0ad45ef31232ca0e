#pragma once
#include <array>

#include "engine/image/volume.hpp"

namespace coutard {

/// Distance [mm] from each voxel centre to the half-coverage surface of a mask: negative inside,
/// positive outside. The surface is sampled where lattice lines cross it, between voxel centres, to
/// sub-voxel accuracy by linear interpolation; to those samples the distance is exact (Felzenszwalb and
/// Huttenlocher, Theory of Computing 8 (2012) 415, one axis after the other). Samples lie a voxel apart,
/// so at distance d the error is at most about h^2 / (8 d), h the voxel size. The edge of the grid is no
/// surface. A mask without surface: +-1e9 everywhere.
Volume<float> signed_distance(const Mask& mask);

/// The same along stretched axes: each component of the way from surface to voxel is divided by a length
/// [mm], one for each sense of the grid's axes; 1 is then reached at those lengths.
/// \param reach_mm along +i, -i, +j, -j, +k, -k; a zero stands for no reach at all that way
Volume<float> scaled_distance(const Mask& mask, const std::array<double, 6>& reach_mm);

}  // namespace coutard
