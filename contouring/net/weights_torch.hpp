#pragma once
#include <torch/nn.h>

#include <string>
#include <vector>

#include "contouring/net/compute.hpp"
#include "contouring/net/weights.hpp"

namespace coutard::contouring {

/// Named values of a module. \param values  same order and shapes as module.parameters()
NetWeights weights_of(const NetConfig& net, const torch::nn::Module& module, const std::vector<torch::Tensor>& values);

/// Copy values into a module by name. \throws InputError a name or shape does not fit the network
void load_weights(torch::nn::Module& module, const NetWeights& weights);

/// The same for a network that differs in inputs or outputs: further inputs weigh nothing at first, and where there are
/// other outputs the module keeps its own heads. Heads whose logits begin from a contour, where those of the source did
/// not, are taken a tenth as loud: a contour decides at first. \throws InputError fewer inputs, or another difference
void load_weights_of_other(torch::nn::Module& module, const NetConfig& net, const NetWeights& weights);

/// "auto" (CUDA where there is one), "cpu" or "cuda". \throws NotBuilt cuda asked for and absent
/// \throws InputError any other name
torch::Device device_named(const std::string& name);

/// Type of the arithmetic on a device; Auto: bfloat16 where the hardware multiplies it, else float32.
torch::ScalarType compute_type(Compute compute, const torch::Device& device);

}  // namespace coutard::contouring
