#pragma once
#include "engine/image/volume.hpp"

namespace coutard {

/// Distance [mm] of every voxel centre to the nearest centre of a voxel that is more than half inside;
/// 0 inside, a large number (1e6) everywhere when the mask is empty.
/// Exact: Felzenszwalb and Huttenlocher, Theory of Computing 8 (2012) 415.
Volume<float> distance_to(const Mask& mask);

}  // namespace coutard
