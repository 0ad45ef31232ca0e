#pragma once
#include <cstdint>
#include <vector>

#include "dose/influence/beamlet_tile.hpp"
#include "dose/influence/indexed_cone.hpp"
#include "dose/superposition/cone_kernel.hpp"
#include "dose/superposition/lattice.hpp"
#include "engine/par/philox.hd.hpp"

namespace coutard::dose {

/// Kernel tilt of one cone for a tile: of its middle by group, and the ratio of each beamlet's to that.
struct TileTilt {
    float group[energy_groups];
    TileRow ratio;
};

/// Carries the released energy of a tile of beamlets along the lines that meet it, on one lattice; one per thread, its
/// buffers are used again. \tparam Part of the ladder
template <LadderPart Part>
class TileLines {
  public:
    static constexpr std::size_t bytes_per_voxel = sizeof(TileRow) + sizeof(std::uint32_t) + 1;  ///< of its lattice

    explicit TileLines(const Lattice& lattice);

    /// The tile to come. Energy of the one before is forgotten.
    void begin(std::vector<TileSource> sources);
    /// Lay down what the sources release into one cone. \param tilt factor of each group, and what each beamlet has
    /// more \param least a line that is past its last source and holds less, over all beamlets, plays roulette: it goes
    /// on with the probability held / least, and then holds that; no energy is lost on average [MeV/cm3]; 0: none plays
    void carry(const IndexedCone& cone, const Cone& kernel, const TileTilt& tilt, float least, par::Philox& rng);

    /// Energy laid down in a voxel so far [MeV/cm3], to add to.
    TileRow& at(const int (&voxel)[3]) {
        const std::size_t address = lattice_.at(voxel[0], voxel[1], voxel[2]);
        touched_[address / Lattice::chunk] = 1;
        return energy_[address];
    }
    const std::vector<TileSource>& sources() const { return sources_; }
    const std::vector<TileRow>& energy() const { return energy_; }  ///< [MeV/cm3] by address
    /// Per chunk of addresses: 0 when it holds no energy.
    const std::uint8_t* touched() const { return touched_.data(); }

  private:
    struct Line {
        std::int32_t base;                ///< address is base + offset of the step
        std::uint32_t first, last, exit;  ///< steps between which it meets released energy; first one past the grid
    };
    struct Run;
    static void run_all(Run& run, const std::vector<Line>& lines);
    void find_lines(const IndexedCone& cone);

    const Lattice& lattice_;
    std::vector<TileSource> sources_;
    std::vector<std::uint32_t> source_at_;  ///< by address: 1 + index into sources_, 0 when none
    std::vector<TileRow> energy_;
    std::vector<std::uint8_t> touched_;  ///< per chunk
    std::vector<std::uint32_t> slot_;    ///< per line of the cone: 1 + index into lines_, 0 when none
    std::vector<std::uint32_t> used_;    ///< slots that are not 0
    std::vector<Line> lines_;
    std::vector<std::int32_t> offset_;  ///< of each step
    std::vector<float> cm_;             ///< length of line in each step
};

}  // namespace coutard::dose
