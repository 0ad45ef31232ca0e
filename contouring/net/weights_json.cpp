#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "contouring/net/weights.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;
constexpr std::array<char, 8> kMagic{'C', 'O', 'U', 'T', 'N', 'E', 'T', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint64_t kLongestHeader = 16 << 20;
static_assert(std::endian::native == std::endian::little, "the weights file is little-endian");

Json json_of(const NetConfig& n) {
    Json j{{"family", "unet"},
           {"inputs", n.inputs},
           {"outputs", n.outputs},
           {"channels", n.channels},
           {"encoder_convs", n.encoder_convs},
           {"decoder_convs", n.decoder_convs},
           {"residual", n.residual},
           {"deep_supervision", n.deep_supervision}};
    if (!n.starts.empty()) j["starts"] = n.starts;
    return j;
}

NetConfig net_of(const Json& j) {
    validate(j.at("family") == "unet", "net family", j.at("family").get<std::string>(), "unet");
    NetConfig n;
    j.at("inputs").get_to(n.inputs);
    j.at("outputs").get_to(n.outputs);
    j.at("channels").get_to(n.channels);
    j.at("encoder_convs").get_to(n.encoder_convs);
    j.at("decoder_convs").get_to(n.decoder_convs);
    j.at("residual").get_to(n.residual);
    j.at("deep_supervision").get_to(n.deep_supervision);
    if (j.contains("starts")) j.at("starts").get_to(n.starts);
    n.check();
    return n;
}

std::size_t elements(const std::vector<std::int64_t>& shape, std::size_t at_most) {
    std::size_t count = 1;
    for (const std::int64_t n : shape) {
        validate(n >= 1 && static_cast<std::uint64_t>(n) <= at_most / count, "tensor axis", n,
                 "at least 1, and all inside the file");
        count *= static_cast<std::size_t>(n);
    }
    return count;
}

bool all_finite(const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

/// Takes bytes from the front of a file image; refuses to run past its end.
class Bytes {
  public:
    explicit Bytes(std::string all) : all_(std::move(all)) {}
    const char* take(std::size_t count) {
        validate(count <= left(), "truncated: bytes left", left(), std::to_string(count));
        at_ += count;
        return all_.data() + (at_ - count);
    }
    template <class T>
    T number() {
        T value;
        std::memcpy(&value, take(sizeof value), sizeof value);
        return value;
    }
    std::size_t left() const { return all_.size() - at_; }

  private:
    std::string all_;
    std::size_t at_ = 0;
};

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    validate(file.good(), "cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

NetWeights parse(Bytes bytes) {
    validate(std::memcmp(bytes.take(kMagic.size()), kMagic.data(), kMagic.size()) == 0,
             "not a weights file (wrong first bytes)");
    const auto version = bytes.number<std::uint32_t>();
    validate(version == kVersion, "format version", version, std::to_string(kVersion) + " (made by another release)");
    const auto length = bytes.number<std::uint64_t>();
    validate(length <= kLongestHeader, "header length", length, "at most 16 MiB");
    const char* text = bytes.take(length);
    const Json header = Json::parse(text, text + length);
    const auto type = header.at("type").get<std::string>();
    validate(type == "float16" || type == "float32", "type", type, "float16 or float32");
    NetWeights out{net_of(header.at("net")), {}};
    for (const Json& entry : header.at("tensors")) {
        WeightTensor tensor{entry.at("name"), entry.at("shape"), {}};
        tensor.values.resize(elements(tensor.shape, bytes.left()));
        for (float& v : tensor.values)
            v = type == "float16" ? float_from(bytes.number<std::uint16_t>()) : bytes.number<float>();
        validate(all_finite(tensor.values), "tensor " + tensor.name + ": a weight is not finite");
        out.tensors.push_back(std::move(tensor));
    }
    std::int64_t numbers = 0;  // a small file must not ask for a large network
    for (const WeightTensor& t : out.tensors) numbers += static_cast<std::int64_t>(t.values.size());
    validate(numbers == out.net.parameters(), "weights in the file", numbers,
             std::to_string(out.net.parameters()) + ", those of its network");
    validate(bytes.left() == 0, "bytes after the last tensor", bytes.left(), "none");
    return out;
}

void write_all(const fs::path& path, const NetWeights& weights, Precision precision) {
    Json tensors = Json::array();
    for (const WeightTensor& t : weights.tensors) tensors.push_back({{"name", t.name}, {"shape", t.shape}});
    const bool half = precision == Precision::Float16;
    for (const WeightTensor& t : weights.tensors)
        for (const float v : t.values)
            if (!std::isfinite(half ? float_from(half_from(v)) : v))
                throw OutputError("weights file " + path.string() + ": tensor " + t.name + ": " + std::to_string(v) +
                                  " cannot be stored as a finite number");
    const std::string header =
        Json{{"net", json_of(weights.net)}, {"type", half ? "float16" : "float32"}, {"tensors", tensors}}.dump();
    std::ofstream file(path, std::ios::binary);
    const auto put = [&](const auto& value) { file.write(reinterpret_cast<const char*>(&value), sizeof value); };
    file.write(kMagic.data(), kMagic.size());
    put(kVersion);
    put(static_cast<std::uint64_t>(header.size()));
    file.write(header.data(), static_cast<std::streamsize>(header.size()));
    for (const WeightTensor& t : weights.tensors)
        for (const float v : t.values) half ? put(half_from(v)) : put(v);
    file.close();
    if (!file) throw OutputError("cannot write " + path.string());
}

}  // namespace

void write_weights(const fs::path& path, const NetWeights& weights, Precision precision) {
    write_atomically(path, [&](const fs::path& file) { write_all(file, weights, precision); });
}

NetWeights read_weights(const fs::path& path) {
    try {
        return parse(Bytes(read_file(path)));
    } catch (const InputError& e) {
        throw InputError("weights file " + path.string() + ": " + e.what());
    } catch (const Json::exception& e) {
        throw InputError("weights file " + path.string() + ": header: " + e.what());
    }
}

}  // namespace coutard::contouring
