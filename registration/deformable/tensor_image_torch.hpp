#pragma once
// Private to this folder: images, points and maps as tensors. Shapes are (z, y, x), x fastest.
#include <torch/torch.h>

#include "engine/image/volume.hpp"
#include "engine/ports/registrar.hpp"

namespace coutard::registration {

/// Shape (1, 1, nz, ny, nx), float, values times `scale`.
torch::Tensor tensor_of(const Volume<float>& volume, float scale, const torch::Device& device);

/// Voxel centres of a grid along its own axes, in mm from a corner of a box shared by all levels.
struct Axes {
    Vec3 first_mm, step_mm;
    Size3 size;
    double last_mm(int axis) const;
};
/// Centres of `grid` in the local frame: its own axes, origin at local_origin (a patient point).
Axes local_axes(const Grid& grid, const Vec3& local_origin);

/// Affine map of local points to the normalised coordinates of grid_sample, align_corners = true
/// (-1 and 1 are the centres of the outermost voxels), last dimension x, y, z.
struct ToNormalised {
    torch::Tensor matrix;  ///< shape (3, 3); coordinates = matrix p + offset
    torch::Tensor offset;  ///< shape (3)
};
ToNormalised local_to_moving(const Grid& fixed, const Vec3& local_origin, const RigidTransform& rigid,
                             const Grid& moving, const torch::Device& device);
ToNormalised local_to_self(const Axes& axes, const torch::Device& device);

/// Normalised coordinates of all centres, shape (nz, ny, nx, 3).
torch::Tensor mapped_centres(const Axes& axes, const ToNormalised& map);

/// Trilinear values of an image (1, C, z, y, x) at points (nz, ny, nx, 3) -> (1, C, nz, ny, nx); the
/// nearest edge value outside. Differentiable in both. Points are dealt out to `parts` batch items,
/// because the CPU code of LibTorch runs one thread per item.
torch::Tensor sample_at(const torch::Tensor& image, const torch::Tensor& points, int parts);

}  // namespace coutard::registration
