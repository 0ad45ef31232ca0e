#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "dose/influence/beamlet_medium.hpp"
#include "engine/optimise/sparse_influence.hpp"

namespace coutard::dose {

/// Thins the columns of one beam, beamlet after beamlet. A dose below the threshold t of its column adds dose / t to a
/// voxel's tally, which begins at random in [0, 1); whenever the tally passes 1 an entry is kept, as t. So each entry
/// is kept with the probability dose / t, and what the beam's columns give a voxel together is off by less than one t.
/// Source: Thieke et al., Med Phys 29 (2002) 676, with systematic instead of independent sampling.
class Thinning {
  public:
    /// \param beam its number in the matrix: tallies begin by seed, beam and voxel alone
    Thinning(const DoseRows& rows, std::uint64_t seed, std::uint64_t beam);

    /// The next beamlet's column. \param dose per place of the rows; those below 0 are a debt that
    /// the next doses of the voxel pay
    /// \param low the threshold, in the unit of dose; \param factor from that unit to Gy per MU
    InfluenceColumn column(const std::vector<float>& dose, float low, float factor);
    /// Debts that no later dose has paid, beside the field's edge, are paid by the last beamlets that gave the voxel
    /// any. \param columns all of the beam, in the order of the calls above, and their factor
    void settle(std::span<InfluenceColumn> columns, float factor);

  private:
    const DoseRows& rows_;
    std::vector<float> tally_;           // per place: part of a threshold, or a debt of dose
    std::vector<std::uint32_t> places_;  // of the entries kept, in front
    std::vector<float> kept_;
};

}  // namespace coutard::dose
