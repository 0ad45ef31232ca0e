#pragma once
#include <optional>
#include <vector>

#include "dose/machine/scene_medium.hpp"
#include "dose/superposition/cell_reading.hpp"
#include "dose/superposition/lattice.hpp"

namespace coutard::dose {

/// The medium as beamlets meet it: charged particles on its voxels, scattered photons on coarse cells. Shared by all
/// threads.
struct BeamletMedium {
    /// Edges of the coarse cells: finer along the couch, for coplanar beams share their edges there and what cells
    /// smear adds up.
    static constexpr Vec3 cell_mm{10, 10, 5};

    explicit BeamletMedium(const Medium& medium);
    /// Take what charged particles meet in the direction of the beam to come: until then the fine lattice is vacuum.
    /// Not while tiles are carried. \param primary_water OpenBeam::primary_water
    void turn_to(const std::vector<float>& primary_water);

    const Medium& medium;
    CoarseCells cells;
    std::vector<float> scatter_share;  ///< CoarseCells::dose_share, per voxel
    Lattice fine, coarse;
};

/// The dose grid in rows that are padded to whole packs, and what turns energy into dose there. Nothing is wanted of
/// what a mask leaves out, and its dose is 0. Shared by all beams and threads.
struct DoseRows : PaddedRows {
    /// \param wanted on dose_grid; absent: all voxels
    DoseRows(const SceneMedium& place, const BeamletMedium& medium, const Grid& dose_grid,
             const std::optional<Mask>& wanted);

    std::vector<float> per_mass;  ///< volume per mass [cm3/g], per place; 0 in vacuum, padding and what is not wanted
    std::vector<float> share;     ///< BeamletMedium::scatter_share, alike

    /// Flat index on the dose grid of a place that is no padding.
    std::uint32_t voxel(std::size_t place) const {
        return static_cast<std::uint32_t>(place / row * static_cast<std::size_t>(size.x) + place % row);
    }
};

}  // namespace coutard::dose
