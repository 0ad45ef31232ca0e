#pragma once
#include <cstdint>
#include <vector>

#include "dose/superposition/cone_line.hd.hpp"

namespace coutard::dose {

/// The lines of one cone with what finds those that cross a voxel, and where each leaves the grid.
struct IndexedCone {
    ConeLines lines;
    std::vector<std::uint32_t> layer_begin, layer_end;  ///< range of steps per layer index
    std::vector<std::uint32_t>
        reach[2];  ///< first step that is so many voxels across, per axis; the last entry: none is
    int size[2];   ///< of the grid, along the axes across

    /// First step of a line, which began at (u, v) of the lattice, that is past the grid.
    std::uint32_t exit(int u, int v) const {
        const std::uint32_t a = exit_on(0, u), b = exit_on(1, v);
        return a < b ? a : b;
    }

  private:
    std::uint32_t exit_on(int k, int at) const {
        const int room = lines.low[k] < 0 ? size[k] - at : at + 1;  // voxels to the side that it nears
        const std::size_t last = reach[k].size() - 1;
        return reach[k][static_cast<std::size_t>(room) < last ? static_cast<std::size_t>(room) : last];
    }
};
IndexedCone indexed_cone(const Grid& grid, const Vec3& direction);

}  // namespace coutard::dose
