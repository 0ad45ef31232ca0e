#pragma once
#include <cstdint>
#include <vector>

#include "dose/physics/medium.hpp"
#include "dose/ray/walk.hd.hpp"
#include "engine/par/for_each.hpp"

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
    static constexpr Vec3 field_mm{5, 5, 5};    ///< edges for doses of whole fields
    static constexpr float thin_g_cm3 = 0.05F;  ///< below: air, where a voxel's own place does not matter

    /// \param edges_mm cells have about these edges, and at least one voxel
    CoarseCells(const Medium& medium, const Vec3& edges_mm);

    Grid fine, grid;  ///< of the voxels and of the cells
    int voxels[3];    ///< per cell and axis
    /// cm of water to scattered photons and to charged particles per cm, means over a cell; 0 beside the fine grid.
    std::vector<float> water, primary_water;
    std::vector<Between> between[3];  ///< per index of the fine grid
    /// Cells and reading between them blur by a variance of 2 sharpness (in cells squared) beside what voxels do.
    /// Taking sharpness times the second difference from the cells' values undoes it to second order, and keeps their
    /// sum. (A fourth order changes nothing: what is left is the kernel's cusp at its source.)
    float sharpness[3];

    bool are_voxels() const { return voxels[0] * voxels[1] * voxels[2] == 1; }
    std::size_t cell_of(int i, int j, int k) const { return grid.flat(i / voxels[0], j / voxels[1], k / voxels[2]); }
    /// Centre of a voxel of the fine grid.
    Vec3 fine_point(std::size_t voxel) const {
        const auto nx = static_cast<std::size_t>(fine.size().x), ny = static_cast<std::size_t>(fine.size().y);
        return fine.point(static_cast<double>(voxel % nx), static_cast<double>(voxel / nx % ny),
                          static_cast<double>(voxel / (nx * ny)));
    }
    /// Part of a cell that a voxel fills.
    float voxel_part() const { return 1 / static_cast<float>(voxels[0] * voxels[1] * voxels[2]); }
    /// What to multiply values between cells with for the dose [MeV/g] of a voxel that takes them: its path in water
    /// per mass; 0 in vacuum. Shape of the fine grid.
    std::vector<float> dose_share(const Medium& medium) const;
};

/// Call act(cell, its index, each) for all cells, on all threads; each(use) calls use(voxel) for its voxels.
template <class Act>
void for_cells(const CoarseCells& cells, const Act& act) {
    const Size3 size = cells.grid.size();
    const auto nx = static_cast<std::size_t>(size.x), ny = static_cast<std::size_t>(size.y);
    par::for_each_index(
        par::Host{}, cells.grid.count(),
        [&](std::size_t cell) {
            const int at[3] = {static_cast<int>(cell % nx), static_cast<int>(cell / nx % ny),
                               static_cast<int>(cell / (nx * ny))};
            act(cell, at, [&](const auto& use) {
                int from[3], to[3];
                for (int a = 0; a < 3; ++a) {
                    from[a] = at[a] * cells.voxels[a];
                    to[a] = std::min(from[a] + cells.voxels[a], extent(cells.fine, a));
                }
                for (int k = from[2]; k < to[2]; ++k)
                    for (int j = from[1]; j < to[1]; ++j)
                        for (int i = from[0]; i < to[0]; ++i) use(cells.fine.flat(i, j, k));
            });
        },
        64);
}

}  // namespace coutard::dose
