#pragma once
#include <cstdint>
#include <vector>

#include "dose/physics/medium.hpp"
#include "dose/superposition/cone_kernel.hpp"
#include "dose/superposition/cone_line.hd.hpp"
#include "engine/par/philox.hd.hpp"

namespace coutard::dose {

/// A voxel that a beamlet reaches, and the part of the open beam's fluence in it.
struct ReachedVoxel {
    std::uint32_t voxel;
    float part;
};

/// The lines of one cone with the steps of each layer, to find which lines cross a voxel.
struct IndexedCone {
    ConeLines lines;
    std::vector<std::uint32_t> layer_begin, layer_end;  ///< range of steps per layer index
    const Cone* cone;
    Vec3 direction;
};
IndexedCone indexed_cone(const Grid& grid, const Vec3& direction, const Cone& cone);

/// Carries the released energy of single beamlets; one per thread, its buffers are used again.
class BeamletCarrier {
  public:
    BeamletCarrier(const Medium& medium, const std::vector<float>& electrons);

    /// How many carriers to run: one per thread, at most 16, fewer where their buffers for so many voxels would
    /// take more than `most_bytes`; at least one.
    static int crew(std::size_t voxels, int threads, std::size_t most_bytes);

    /// Lay down the energy that the reached voxels release (open_terma x part), along all lines through them.
    /// Lines play roulette where they have grown weak, with random numbers of this beamlet.
    /// \param open_terma of the open beam [MeV/cm3], shape (voxels, energy_groups)
    /// \param ray of the beamlet, \param axis of the beam: unit vectors, for the tilt of the kernel
    void carry(const std::vector<ReachedVoxel>& reached, const std::vector<float>& open_terma,
               const std::vector<IndexedCone>& cones, const KernelTilt<par::Host>& tilt, const Vec3& ray,
               const Vec3& axis, par::Philox rng);

    const std::vector<std::uint32_t>& touched() const { return touched_; }  ///< voxels with energy, any order
    double deposit(std::uint32_t voxel) const { return deposit_[voxel]; }   ///< [MeV/cm3]

  private:
    struct Line {
        int place[2];
        std::uint32_t first, last;  ///< steps between which it meets released energy
    };
    void find_lines(const std::vector<ReachedVoxel>& reached, const ConeLines& lines, const IndexedCone& cone);
    void run_line(const Line& line, const IndexedCone& cone, const float (&tilt)[energy_groups], par::Philox& rng);
    void add(std::size_t voxel, float energy);

    const Medium& medium_;
    const std::vector<float>& electrons_;
    std::size_t stride_[3];
    std::vector<float> released_;  ///< shape (voxels, energy_groups), zero between calls
    std::vector<double> deposit_;
    std::vector<std::uint8_t> has_;  ///< voxel is in touched_
    std::vector<std::uint32_t> touched_;
    std::vector<std::uint32_t> slot_;  ///< per place of the lattice: 1 + index into lines_, 0 when none
    std::vector<Line> lines_;
};

}  // namespace coutard::dose
