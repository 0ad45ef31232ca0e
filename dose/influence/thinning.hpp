#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "dose/influence/beamlet_medium.hpp"
#include "dose/influence/beamlet_tile.hpp"
#include "engine/optimise/sparse_influence.hpp"

namespace coutard::dose {

/// What of a tile's doses is kept.
struct KeptDoses {
    TileRow low;      ///< threshold of each beamlet, in the unit of its doses; 0: all doses above 0 are kept
    int count;        ///< beamlets in the tile
    float gy_per_mu;  ///< of a dose of 1
};

/// Thins the columns of one beam, beamlet after beamlet. A dose below the threshold t of its column adds dose / t to a
/// voxel's tally, which begins at random in [0, 1); whenever the tally passes 1 an entry is kept, as t. So each entry
/// is kept with the probability dose / t, and what the beam's columns give a voxel together is off by less than one t.
/// A voxel's doses are taken in the order of the calls, and voxels do not meet: threads may take different planes.
/// Source: Thieke et al., Med Phys 29 (2002) 676, with systematic instead of independent sampling.
class Thinning {
  public:
    /// \param beam its number in the matrix: tallies begin by seed, beam and voxel alone
    Thinning(const DoseRows& rows, std::uint64_t seed, std::uint64_t beam);

    /// The doses of a tile in plane k, appended to its columns; those below 0 are a debt that the next doses of the
    /// voxel pay. \param dose per place of the plane \param columns one per beamlet of the tile
    void add(int k, std::span<const TileRow> dose, const KeptDoses& keep, std::span<InfluenceColumn> columns);
    /// Debts that no later dose has paid, beside the field's edge, are paid by the last beamlets that gave the voxel
    /// any. \param columns all of the beam, and their factor
    void settle(std::span<InfluenceColumn> columns, float gy_per_mu);

  private:
    const DoseRows& rows_;
    std::vector<float> tally_;  // per place: part of a threshold, or a debt of dose
};

}  // namespace coutard::dose
