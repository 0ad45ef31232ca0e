#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/image/volume.hpp"
#include "engine/plan/protocol.hpp"

namespace coutard {

/// The voxels of a structure and the part of each that is inside.
struct VoxelList {
    std::vector<std::uint32_t> voxels;  ///< flat indices, rising
    std::vector<float> coverage;        ///< (0, 1], same length
    double total() const;               ///< sum of the coverage
};
VoxelList voxels_of(const Mask& mask);

/// One objective on the voxels it concerns.
struct ObjectiveTerm {
    Objective objective;  ///< doses whole course [Gy]
    VoxelList where;
    std::vector<float> limit_Gy;  ///< per voxel of `where`; empty: objective.dose_Gy everywhere
    double total = 0;             ///< coverage that means run over, where `where` is a part; 0: where.total()

    double coverage() const { return total > 0 ? total : where.total(); }
    double limit(std::size_t i) const {
        return limit_Gy.empty() ? objective.dose_Gy : static_cast<double>(limit_Gy[i]);
    }
    bool lower() const;  ///< a voxel can have too little
    bool upper() const;  ///< a voxel can have too much
    /// What one voxel adds depends on its own dose alone.
    bool by_voxel() const { return lower() || upper(); }
};

/// Dose that the hottest `volume_percent` of the voxels receive at least [Gy]; coverage counts.
double dose_at_volume(const VoxelList& where, std::span<const float> dose_Gy, double volume_percent);
/// Mean dose [Gy]; coverage counts.
double mean_dose(const VoxelList& where, std::span<const float> dose_Gy);

/// Weighted sum of objectives of a dose, with its exact gradient (docs/theory/optimisation.md, 1-8).
/// DVH objectives are piecewise smooth: the gradient is that of the piece at hand.
class ObjectiveSum {
  public:
    /// \throws ContractError a term without voxels, a limit list of another length, a = 0
    explicit ObjectiveSum(std::vector<ObjectiveTerm> terms);

    /// \param dose_Gy     whole course, one value per voxel of the grid
    /// \param gradient    overwritten: derivative by each voxel's dose [1/Gy]; empty: value only
    double operator()(std::span<const float> dose_Gy, std::span<float> gradient) const;
    /// Each term's share of the sum, in the order of terms().
    std::vector<double> shares(std::span<const float> dose_Gy) const;
    const std::vector<ObjectiveTerm>& terms() const { return terms_; }

  private:
    std::vector<ObjectiveTerm> terms_;
};

}  // namespace coutard
