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
    ConeLines lines;  ///< the second axis is the one along which they are the more inclined
    std::vector<std::uint32_t> layer_begin, layer_end;  ///< range of steps per layer index
    const Cone* cone;
    Vec3 direction;
};
IndexedCone indexed_cone(const Grid& grid, const Vec3& direction, const Cone& cone);

/// Addresses of a grid's voxels in cubes of 4 x 4 x 4: whichever way lines run, neighbours share cache lines and pages.
class Cubes {
  public:
    static constexpr std::size_t edge = 4, voxels = edge * edge * edge;
    explicit Cubes(const Grid& grid);

    std::size_t at(int i, int j, int k) const { return of_[0][i] + of_[1][j] + of_[2][k]; }
    /// Part of the address that an index on one axis gives; an address is the sum of three.
    const std::uint32_t* axis(int a) const { return of_[a].data(); }
    std::size_t count() const { return count_; }  ///< of cubes

  private:
    std::vector<std::uint32_t> of_[3];
    std::size_t count_;
};

/// Carries the released energy of single beamlets; one per thread, its buffers are used again.
class BeamletCarrier {
  public:
    explicit BeamletCarrier(const Medium& medium);

    /// How many carriers to run: one per thread, at most 16, fewer where their buffers for so many voxels would
    /// take more than `most_bytes`; at least one.
    static int crew(std::size_t voxels, int threads, std::size_t most_bytes);
    static constexpr std::size_t bytes_per_voxel = 8 * sizeof(float);

    /// Lay down the energy that the reached voxels release (open_terma x part), along all lines through them.
    /// Lines play roulette where they have grown weak, with random numbers of this beamlet.
    /// \param open_terma of the open beam [MeV/cm3], shape (voxels, energy_groups)
    /// \param ray of the beamlet, \param axis of the beam: unit vectors, for the tilt of the kernel
    void carry(const std::vector<ReachedVoxel>& reached, const std::vector<float>& open_terma,
               const std::vector<IndexedCone>& cones, const KernelTilt<par::Host>& tilt, const Vec3& ray,
               const Vec3& axis, par::Philox rng);

    /// Largest dose [MeV/g] of the voxels that were reached and are denser than 0.1 g/cm3: thin air at the edge of the
    /// body may not set a scale.
    float largest() const { return largest_; }
    /// Call visit(address, energy per mass [MeV/g]) for the voxels with energy, cube by cube.
    template <class Visit>
    void for_each_dose(const Visit& visit) const {
        for (std::uint32_t cube : touched_)
            for (std::size_t v = cube * Cubes::voxels; v < (cube + 1) * Cubes::voxels; ++v)
                if (cells_[v].energy > 0) visit(v, cells_[v].energy * cells_[v].volume_per_mass);
    }

  private:
    static constexpr int lanes = 16;
    /// Neighbouring lines that are carried as one.
    struct Bundle {
        int place[2];               ///< of the first line
        std::uint32_t first, last;  ///< steps between which they meet released energy
    };
    struct Cell {
        WaterLength water;
        float energy = 0;           ///< [MeV/cm3]
        float volume_per_mass = 0;  ///< [cm3/g]; 0 in vacuum
    };
    void find_bundles(const std::vector<ReachedVoxel>& reached, const ConeLines& lines, const IndexedCone& cone);
    void run_bundles(const IndexedCone& cone, const float (&tilt)[energy_groups], par::Philox& rng);
    void run_bundle(const Bundle& bundle, const IndexedCone& cone, const float (&tilt)[energy_groups],
                    par::Philox& rng);
    /// Give `released` the energy that the lanes' voxels release; false where there is none.
    bool find_source(const std::size_t (&cell)[lanes], int begin, int end, const float (&tilt)[energy_groups],
                     float part, Pack<lanes> (&released)[energy_groups]) const;
    void add(std::size_t cell, float energy);

    const Medium& medium_;
    Cubes cubes_;
    std::vector<Cell> cells_;           ///< by address in cubes
    std::vector<float> released_;       ///< shape (addresses, energy_groups), zero between calls
    std::vector<std::uint32_t> stamp_;  ///< per cube: number of the last carry that touched it
    std::uint32_t beamlet_ = 0;
    float largest_ = 0;
    float least_ = 0;                     ///< energy that a bundle carries on with [MeV/cm3]
    std::vector<std::uint32_t> touched_;  ///< cubes
    std::vector<std::uint32_t> slot_;     ///< per bundle of the lattice: 1 + index into bundles_, 0 when none
    std::vector<Bundle> bundles_;
};

}  // namespace coutard::dose
