#pragma once
// Private to this folder: how alike two images are.
#include <torch/torch.h>

namespace coutard::registration {

/// Apply one matrix per axis: (1, C, z, y, x) -> (1, C, z', y', x'), matrices of shape (new, old).
torch::Tensor apply_along_axes(const torch::Tensor& image, const torch::Tensor& mz, const torch::Tensor& my,
                               const torch::Tensor& mx);

/// Local normalised correlation of a fixed image with warped moving ones in Gaussian windows on every
/// second voxel. Equation (5) of docs/theory/registration.md. Source: Cachier et al., Comput Vis
/// Image Underst 89 (2003) 272 (Gaussian-windowed local correlation).
class LocalCorrelation {
  public:
    /// \param fixed   shape (1, 1, z, y, x)
    /// \param weight  where similarity counts, same shape, 0 to 1
    /// \param window_voxels standard deviation of the window
    /// \param noise   in the units of the images: contrast below it counts little
    LocalCorrelation(torch::Tensor fixed, const torch::Tensor& weight, double window_voxels, double noise);

    /// Weighted mean of 1 - correlation, 0 to 2. \param valid 1 where the moving image has values
    torch::Tensor loss(const torch::Tensor& warped, const torch::Tensor& valid) const;

  private:
    torch::Tensor windowed(const torch::Tensor& image) const;
    torch::Tensor fixed_, window_z_, window_y_, window_x_, weight_, mean_, variance_;
    double noise2_;
};

}  // namespace coutard::registration
