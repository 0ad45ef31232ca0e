#pragma once
#include "contouring/pipeline/chances.hpp"
#include "engine/image/volume.hpp"

namespace coutard::contouring {

/// Voxels of a grid where the logit of one structure's probability, interpolated trilinearly, is at least 0:
/// 255 there, 0 elsewhere. (Probabilities that jump from 0 to 1 between neighbours no longer say where between them
/// the surface lies; their logits do.) Only voxels around the structure are looked at; no field of the target's
/// size besides the mask is made.
Mask mask_of(const Chances& chances, int structure, const Grid& target);

/// One structure's probability at each voxel of a grid: its logit trilinear, as above; 0 outside the network's field.
Volume<float> chance_of(const Chances& chances, int structure, const Grid& target);

/// Binary entropy in bits (0 sure, 1 undecided) of the least certain of some structures, on a target grid; 0 outside
/// the network's field. Logits trilinear, as above.
Volume<float> entropy_of(const Chances& chances, const std::vector<int>& structures, const Grid& target);

}  // namespace coutard::contouring
