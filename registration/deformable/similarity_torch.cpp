#include "registration/deformable/similarity_torch.hpp"

#include <cmath>

namespace coutard::registration {
namespace {

/// Rows: Gaussian windows centred on every second of n voxels, cut at the image's ends, sum 1.
torch::Tensor window_matrix(std::int64_t n, double sigma, const torch::Device& device) {
    const auto from = torch::arange(n, torch::kDouble),
               centre = torch::arange(0, n, 2, torch::kDouble) + (n > 1 ? 0.5 : 0.0);
    const auto distance = centre.unsqueeze(1) - from.unsqueeze(0);
    auto weight = torch::exp(-distance.square() / (2 * sigma * sigma));
    weight = weight * (distance.abs() <= 3 * sigma + 0.5);
    return (weight / weight.sum(1, true)).to(torch::kFloat).to(device);
}

}  // namespace

torch::Tensor apply_along_axes(const torch::Tensor& image, const torch::Tensor& mz, const torch::Tensor& my,
                               const torch::Tensor& mx) {
    const auto c = image.size(1), z = image.size(2), y = image.size(3);
    auto out = torch::matmul(image.reshape({c * z * y, image.size(4)}), mx.t()).view({c * z, y, mx.size(0)});
    out = torch::matmul(my, out);
    out = torch::matmul(mz, out.view({c, z, my.size(0) * mx.size(0)}));
    return out.view({1, c, mz.size(0), my.size(0), mx.size(0)});
}

LocalCorrelation::LocalCorrelation(torch::Tensor fixed, const torch::Tensor& weight, double window_voxels, double noise)
    : fixed_(std::move(fixed)),
      window_z_(window_matrix(fixed_.size(2), window_voxels, fixed_.device())),
      window_y_(window_matrix(fixed_.size(3), window_voxels, fixed_.device())),
      window_x_(window_matrix(fixed_.size(4), window_voxels, fixed_.device())),
      noise2_(noise * noise) {
    weight_ = windowed(weight);
    mean_ = windowed(fixed_);
    variance_ = (windowed(fixed_.square()) - mean_.square()).clamp_min(0);
}

torch::Tensor LocalCorrelation::windowed(const torch::Tensor& image) const {
    return apply_along_axes(image, window_z_, window_y_, window_x_);
}

torch::Tensor LocalCorrelation::loss(const torch::Tensor& warped, const torch::Tensor& valid) const {
    // Beyond the moving scan the fixed values stand in, which agree and pull at nothing; its outermost slice,
    // repeated, would drag the windows at its end along.
    const auto seen = torch::where(valid > 0.5, warped, fixed_);
    const auto moments = windowed(torch::cat({seen, seen.square(), seen * fixed_}, 1));
    const auto mean = moments.slice(1, 0, 1);
    const auto variance = (moments.slice(1, 1, 2) - mean.square()).clamp_min(0);
    const auto covariance = moments.slice(1, 2, 3) - mean * mean_;
    // Noise stands in all three terms: where both images are flat the correlation is 1 and costs nothing.
    const auto correlation = (covariance + noise2_) / torch::sqrt((variance + noise2_) * (variance_ + noise2_));
    const auto weight = weight_ * windowed(valid);
    return ((1 - correlation) * weight).sum() / weight.sum().clamp_min(1e-6);
}

}  // namespace coutard::registration
