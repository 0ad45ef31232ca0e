#pragma once
#include <array>
#include <span>

#include "dose/influence/beamlet_medium.hpp"
#include "dose/influence/tile_lines.hpp"

namespace coutard::dose {

/// One cone of a beam with its lines on both lattices.
struct BeamCone {
    IndexedCone fine, coarse;
    const Cone* cone;
    Vec3 direction;
};

/// Rays of a beam, for the tilt of the kernel: unit vectors.
struct TileRays {
    Vec3 axis, middle;          ///< of the beam; of the tile
    std::vector<Vec3> beamlet;  ///< of each
};

/// Carries the released energy of tiles of beamlets; one per thread, its buffers are used again. The primary part of
/// the ladder goes along fine lines, which end soon after their last source; the scatter part along lines through
/// coarse cells, to the end. Theory: docs/theory/dose.md, section 5.
class TileCarrier {
  public:
    TileCarrier(const BeamletMedium& medium, const DoseRows& rows);

    /// How many carriers to run: one per thread, at most 16, fewer where their buffers for so many voxels would
    /// take more than `most_bytes`; at least one.
    static int crew(std::size_t voxels, int threads, std::size_t most_bytes);
    /// Both kinds of lines and 9 bytes more (what a tile has seen, cells' sources and water); at 5 mm cells are a
    /// quarter of the voxels.
    static constexpr std::size_t bytes_per_voxel =
        TileLines<LadderPart::Primary>::bytes_per_voxel + TileLines<LadderPart::Scatter>::bytes_per_voxel / 4 + 9;

    /// Lay down what the sources release. Fine lines play roulette where they have grown weak, with random numbers of
    /// this tile.
    void carry(std::vector<TileSource> reached, const std::vector<BeamCone>& cones, const KernelTilt<par::Host>& tilt,
               const TileRays& rays, par::Philox rng);

    /// Largest dose [MeV/g] of each beamlet in voxels that it reached and that are denser than 0.1 g/cm3, for a scale:
    /// thin air at the edge of the body may not set it, and scatter is read without sharpening.
    const TileRow& largest() const { return largest_; }
    /// Doses [MeV/g] of plane k of the dose rows, per place of a plane; ladder terms that cancel may leave one a hair
    /// below zero. Planes are read one after the other.
    std::span<const TileRow> plane(int k);

  private:
    void find_cells(const std::vector<TileSource>& reached, const std::array<float, energy_groups>& scatter_per_cm);
    void find_largest();
    /// Energy per path in water of a plane of cells, sharpened (CoarseCells::sharpness).
    const std::vector<TileRow>& sharp_plane(std::uint32_t c);

    const BeamletMedium& medium_;
    const DoseRows& rows_;
    TileLines<LadderPart::Primary> primary_;
    TileLines<LadderPart::Scatter> scatter_;
    std::vector<std::uint32_t> source_of_cell_;  ///< 1 + index into the cells' sources, 0 between calls
    std::vector<TileRow> local_;                 ///< of the sources: what stays in a voxel, in a cell
    std::vector<float> water_inverse_;           ///< per address of the coarse lattice
    std::vector<TileRow> sharp_[2];              ///< planes of cells, the even one and the odd one
    int sharp_at_[2] = {-1, -1};
    std::vector<TileRow> between_, row_, plane_;  ///< cells between two planes; between two of their rows; doses
    TileRow largest_;
};

}  // namespace coutard::dose
