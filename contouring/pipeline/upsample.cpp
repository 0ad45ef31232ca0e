#include "contouring/pipeline/upsample.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace coutard::contouring {
namespace {

constexpr float kMostLogit = 12;

/// Trilinear value of a volume at a continuous index of its grid, and of a value beyond it.
float value_at(std::span<const float> values, const Grid& grid, const Vec3& index, float beyond) {
    const Size3& n = grid.size();
    const int x = static_cast<int>(std::floor(index.x)), y = static_cast<int>(std::floor(index.y)),
              z = static_cast<int>(std::floor(index.z));
    const auto fx = static_cast<float>(index.x - x), fy = static_cast<float>(index.y - y),
               fz = static_cast<float>(index.z - z);
    if (x < -1 || y < -1 || z < -1 || x >= n.x || y >= n.y || z >= n.z) return beyond;
    float sum = 0;
    for (int c = 0; c < 8; ++c) {
        const int i = x + (c & 1), j = y + (c >> 1 & 1), k = z + (c >> 2 & 1);
        const float value = grid.holds(i, j, k) ? values[grid.flat(i, j, k)] : beyond;
        sum += (c & 1 ? fx : 1 - fx) * (c & 2 ? fy : 1 - fy) * (c & 4 ? fz : 1 - fz) * value;
    }
    return sum;
}

float logit_of(float p) {
    if (p <= 0 || p >= 1) return p <= 0 ? -kMostLogit : kMostLogit;
    return std::clamp(std::log(p / (1 - p)), -kMostLogit, kMostLogit);
}

/// Inclusive index range of the target that can see a box of the coarse grid.
struct Range {
    std::array<int, 3> first{0, 0, 0}, last{-1, -1, -1};
};

Range range_of(std::span<const float> chance, const Grid& coarse, const Grid& target) {
    Range box{{1 << 30, 1 << 30, 1 << 30}, {-1, -1, -1}}, out;
    std::size_t v = 0;
    for (int k = 0; k < coarse.size().z; ++k)
        for (int j = 0; j < coarse.size().y; ++j)
            for (int i = 0; i < coarse.size().x; ++i, ++v) {
                if (chance[v] < 0.5F) continue;
                const std::array<int, 3> at{i, j, k};
                for (std::size_t a = 0; a < 3; ++a) {
                    box.first[a] = std::min(box.first[a], at[a]);
                    box.last[a] = std::max(box.last[a], at[a]);
                }
            }
    if (box.last[0] < 0) return out;
    const std::array<int, 3> n{target.size().x, target.size().y, target.size().z};
    out.first = n;
    for (unsigned c = 0; c < 8; ++c) {
        const Vec3 corner = target.index(coarse.point((c & 1 ? box.last[0] + 1 : box.first[0] - 1),
                                                      (c & 2 ? box.last[1] + 1 : box.first[1] - 1),
                                                      (c & 4 ? box.last[2] + 1 : box.first[2] - 1)));
        for (std::size_t a = 0; a < 3; ++a) {
            const double at = corner[static_cast<int>(a)];
            out.first[a] = std::min(out.first[a], std::clamp(static_cast<int>(std::floor(at)), 0, n[a] - 1));
            out.last[a] = std::max(out.last[a], std::clamp(static_cast<int>(std::ceil(at)), 0, n[a] - 1));
        }
    }
    return out;
}

std::vector<float> logits_of(const Chances& chances, int structure) {
    const auto chance = chances.of(structure);
    std::vector<float> logit(chance.size());
    std::transform(chance.begin(), chance.end(), logit.begin(), logit_of);
    return logit;
}

/// 0 and 1 where the network was as sure as it can be.
float chance_from(float logit) {
    if (std::abs(logit) >= kMostLogit) return logit > 0 ? 1 : 0;
    return 1 / (1 + std::exp(-logit));
}

template <class Value>
Volume<float> on_grid(const Grid& coarse, const Grid& target, const Value& value) {
    Volume<float> out(target);
    std::size_t v = 0;
    for (int k = 0; k < target.size().z; ++k)
        for (int j = 0; j < target.size().y; ++j)
            for (int i = 0; i < target.size().x; ++i, ++v) out[v] = value(coarse.index(target.point(i, j, k)));
    return out;
}

float entropy_bits(float p) {
    if (p <= 0 || p >= 1) return 0;
    return -p * std::log2(p) - (1 - p) * std::log2(1 - p);
}

}  // namespace

Mask mask_of(const Chances& chances, int structure, const Grid& target) {
    const auto logit = logits_of(chances, structure);
    Mask mask(target);
    const Range r = range_of(chances.of(structure), chances.grid, target);
    for (int k = r.first[2]; k <= r.last[2]; ++k)
        for (int j = r.first[1]; j <= r.last[1]; ++j)
            for (int i = r.first[0]; i <= r.last[0]; ++i)
                if (value_at(logit, chances.grid, chances.grid.index(target.point(i, j, k)), -kMostLogit) >= 0)
                    mask.at(i, j, k) = 255;
    return mask;
}

Volume<float> chance_of(const Chances& chances, int structure, const Grid& target) {
    const auto logit = logits_of(chances, structure);
    return on_grid(chances.grid, target,
                   [&](const Vec3& index) { return chance_from(value_at(logit, chances.grid, index, -kMostLogit)); });
}

Volume<float> entropy_of(const Chances& chances, const std::vector<int>& structures, const Grid& target) {
    std::vector<std::vector<float>> logits;
    for (const int s : structures) logits.push_back(logits_of(chances, s));
    return on_grid(chances.grid, target, [&](const Vec3& index) {
        float least_sure = kMostLogit;
        for (const auto& logit : logits)
            least_sure = std::min(least_sure, std::abs(value_at(logit, chances.grid, index, -kMostLogit)));
        return entropy_bits(chance_from(least_sure));
    });
}

}  // namespace coutard::contouring
