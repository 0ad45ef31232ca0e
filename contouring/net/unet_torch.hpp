#pragma once
#include <torch/nn.h>

#include <vector>

#include "contouring/net/net_config.hpp"

namespace coutard::contouring {

/// n times: 3x3x3 convolution, instance norm, leaky ReLU. Residual: in pairs, a pair's input added before its
/// last leaky ReLU (He et al., CVPR 2016).
/// Weights stay float32; the arithmetic has the type of the input (float32, bfloat16 or float16).
class ConvBlockImpl : public torch::nn::Module {
  public:
    ConvBlockImpl(int in, int out, int convs, bool residual);
    torch::Tensor forward(torch::Tensor x);

  private:
    bool residual_;
    std::vector<torch::Tensor> weights_, scales_, shifts_;
    torch::Tensor project_;  // 1x1x1, where the first pair changes its channel count
};
TORCH_MODULE(ConvBlock);

/// U-Net of sigmoid heads. Input (batch, inputs, z, y, x), axes multiples of NetConfig::multiple().
class UNetImpl : public torch::nn::Module {
  public:
    explicit UNetImpl(const NetConfig& config);

    /// Logits, finest first; coarser ones (2x, 4x, ...) only when training and configured.
    /// \param compute  type of the arithmetic; logits are float32 in any case
    std::vector<torch::Tensor> forward(const torch::Tensor& image, torch::ScalarType compute);

  private:
    torch::Tensor beginnings(const torch::Tensor& image) const;

    NetConfig config_;
    std::vector<ConvBlock> down_, up_;
    std::vector<torch::Tensor> reduce_, expand_;          // 2x2x2 with stride 2, and its transpose
    std::vector<torch::Tensor> head_weight_, head_bias_;  // 1x1x1
    torch::Tensor gain_;                                  // of starts
};
TORCH_MODULE(UNet);

}  // namespace coutard::contouring
