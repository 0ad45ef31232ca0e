#pragma once
#include <torch/types.h>

#include <vector>

namespace coutard::contouring {

/// Dice + binary cross-entropy over the structures that were contoured; missing ones contribute no
/// loss and no gradient. Theory: docs/theory/contouring.md, equations (1) to (3).
/// \param logits  finest first, each (batch, structures, z, y, x), axes halved from one to the next
/// \param inside  part inside 0 .. 1, shape of logits.front()
/// \param known   1 where the structure was contoured, 0 where not; (batch, structures)
torch::Tensor masked_loss(const std::vector<torch::Tensor>& logits, torch::Tensor inside, const torch::Tensor& known);

}  // namespace coutard::contouring
