#pragma once
#include <vector>

#include "engine/optimise/row_matrix.hpp"
#include "engine/ports/influence.hpp"

namespace coutard {

/// Dose-influence matrix in memory: a row per voxel of the dose grid, a column per beamlet.
class SparseInfluence final : public InfluenceOperator {
  public:
    /// \param columns  one per beamlet, over all beams in order; moved in, not copied
    /// \throws ContractError as RowMatrix
    SparseInfluence(const Grid& grid, std::vector<InfluenceColumn> columns)
        : grid_(grid), matrix_(grid.count(), std::move(columns)) {}

    std::size_t voxel_count() const override { return matrix_.rows(); }
    std::size_t beamlet_count() const override { return matrix_.columns(); }
    const Grid& grid() const override { return grid_; }
    /// \throws ContractError sizes differ from beamlet_count() and voxel_count()
    void forward(std::span<const float> weight, std::span<float> dose) const override { matrix_.forward(weight, dose); }
    void transpose(std::span<const float> dose_gradient, std::span<float> weight_gradient) const override {
        matrix_.transpose(dose_gradient, weight_gradient);
    }
    const RowMatrix* rows() const override { return &matrix_; }
    const RowMatrix& matrix() const { return matrix_; }

  private:
    Grid grid_;
    RowMatrix matrix_;
};

}  // namespace coutard
