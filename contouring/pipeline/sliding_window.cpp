#include "contouring/pipeline/sliding_window.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "contouring/pipeline/intensity.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr double kSigma = 0.125;  // of the block; Isensee et al., Nat Methods 18 (2021) 203

std::vector<float> gaussian(int n) {
    std::vector<float> weight(static_cast<std::size_t>(n));
    const double middle = 0.5 * (n - 1), sigma = kSigma * n;
    for (int i = 0; i < n; ++i)
        weight[static_cast<std::size_t>(i)] = static_cast<float>(std::exp(-0.5 * std::pow((i - middle) / sigma, 2)));
    return weight;
}

std::size_t voxels(const Size3& n) {
    return static_cast<std::size_t>(n.x) * static_cast<std::size_t>(n.y) * static_cast<std::size_t>(n.z);
}

/// A value for each voxel of a block, by its index in the image.
template <class ValueAt>
std::vector<float> cut(const Size3& first, const Size3& block, const ValueAt& value_at) {
    std::vector<float> out;
    out.reserve(voxels(block));
    for (int z = 0; z < block.z; ++z)
        for (int y = 0; y < block.y; ++y)
            for (int x = 0; x < block.x; ++x) out.push_back(value_at(first.x + x, first.y + y, first.z + z));
    return out;
}

std::vector<float> cut_image(const Volume<float>& hu, const Size3& first, const Size3& block) {
    return cut(first, block, [&](int i, int j, int k) { return hu.grid().holds(i, j, k) ? hu.at(i, j, k) : kBlankHu; });
}

/// What is given goes on beyond the image: outside of a contour is not "none given".
std::vector<float> cut_guide(const Volume<float>& guide, const Size3& first, const Size3& block) {
    const Size3& n = guide.grid().size();
    return cut(first, block, [&](int i, int j, int k) {
        return guide.at(std::clamp(i, 0, n.x - 1), std::clamp(j, 0, n.y - 1), std::clamp(k, 0, n.z - 1));
    });
}

bool all_air(const std::vector<float>& hu) {
    return std::all_of(hu.begin(), hu.end(), [](float v) { return v <= kAirBelowHu; });
}

/// Weighted sums of overlapping blocks.
class Blend {
  public:
    Blend(const Grid& grid, const SlidingWindow& how)
        : sum_(grid, how.structures),
          weight_(grid),
          block_(how.block),
          along_{gaussian(block_.x), gaussian(block_.y), gaussian(block_.z)} {}

    void add(const Size3& first, const std::vector<float>* chance) {
        const Size3& n = sum_.grid.size();
        const std::size_t count = voxels(block_);
        for (int z = 0; z < block_.z && first.z + z < n.z; ++z)
            for (int y = 0; y < block_.y && first.y + y < n.y; ++y) {
                const float wyz = along_[1][static_cast<std::size_t>(y)] * along_[2][static_cast<std::size_t>(z)];
                const std::size_t to = sum_.grid.flat(first.x, first.y + y, first.z + z);
                const auto from = static_cast<std::size_t>((z * block_.y + y) * block_.x);
                for (int x = 0; x < block_.x && first.x + x < n.x; ++x) {
                    const auto s = static_cast<std::size_t>(x);
                    const float w = wyz * along_[0][s];
                    weight_[to + s] += w;
                    for (int o = 0; chance && o < sum_.structures; ++o)
                        sum_.of(o)[to + s] += w * (*chance)[static_cast<std::size_t>(o) * count + from + s];
                }
            }
    }
    Chances finish() {
        for (int o = 0; o < sum_.structures; ++o)
            for (std::size_t v = 0; v < weight_.count(); ++v)
                if (weight_[v] > 0) sum_.of(o)[v] /= weight_[v];
        return std::move(sum_);
    }

  private:
    Chances sum_;
    Volume<float> weight_;
    Size3 block_;
    std::array<std::vector<float>, 3> along_;
};

}  // namespace

std::vector<int> block_starts(int extent, int block, double step) {
    expect(extent >= 1 && block >= 1 && step > 0 && step <= 1,
           "blocks: positive extent, and a step of part of a block");
    if (extent <= block) return {0};
    const int room = extent - block;
    const int parts = static_cast<int>(std::ceil(room / std::max(1.0, block * step)));
    std::vector<int> starts;
    for (int p = 0; p <= parts; ++p)
        starts.push_back(static_cast<int>(std::lround(static_cast<double>(room) * p / parts)));
    return starts;
}

Chances slide(const Volume<float>& hu, const std::vector<Volume<float>>& guides, const SlidingWindow& how,
              const BlockPredictor& predict, const Progress& progress) {
    for (const auto& guide : guides) expect(guide.grid().same_as(hu.grid()), "slide: guides on the image's grid");
    const Size3& n = hu.grid().size();
    const auto xs = block_starts(n.x, how.block.x, how.step), ys = block_starts(n.y, how.block.y, how.step),
               zs = block_starts(n.z, how.block.z, how.step);
    const std::size_t expected = voxels(how.block) * static_cast<std::size_t>(how.structures);
    Blend blend(hu.grid(), how);
    std::size_t done = 0;
    const std::size_t all = xs.size() * ys.size() * zs.size();
    for (const int z : zs)
        for (const int y : ys)
            for (const int x : xs) {
                progress.at(static_cast<double>(done++) / static_cast<double>(all), "contour");
                const auto block = cut_image(hu, {x, y, z}, how.block);
                if (all_air(block)) {
                    blend.add({x, y, z}, nullptr);
                    continue;
                }
                auto channels = windowed(block, how.windows);
                for (const auto& guide : guides) {
                    const auto given = cut_guide(guide, {x, y, z}, how.block);
                    channels.insert(channels.end(), given.begin(), given.end());
                }
                const auto chance = predict(channels);
                expect(chance.size() == expected, "predictor: one probability per structure and voxel of the block");
                blend.add({x, y, z}, &chance);
            }
    return blend.finish();
}

}  // namespace coutard::contouring
