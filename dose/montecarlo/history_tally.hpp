#pragma once
#include <cstdint>
#include <vector>

#include "dose/montecarlo/region.hpp"
#include "engine/par/fixed_sum.hd.hpp"

namespace coutard::dose {

/// Energies per cell as whole quanta, summed over histories, and the squares of each history's sum: the
/// history-by-history estimate of the variance. Whole numbers add to the same bits in any order.
/// Source: Walters, Kawrakow, Rogers, Med Phys 29 (2002) 2745; Salvat, PENELOPE manual (NEA, 2018).
struct HistorySums {
    static constexpr double quantum_MeV = 1e-9, quantum_MeV2 = 1e-11;
    std::vector<std::int64_t> sum, squares;

    explicit HistorySums(std::size_t cells = 0) : sum(cells), squares(cells) {}
    /// One history's energy in a cell; may be called by several threads.
    void add(std::size_t cell, double energy_MeV) {
        par::shared_add(&sum[cell], par::FixedSum::of(quantum_MeV).counts(energy_MeV));
        par::shared_add(&squares[cell], par::FixedSum::of(quantum_MeV2).counts(energy_MeV * energy_MeV));
    }
    /// Those of other histories. \param other as many cells
    void add(const HistorySums& other) {
        for (std::size_t c = 0; c < sum.size(); ++c) {
            sum[c] += other.sum[c];
            squares[c] += other.squares[c];
        }
    }
    double energy_MeV(std::size_t cell) const { return static_cast<double>(sum[cell]) * quantum_MeV; }
    /// Standard error of the energy per history, over that energy; 1 where nothing is known.
    double relative_error(std::size_t cell, std::uint64_t histories) const;
};

/// Which regions each voxel belongs to, and with what weight, voxel by voxel.
struct RegionIndex {
    std::vector<std::uint32_t> first;   ///< per voxel and one more: its entries begin there; empty without regions
    std::vector<std::uint32_t> region;  ///< per entry
    std::vector<float> weight;          ///< per entry [1/g]

    /// \param mass_g per voxel; those of no mass are left out
    RegionIndex(const std::vector<Region>& regions, const std::vector<double>& mass_g);
};

/// What one thread keeps of the history that it follows.
class HistoryScore {
  public:
    HistoryScore(HistorySums& voxels, HistorySums& regions, const RegionIndex& index)
        : voxels_(voxels), regions_(regions), index_(index), now_(voxels.sum.size()), region_now_(regions.sum.size()) {}

    void deposit(std::size_t voxel, double energy_MeV) {
        double& now = now_[voxel];
        if (now == 0) touched_.push_back(static_cast<std::uint32_t>(voxel));
        now += energy_MeV;
    }
    void escape(double energy_MeV) { escaped_ += energy_MeV; }
    /// Add what this history left to the sums; returns what left the scene [MeV].
    double close();

  private:
    HistorySums &voxels_, &regions_;
    const RegionIndex& index_;
    std::vector<double> now_, region_now_;
    std::vector<std::uint32_t> touched_, touched_regions_;
    double escaped_ = 0;
};

}  // namespace coutard::dose
