#include "contouring/net/weights_torch.hpp"

#include <torch/cuda.h>

#include <algorithm>
#include <set>

#include "engine/base/error.hpp"

namespace coutard::contouring {

NetWeights weights_of(const NetConfig& net, const torch::nn::Module& module, const std::vector<torch::Tensor>& values) {
    NetWeights out{net, {}};
    const auto named = module.named_parameters();
    expect(named.size() == values.size(), "weights: one value per parameter");
    for (std::size_t p = 0; p < values.size(); ++p) {
        const auto flat = values[p].detach().to(torch::kCPU, torch::kFloat).contiguous();
        const float* data = flat.data_ptr<float>();
        out.tensors.push_back({named[p].key(), flat.sizes().vec(), std::vector<float>(data, data + flat.numel())});
    }
    return out;
}

void load_weights(torch::nn::Module& module, const NetWeights& weights) {
    const torch::NoGradGuard no_grad;
    auto named = module.named_parameters();
    validate(named.size() == weights.tensors.size(), "weights: number of tensors", weights.tensors.size(),
             std::to_string(named.size()) + " for this network");
    std::set<std::string> seen;  // as many as the network has and none twice: none is left at random
    for (const WeightTensor& tensor : weights.tensors) {
        validate(seen.insert(tensor.name).second, "weights: tensor " + tensor.name + " is there twice");
        torch::Tensor* target = named.find(tensor.name);
        validate(target != nullptr, "weights: tensor " + tensor.name + " is not part of this network");
        validate(target->sizes() == torch::IntArrayRef(tensor.shape),
                 "weights: tensor " + tensor.name + " has another shape");
        target->copy_(torch::tensor(tensor.values).view(tensor.shape));
    }
}

namespace {

constexpr float kQuieter = 0.1F;  // of the heads that begin from a contour: at first it decides, not they

/// Make the rows of a head whose logits begin from an input quieter. \param tensor  first axis: outputs
void quieten(WeightTensor& tensor, const std::vector<int>& starts) {
    const std::size_t row = tensor.values.size() / starts.size();
    for (std::size_t s = 0; s < starts.size(); ++s)
        for (std::size_t v = s * row; starts[s] >= 0 && v < (s + 1) * row; ++v) tensor.values[v] *= kQuieter;
}

}  // namespace

void load_weights_of_other(torch::nn::Module& module, const NetConfig& net, const NetWeights& weights) {
    NetConfig alike = weights.net;
    alike.inputs = net.inputs, alike.outputs = net.outputs, alike.starts = net.starts;
    validate(alike == net, "weights: those of another network, not only with other inputs and outputs");
    validate(weights.net.inputs <= net.inputs, "weights: inputs", weights.net.inputs,
             "at most " + std::to_string(net.inputs));
    const torch::NoGradGuard no_grad;
    NetWeights fitting = weights_of(net, module, module.parameters());
    for (WeightTensor& own : fitting.tensors) {
        const auto at = std::find_if(weights.tensors.begin(), weights.tensors.end(),
                                     [&](const WeightTensor& t) { return t.name == own.name; });
        if (at == weights.tensors.end() && own.name == "gain") continue;  // begins as in a new network
        validate(at != weights.tensors.end(), "weights: no tensor " + own.name);
        const bool head = own.name.starts_with("head") || own.name.starts_with("bias");
        const bool takes_inputs = own.name.starts_with("down0.") && own.shape.size() == 5 && at->shape.size() == 5;
        if (at->shape == own.shape) {
            own.values = at->values;
            if (head && !net.starts.empty() && weights.net.starts.empty()) quieten(own, net.starts);
        } else if (takes_inputs) {  // shape (out, in, z, y, x)
            auto narrower = own.shape;
            narrower[1] = weights.net.inputs;
            validate(at->shape == narrower, "weights: tensor " + at->name + " has another shape");
            const auto wide = torch::zeros(own.shape);
            wide.narrow(1, 0, at->shape[1]).copy_(torch::tensor(at->values).view(at->shape));
            own.values.assign(wide.data_ptr<float>(), wide.data_ptr<float>() + wide.numel());
        } else {
            validate(head && weights.net.outputs != net.outputs, "weights: tensor " + at->name + " has another shape");
        }
    }
    load_weights(module, fitting);
}

torch::Device device_named(const std::string& name) {
    const bool cuda = torch::cuda::is_available();
    if (name == "cpu" || (name == "auto" && !cuda)) return torch::kCPU;
    validate(name == "cuda" || name == "auto", "device", name, "auto, cpu or cuda");
    if (!cuda) throw NotBuilt("device cuda: this LibTorch or machine has no CUDA device; use --device cpu");
    return torch::kCUDA;
}

torch::ScalarType compute_type(Compute compute, const torch::Device& device) {
    if (compute == Compute::Float32) return torch::kFloat;
    if (compute == Compute::BFloat16) return torch::kBFloat16;
    if (compute == Compute::Float16) {
        validate(device.is_cuda(), "compute float16: only on a CUDA device");
        return torch::kHalf;
    }
    if (device.is_cuda()) return torch::kBFloat16;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512bf16")) return torch::kBFloat16;
#endif
    return torch::kFloat;
}

}  // namespace coutard::contouring
