#pragma once
#include <cstdint>
#include <vector>

#include "dose/influence/indexed_cone.hpp"
#include "dose/superposition/cone_kernel.hpp"
#include "dose/superposition/lattice.hpp"
#include "engine/par/philox.hd.hpp"

namespace coutard::dose {

/// A voxel that releases energy.
struct LineSource {
    int at[3];                      ///< index
    float released[energy_groups];  ///< [MeV/cm3]
    float local = 0;                ///< energy that stays here, whatever the lines carry [MeV/cm3]
};

/// Carries the released energy of single beamlets along the lines that meet it, on one lattice; one per thread, its
/// buffers are used again. Any lines of a cone take the same steps, so those that begin one after the other are
/// carried as one, wherever they lie. \tparam Part of the ladder
template <LadderPart Part>
class BeamletLines {
  public:
    static constexpr std::size_t bytes_per_voxel = (1 + energy_groups) * sizeof(float) + 1;

    explicit BeamletLines(const Lattice& lattice);

    /// The beamlet to come. Energy of the one before is forgotten.
    void begin(std::vector<LineSource> sources);
    /// Lay down what the sources release into one cone. \param tilt factor of each group
    /// \param least past their last source, lines that are carried as one and hold less in all play roulette: they go
    /// on with the probability held / least, and then hold that; no energy is lost on average [MeV/cm3]; 0: none plays
    void carry(const IndexedCone& cone, const Cone& kernel, const float (&tilt)[energy_groups], float least,
               par::Philox& rng);

    /// Add to a voxel.
    void add(const int (&at)[3], float energy) {
        const std::size_t address = lattice_.at(at[0], at[1], at[2]);
        energy_[address] += energy;
        touched_[address / Lattice::chunk] = 1;
    }

    const std::vector<float>& energy() const { return energy_; }  ///< [MeV/cm3] by address
    /// Whether a chunk of addresses may hold energy; those that are not hold none.
    bool touched(std::size_t chunk) const { return touched_[chunk] != 0; }

  private:
    static constexpr int lanes = 16;
    struct Line {
        std::int32_t base;                ///< address is base + offset of the step
        std::uint32_t first, last, exit;  ///< steps between which it meets released energy; first one past the grid
    };
    struct Run;
    static void run_all(Run& run, const std::vector<Line>& lines);
    void find_lines(const IndexedCone& cone);
    void sort_lines(std::size_t steps);

    const Lattice& lattice_;
    std::vector<LineSource> sources_;
    std::vector<float> released_[energy_groups];  ///< by address: of the sources, 0 elsewhere
    std::vector<float> energy_;
    std::vector<std::uint8_t> touched_;  ///< per chunk
    std::vector<std::uint32_t> slot_;    ///< per line of the cone: 1 + index into found_, 0 when none
    std::vector<std::uint32_t> used_;    ///< slots that are not 0
    std::vector<Line> found_, lines_;    ///< in any order, and in the order of their first steps
    std::vector<std::uint32_t> begins_;  ///< lines per first step
    std::vector<std::int32_t> offset_;   ///< of each step
};

}  // namespace coutard::dose
