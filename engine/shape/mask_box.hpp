#pragma once
#include <optional>

#include "engine/image/volume.hpp"

namespace coutard {

/// Voxels between two corners, both included.
struct VoxelBox {
    Size3 first, last;

    Grid grid_of(const Grid& whole) const { return cropped_grid(whole, first, last); }
    /// With so many voxels more on each side, where a grid of this size has them.
    VoxelBox widened(const Size3& by, const Size3& size) const;
    /// Of both. \param other may be absent
    VoxelBox united(const std::optional<VoxelBox>& other) const;
};

/// The smallest box around the voxels of which at least `least` (in 1/255) is inside: 1 for all that are touched,
/// 128 for those more than half inside. Nothing when there is none.
std::optional<VoxelBox> box_of(const Mask& mask, int least);

/// The part of a mask in a box, and that part put back: voxels beyond the box are 0.
Mask cropped(const Mask& mask, const VoxelBox& box);
Mask placed(const Mask& part, const VoxelBox& box, const Grid& whole);

}  // namespace coutard
