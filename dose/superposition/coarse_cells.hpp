#pragma once
#include <cstdint>
#include <vector>

#include "dose/physics/medium.hpp"

namespace coutard::dose {

/// Cells of several voxels, for energy that spreads over centimetres: that of scattered photons (the slow rates of the
/// ladder). What it lays down per path in water is smooth, so it is carried from cell to cell and read between their
/// centres; what a voxel takes of it is its own (docs/theory/dose.md, section 5).
struct CoarseCells {
    /// Two neighbouring cells of an axis and the weight of the second.
    struct Between {
        std::uint32_t low, high;
        float part;
    };
    static constexpr double edge_mm = 10;  ///< cells have about this edge, and at least one voxel

    explicit CoarseCells(const Medium& medium);

    Grid fine, grid;           ///< of the voxels and of the cells
    int voxels[3];             ///< per cell and axis
    std::vector<float> water;  ///< cm of water to scattered photons per cm, mean over a cell; 0 beside the fine grid
    std::vector<Between> between[3];  ///< per index of the fine grid
    /// Cells and reading between them blur by a variance of 2 sharpness (in cells squared) beside what voxels do.
    /// Taking sharpness times the second difference from the cells' values undoes it to second order, and keeps their
    /// sum.
    float sharpness[3];

    std::size_t cell_of(int i, int j, int k) const { return grid.flat(i / voxels[0], j / voxels[1], k / voxels[2]); }
    /// Part of a cell that a voxel fills.
    float voxel_part() const { return 1 / static_cast<float>(voxels[0] * voxels[1] * voxels[2]); }
    /// What to multiply values between cells with for the dose [MeV/g] of a voxel that takes them: its path in water
    /// per mass; 0 in vacuum. Shape of the fine grid.
    std::vector<float> dose_share(const Medium& medium) const;
};

}  // namespace coutard::dose
