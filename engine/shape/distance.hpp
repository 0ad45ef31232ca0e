#pragma once
#include <array>
#include <vector>

#include "engine/image/volume.hpp"

namespace coutard {

/// Squared cost of one step to the next voxel, along an axis and against it.
struct StepCost {
    double up = 1, down = 1;
};

/// One axis of a squared distance transform, in place: each value becomes the least, over the voxels of its line, of
/// their value plus the squared cost of the way from them. Lower envelopes of half parabolas (Felzenszwalb and
/// Huttenlocher, Theory of Computing 8 (2012) 415); after all three axes the distance is exact.
/// \param squared one value per voxel, x fastest; start from 0 on what distances run to, a large number elsewhere
/// \param cap     values of at least this are no starting points
void spread_squares(std::vector<float>& squared, const Size3& size, int axis, const StepCost& cost, double cap);

/// Distance [mm] from each voxel centre to the half-coverage surface of a mask: negative inside,
/// positive outside. The surface is sampled where lattice lines cross it, between voxel centres, to
/// sub-voxel accuracy by linear interpolation; to those samples the distance is exact (Felzenszwalb and
/// Huttenlocher, Theory of Computing 8 (2012) 415, one axis after the other). Samples lie a voxel apart,
/// so at distance d the error is at most about h^2 / (8 d), h the voxel size. The edge of the grid is no
/// surface.
/// \param up_to_mm where the surface is further than this the value is +-up_to_mm; small is fast
Volume<float> signed_distance(const Mask& mask, double up_to_mm = 1e9);

/// The same along stretched axes: each component of the way from surface to voxel is divided by a length
/// [mm], one for each sense of the grid's axes; 1 is then reached at those lengths.
/// \param reach_mm along +i, -i, +j, -j, +k, -k; a zero stands for no reach at all that way
/// \param up_to    largest value that matters, in these units
Volume<float> scaled_distance(const Mask& mask, const std::array<double, 6>& reach_mm, double up_to = 1e9);

}  // namespace coutard
