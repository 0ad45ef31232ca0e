#include "contouring/train/loss_torch.hpp"

#include <torch/nn/functional.h>

#include <cmath>
#include <vector>

#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr double kDiceSmooth = 10;    // [finest voxels]
constexpr double kEntropyWeight = 5;  // the mean over voxels is small beside Dice, yet alone speaks of absent organs

/// Dice speaks only where the structure is in the patch. Asking an absent one for no mass (its gradient is
/// 1 / kDiceSmooth per voxel, forty times that of a present parotid) drove whole heads to zero for good.
torch::Tensor level_loss(const torch::Tensor& logits, const torch::Tensor& inside, const torch::Tensor& known,
                         double smooth) {
    const std::vector<std::int64_t> space{2, 3, 4};
    const auto entropy =
        torch::binary_cross_entropy_with_logits(logits, inside, {}, {}, at::Reduction::None).mean(space);
    const auto chance = torch::sigmoid(logits);
    const auto organ = inside.sum(space), common = (chance * inside).sum(space), mass = chance.sum(space) + organ;
    const auto dice = (1 - (2 * common + smooth) / (mass + smooth)) * (organ > 1).to(torch::kFloat);
    // where, not a product: NaN or infinity in a missing structure must not leak through 0 * NaN
    const auto terms = torch::where(known > 0.5, kEntropyWeight * entropy + dice, torch::zeros_like(dice));
    return terms.sum() / known.sum().clamp_min(1);
}

}  // namespace

torch::Tensor masked_loss(const std::vector<torch::Tensor>& logits, torch::Tensor inside, const torch::Tensor& known) {
    expect(!logits.empty() && logits.front().sizes() == inside.sizes(), "loss: logits and targets share their shape");
    double weight = 1, sum = 0;
    torch::Tensor loss;
    for (std::size_t level = 0; level < logits.size(); ++level) {
        if (level > 0) inside = torch::avg_pool3d(inside, 2);
        const auto term =
            level_loss(logits[level], inside, known, kDiceSmooth * std::pow(0.125, static_cast<double>(level))) *
            weight;
        loss = level == 0 ? term : loss + term;
        sum += weight;
        weight *= 0.5;
    }
    return loss / sum;
}

}  // namespace coutard::contouring
