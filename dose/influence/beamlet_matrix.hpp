#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "dose/influence/open_beam.hpp"
#include "engine/base/progress.hpp"
#include "engine/optimise/sparse_influence.hpp"

namespace coutard::dose {

/// What the matrix's making holds per voxel besides carriers and columns: medium, terma, shadows, rows, tally [bytes].
inline constexpr std::size_t matrix_bytes_per_voxel = 66;

/// What is stored of each column.
struct BeamletStorage {
    /// Doses below this part of the beamlet's largest, t, are kept as t with probability dose / t: the matrix
    /// stays sparse and its products unbiased. Source: Thieke et al., Med Phys 29 (2002) 676.
    double keep = 0.003;
    std::uint64_t seed = 1922;                        ///< the choice depends on seed, beamlet and voxel alone
    std::size_t worker_bytes = std::size_t{2} << 30;  ///< for the carriers: fewer where they would take more
    std::size_t most_bytes = 0;                       ///< in all, columns included; 0: no bound
};

/// Dose of every beamlet [Gy per MU] by the collapsed cones of the field dose: the energy that each
/// beamlet releases is carried along the lines that it touches (docs/theory/dose.md, section 5). The same
/// bits for any number of threads. \param wanted on dose_grid; absent: all voxels
/// \throws InputError the columns will not fit, as soon as the first beam tells how large they are
std::unique_ptr<SparseInfluence> beamlet_matrix(const SceneMedium& place, const Grid& dose_grid,
                                                const std::vector<BeamletSource>& sources,
                                                const std::optional<Mask>& wanted, const BeamletStorage& storage,
                                                const Progress& progress);

}  // namespace coutard::dose
