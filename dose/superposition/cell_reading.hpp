#pragma once
#include <vector>

#include "dose/superposition/coarse_cells.hpp"
#include "dose/superposition/lattice.hpp"

namespace coutard::dose {

/// Voxels of a part of a grid in rows that are padded to whole packs.
struct PaddedRows {
    static constexpr int lanes = 16;

    /// \param first voxel of the part in the grid
    PaddedRows(Size3 voxels, Size3 first_voxel)
        : size(voxels), first(first_voxel), row((static_cast<std::size_t>(size.x) + lanes - 1) / lanes * lanes) {}

    Size3 size, first;
    std::size_t row;  ///< places per row, size.x or more

    std::size_t count() const { return row * static_cast<std::size_t>(size.y) * static_cast<std::size_t>(size.z); }
    std::size_t place(int i, int j, int k) const {
        return (static_cast<std::size_t>(k) * static_cast<std::size_t>(size.y) + static_cast<std::size_t>(j)) * row +
               static_cast<std::size_t>(i);
    }
};

/// 1 over each value; 0 where it is 0.
std::vector<float> inverse(std::vector<float> values);

/// Energy per path in water of each coarse cell, sharpened (CoarseCells::sharpness); beyond the grid it goes on evenly.
/// \param energy in the layout of the lattice \param water_inverse 1 / cm, \param per_water buffer and \param out alike
void sharpen(const CoarseCells& cells, const Lattice& lattice, const std::vector<float>& energy,
             const std::vector<float>& water_inverse, std::vector<float>& per_water, std::vector<float>& out);

/// Such values read between the cells' centres, one axis after the other, times `share` of each place of the rows.
/// \param along_x, plane buffers for rows.row places per row of cells: of all planes, and of one
void read_cells(const CoarseCells& cells, const Lattice& lattice, const std::vector<float>& per_water,
                const PaddedRows& rows, const std::vector<float>& share, std::vector<float>& along_x,
                std::vector<float>& plane, std::vector<float>& out);

}  // namespace coutard::dose
