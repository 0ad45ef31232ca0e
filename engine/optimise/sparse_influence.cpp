#include "engine/optimise/sparse_influence.hpp"

#include <algorithm>

#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"

namespace coutard {
namespace {

constexpr std::size_t block_voxels = 16384;  // a block's float64 sums (128 kB) stay in the second-level cache

void check(const InfluenceColumn& column, std::size_t voxel_count) {
    expect(column.voxels.size() == column.gy_per_mu.size(), "influence column: one value per voxel");
    std::int64_t last = -1;
    for (const auto voxel : column.voxels) {
        expect(static_cast<std::int64_t>(voxel) > last, "influence column: voxels rise strictly");
        last = voxel;
    }
    expect(last < static_cast<std::int64_t>(voxel_count), "influence column: voxels lie on the grid");
    for (const float value : column.gy_per_mu)
        expect(value >= 0 && value < 1e30F, "influence column: finite, not negative");
}

}  // namespace

SparseInfluence::SparseInfluence(const Grid& grid, std::vector<InfluenceColumn> columns)
    : grid_(grid), columns_(std::move(columns)), blocks_((grid.count() + block_voxels - 1) / block_voxels) {
    expect(grid.count() < (std::size_t{1} << 32), "influence: fewer than 2^32 voxels");
    block_start_.resize(columns_.size() * (blocks_ + 1));
    for (std::size_t b = 0; b < columns_.size(); ++b) {
        const auto& column = columns_[b];
        check(column, grid.count());
        nonzeros_ += column.voxels.size();
        for (std::size_t block = 0; block <= blocks_; ++block) {
            const auto at = std::lower_bound(column.voxels.begin(), column.voxels.end(), block * block_voxels);
            block_start_[b * (blocks_ + 1) + block] = static_cast<std::uint32_t>(at - column.voxels.begin());
        }
    }
}

void SparseInfluence::forward(std::span<const float> weight, std::span<float> dose) const {
    expect(weight.size() == beamlet_count() && dose.size() == voxel_count(), "influence: sizes of weight and dose");
    par::for_each_index(par::Host{}, blocks_, [&](std::size_t block) {
        const std::size_t first = block * block_voxels, last = std::min(first + block_voxels, dose.size());
        std::vector<double> sum(last - first, 0.0);
        for (std::size_t b = 0; b < columns_.size(); ++b) {
            if (weight[b] == 0) continue;
            const double w = weight[b];
            const std::uint32_t* start = &block_start_[b * (blocks_ + 1) + block];
            const auto* voxels = columns_[b].voxels.data();
            const auto* values = columns_[b].gy_per_mu.data();
            for (std::uint32_t e = start[0]; e < start[1]; ++e)
                sum[voxels[e] - first] += w * static_cast<double>(values[e]);
        }
        std::transform(sum.begin(), sum.end(), dose.begin() + static_cast<std::ptrdiff_t>(first),
                       [](double s) { return static_cast<float>(s); });
    });
}

void SparseInfluence::transpose(std::span<const float> dose_gradient, std::span<float> weight_gradient) const {
    expect(weight_gradient.size() == beamlet_count() && dose_gradient.size() == voxel_count(),
           "influence: sizes of weight and dose gradients");
    par::for_each_index(
        par::Host{}, columns_.size(),
        [&](std::size_t b) {
            const auto& column = columns_[b];
            double sum = 0;
            for (std::size_t e = 0; e < column.voxels.size(); ++e)
                sum += static_cast<double>(column.gy_per_mu[e]) * static_cast<double>(dose_gradient[column.voxels[e]]);
            weight_gradient[b] = static_cast<float>(sum);
        },
        16);
}

std::size_t SparseInfluence::bytes() const {
    return nonzeros_ * (sizeof(float) + sizeof(std::uint32_t)) + block_start_.size() * sizeof(std::uint32_t) +
           columns_.size() * sizeof(InfluenceColumn);
}

}  // namespace coutard
