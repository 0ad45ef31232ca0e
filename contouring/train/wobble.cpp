#include "contouring/train/wobble.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

Vec3 normal_vector(Random& random) {
    const double x = normal(random), y = normal(random);
    return {x, y, normal(random)};
}

/// Vectors at nodes, trilinear between them.
class NodeField {
  public:
    NodeField(const Size3& voxels, const Vec3& spacing_mm, double node_mm, double deviation_mm, Random& random) {
        const std::array<int, 3> n{voxels.x, voxels.y, voxels.z};
        for (int k = 0; k < 3; ++k) {
            const auto a = static_cast<std::size_t>(k);
            per_node_[k] = node_mm / spacing_mm[k];
            count_[a] = static_cast<int>(std::ceil((n[a] - 1) / per_node_[k])) + 2;
        }
        nodes_.resize(static_cast<std::size_t>(count_[0] * count_[1] * count_[2]));
        for (Vec3& u : nodes_) u = normal_vector(random) * deviation_mm;
    }

    Vec3 at(int x, int y, int z) const {
        const Vec3 p{x / per_node_.x, y / per_node_.y, z / per_node_.z};
        const int i = static_cast<int>(p.x), j = static_cast<int>(p.y), k = static_cast<int>(p.z);
        Vec3 u;
        for (int c = 0; c < 8; ++c) {
            const double w =
                (c & 1 ? p.x - i : 1 - p.x + i) * (c & 2 ? p.y - j : 1 - p.y + j) * (c & 4 ? p.z - k : 1 - p.z + k);
            const int node = ((k + (c >> 2 & 1)) * count_[1] + j + (c >> 1 & 1)) * count_[0] + i + (c & 1);
            u = u + nodes_[static_cast<std::size_t>(node)] * w;
        }
        return u;
    }

  private:
    Vec3 per_node_;
    std::array<int, 3> count_{};
    std::vector<Vec3> nodes_;
};

/// Where a channel is not 0, grown by a voxel.
struct Filled {
    std::array<int, 3> low{1 << 30, 1 << 30, 1 << 30}, high{-2, -2, -2};

    Filled(std::span<const std::uint8_t> inside, const Size3& n) {
        std::size_t v = 0;
        for (int z = 0; z < n.z; ++z)
            for (int y = 0; y < n.y; ++y)
                for (int x = 0; x < n.x; ++x, ++v) {
                    if (inside[v] == 0) continue;
                    const std::array<int, 3> at{x, y, z};
                    for (std::size_t k = 0; k < 3; ++k)
                        low[k] = std::min(low[k], at[k] - 1), high[k] = std::max(high[k], at[k] + 1);
                }
    }
    bool holds(const Vec3f& p) const {
        const std::array<float, 3> at{p.x, p.y, p.z};
        for (std::size_t k = 0; k < 3; ++k)
            if (at[k] < static_cast<float>(low[k]) || at[k] > static_cast<float>(high[k])) return false;
        return true;
    }
};

float trilinear(std::span<const std::uint8_t> inside, const Size3& n, const Vec3f& p) {
    const int i = static_cast<int>(std::floor(p.x)), j = static_cast<int>(std::floor(p.y)),
              k = static_cast<int>(std::floor(p.z));
    const float fx = p.x - static_cast<float>(i), fy = p.y - static_cast<float>(j), fz = p.z - static_cast<float>(k);
    float sum = 0;
    for (int c = 0; c < 8; ++c) {
        const int x = i + (c & 1), y = j + (c >> 1 & 1), z = k + (c >> 2 & 1);
        if (x < 0 || y < 0 || z < 0 || x >= n.x || y >= n.y || z >= n.z) continue;
        const float w = (c & 1 ? fx : 1 - fx) * (c & 2 ? fy : 1 - fy) * (c & 4 ? fz : 1 - fz);
        sum += w * static_cast<float>(inside[static_cast<std::size_t>((z * n.y + y) * n.x + x)]);
    }
    return sum;
}

/// The nearest point of the patch: what is cut by its border goes on beyond.
Vec3f clamped(const Vec3f& p, const Size3& n) {
    const auto within = [](float at, int count) { return std::clamp(at, 0.0F, static_cast<float>(count - 1)); };
    return {within(p.x, n.x), within(p.y, n.y), within(p.z, n.z)};
}

}  // namespace

double normal(Random& random) {
    const double radius = std::sqrt(-2 * std::log(1 - uniform(random, 0, 1)));
    return radius * std::cos(2 * std::numbers::pi * uniform(random, 0, 1));
}

Wobble::Wobble(const Size3& size, const Vec3& spacing_mm, const WobbleConfig& config, Random& random) : size_(size) {
    const double all = uniform(random, config.least_share, 1);
    const Vec3 shift = normal_vector(random) * (all * config.shift_mm);
    const Vec3 turn = normal_vector(random) * (all * config.turn_deg * std::numbers::pi / 180);
    const double wider = all * config.scale * normal(random);
    const Mat3 linear{{wider, turn.z, -turn.y}, {-turn.z, wider, turn.x}, {turn.y, -turn.x, 0}};  // small turns
    const NodeField field(size, spacing_mm, config.node_mm, all * config.field_mm, random);
    double squares = 0;
    for (int z = 0; z < size.z; ++z)
        for (int y = 0; y < size.y; ++y)
            for (int x = 0; x < size.x; ++x) {
                const Vec3 from_middle{(x - 0.5 * (size.x - 1)) * spacing_mm.x, (y - 0.5 * (size.y - 1)) * spacing_mm.y,
                                       (z - 0.5 * (size.z - 1)) * spacing_mm.z};
                const Vec3 u = shift + linear * from_middle + field.at(x, y, z);
                squares += dot(u, u);
                from_.push_back({static_cast<float>(x + u.x / spacing_mm.x), static_cast<float>(y + u.y / spacing_mm.y),
                                 static_cast<float>(z + u.z / spacing_mm.z)});
            }
    error_mm_ = std::sqrt(squares / (3 * static_cast<double>(from_.size())));
}

std::vector<float> Wobble::moved(std::span<const std::uint8_t> inside) const {
    expect(inside.size() == from_.size(), "wobble: one value per voxel of the patch");
    std::vector<float> out(inside.size());
    const Filled filled(inside, size_);
    for (std::size_t v = 0; v < out.size(); ++v) {
        const Vec3f from = clamped(from_[v], size_);
        if (filled.holds(from)) out[v] = trilinear(inside, size_, from) / 255;
    }
    return out;
}

}  // namespace coutard::contouring
