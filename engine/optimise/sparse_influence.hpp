#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "engine/ports/influence.hpp"

namespace coutard {

/// Dose of one beamlet: the voxels it reaches and what each gets per unit weight.
struct InfluenceColumn {
    std::vector<std::uint32_t> voxels;  ///< flat indices on the dose grid, strictly rising
    std::vector<float> gy_per_mu;       ///< same length, finite, not negative
};

/// Dose-influence matrix in memory, one sparse column per beamlet (float32), sums in float64.
/// forward splits the voxels, transpose the beamlets, between threads; each sum runs in the order of
/// the columns (of the voxels), so the bits do not depend on the number of threads.
class SparseInfluence final : public InfluenceOperator {
  public:
    /// \param columns  one per beamlet, over all beams in order; moved in, not copied
    /// \throws ContractError voxels not rising or off the grid, lengths differ, a value negative or NaN
    SparseInfluence(const Grid& grid, std::vector<InfluenceColumn> columns);

    std::size_t voxel_count() const override { return grid_.count(); }
    std::size_t beamlet_count() const override { return columns_.size(); }
    const Grid& grid() const override { return grid_; }
    /// \throws ContractError sizes differ from beamlet_count() and voxel_count()
    void forward(std::span<const float> weight, std::span<float> dose) const override;
    void transpose(std::span<const float> dose_gradient, std::span<float> weight_gradient) const override;

    const InfluenceColumn& column(std::size_t beamlet) const { return columns_[beamlet]; }
    std::size_t nonzeros() const { return nonzeros_; }
    std::size_t bytes() const;  ///< memory of the matrix

  private:
    Grid grid_;
    std::vector<InfluenceColumn> columns_;
    std::size_t nonzeros_ = 0, blocks_ = 0;
    std::vector<std::uint32_t> block_start_;  ///< [beamlet][block]: first entry at or above the block's first voxel
};

}  // namespace coutard
