#include "contouring/net/unet_torch.hpp"

#include <torch/nn/init.h>

#include <cmath>
#include <string>

#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr double kSlope = 0.01;     // of the leaky ReLU, as nnU-Net
constexpr double kStartLogit = 10;  // of a full input that logits begin from, before its gain is learnt
constexpr float kRareLogit = -4;    // heads start near the share of organ voxels, not at one half

torch::Tensor he_normal(torch::IntArrayRef shape, int fan_in) {
    return torch::randn(shape) * std::sqrt(2.0 / ((1 + kSlope * kSlope) * fan_in));
}

/// Transposed 2x2x2 convolution of stride 2, written as a 1x1x1 convolution to 8 channels per output
/// and a shuffle: Debian's LibTorch 1.13 refuses (or miscomputes) bfloat16 conv_transpose3d.
/// \param weight  shape (8 out, in, 1, 1, 1), the eight corners running slowest
torch::Tensor expand_twofold(const torch::Tensor& x, const torch::Tensor& weight) {
    const auto y = torch::conv3d(x, weight);
    const auto b = y.size(0), c = y.size(1) / 8, d = y.size(2), h = y.size(3), w = y.size(4);
    return y.view({b, 2, 2, 2, c, d, h, w}).permute({0, 4, 5, 1, 6, 2, 7, 3}).reshape({b, c, 2 * d, 2 * h, 2 * w});
}

}  // namespace

ConvBlockImpl::ConvBlockImpl(int in, int out, int convs, bool residual) : residual_(residual) {
    expect(!residual || convs % 2 == 0, "a residual block has pairs of convolutions");
    for (int k = 0; k < convs; ++k) {
        const int from = k == 0 ? in : out;
        const auto tag = std::to_string(k);
        weights_.push_back(register_parameter("weight" + tag, he_normal({out, from, 3, 3, 3}, from * 27)));
        scales_.push_back(register_parameter("scale" + tag, torch::ones({out})));
        shifts_.push_back(register_parameter("shift" + tag, torch::zeros({out})));
    }
    if (residual && in != out) project_ = register_parameter("project", he_normal({out, in, 1, 1, 1}, in));
}

torch::Tensor ConvBlockImpl::forward(torch::Tensor x) {
    const auto type = x.scalar_type();
    torch::Tensor shortcut;
    for (std::size_t k = 0; k < weights_.size(); ++k) {
        const bool opens = k % 2 == 0;
        if (residual_ && opens) shortcut = k == 0 && project_.defined() ? torch::conv3d(x, project_.to(type)) : x;
        x = torch::conv3d(x, weights_[k].to(type), {}, 1, 1);
        x = torch::instance_norm(x, scales_[k], shifts_[k], {}, {}, true, 0.1, 1e-5, false);
        if (residual_ && !opens) x = x + shortcut;
        x = torch::leaky_relu(x, kSlope);
    }
    return x;
}

UNetImpl::UNetImpl(const NetConfig& config) : config_(config) {
    config.check();
    const auto& c = config.channels;
    for (int l = 0; l < config.levels(); ++l) {
        const auto tag = std::to_string(l);
        const auto s = static_cast<std::size_t>(l);
        if (l > 0)
            reduce_.push_back(register_parameter("reduce" + tag, he_normal({c[s], c[s - 1], 2, 2, 2}, c[s - 1] * 8)));
        const int in = l == 0 ? config.inputs : c[s];
        down_.push_back(register_module("down" + tag, ConvBlock(in, c[s], config.encoder_convs[s], config.residual)));
        if (l + 1 == config.levels()) break;
        expand_.push_back(register_parameter("expand" + tag, he_normal({8 * c[s], c[s + 1], 1, 1, 1}, c[s + 1])));
        up_.push_back(register_module("up" + tag, ConvBlock(2 * c[s], c[s], config.decoder_convs[s], false)));
        if (l > config.deep_supervision) continue;
        head_weight_.push_back(
            register_parameter("head" + tag, he_normal({config.outputs, c[s], 1, 1, 1}, c[s]) * 0.1));
        head_bias_.push_back(register_parameter("bias" + tag, torch::full({config.outputs}, kRareLogit)));
    }
    if (!config.starts.empty()) gain_ = register_parameter("gain", torch::ones({config.outputs}));
}

/// Logits that the heads add to: the channels of NetConfig::starts, times their gains.
torch::Tensor UNetImpl::beginnings(const torch::Tensor& image) const {
    std::vector<torch::Tensor> channels;
    for (const int from : config_.starts)
        channels.push_back(from < 0 ? torch::zeros_like(image.select(1, 0)) : image.select(1, from));
    return torch::stack(channels, 1).to(torch::kFloat) * (kStartLogit * gain_).view({1, -1, 1, 1, 1});
}

std::vector<torch::Tensor> UNetImpl::forward(const torch::Tensor& image, torch::ScalarType compute) {
    expect(image.dim() == 5 && image.size(1) == config_.inputs, "image has shape (batch, inputs, z, y, x)");
    for (int k = 2; k < 5; ++k)
        expect(image.size(k) % config_.multiple() == 0, "image axes are multiples of 2^(levels - 1)");
    std::vector<torch::Tensor> skips;
    torch::Tensor x = image.to(compute);
    for (std::size_t l = 0; l < down_.size(); ++l) {
        if (l > 0) x = torch::conv3d(x, reduce_[l - 1].to(compute), {}, 2);
        x = down_[l]->forward(x);
        skips.push_back(x);
    }
    const torch::Tensor begin = gain_.defined() ? beginnings(image) : torch::Tensor();
    std::vector<torch::Tensor> logits(is_training() ? head_weight_.size() : 1);
    for (std::size_t l = up_.size(); l-- > 0;) {
        x = expand_twofold(x, expand_[l].to(compute));
        x = up_[l]->forward(torch::cat({skips[l], x}, 1));
        if (l >= logits.size()) continue;
        const auto heads = torch::conv3d(x, head_weight_[l].to(compute)).to(torch::kFloat);
        logits[l] = heads + head_bias_[l].view({1, -1, 1, 1, 1});
        if (gain_.defined()) logits[l] = logits[l] + (l == 0 ? begin : torch::avg_pool3d(begin, 1 << l));
    }
    return logits;
}

}  // namespace coutard::contouring
