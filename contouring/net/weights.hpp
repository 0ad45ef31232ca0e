#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "contouring/net/net_config.hpp"

namespace coutard::contouring {

/// One trained tensor, C order.
struct WeightTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    std::vector<float> values;
    bool operator==(const WeightTensor&) const = default;
};

/// A network's shape with its numbers; names no library's type.
struct NetWeights {
    NetConfig net;
    std::vector<WeightTensor> tensors;  ///< in the order of the network's parameters
    bool operator==(const NetWeights&) const = default;
};

enum class Precision { Float32, Float16 };

/// The flat weights file: docs/formats/net_weights.md. Written whole or not at all.
/// \throws OutputError the file cannot be written, or a weight is not finite in that precision
void write_weights(const std::filesystem::path& path, const NetWeights& weights, Precision precision);

/// \throws InputError naming the file: missing, not ours, another format version, truncated, trailing
/// bytes, a weight that is not finite, a tensor list that contradicts itself, or
/// more or fewer numbers than the network of the header has
NetWeights read_weights(const std::filesystem::path& path);

/// IEEE 754 binary16 and back; rounds to nearest even, overflow gives infinity.
std::uint16_t half_from(float value);
float float_from(std::uint16_t half);

}  // namespace coutard::contouring
