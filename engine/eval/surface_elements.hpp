#pragma once
#include <array>
#include <vector>

#include "engine/image/volume.hpp"

namespace coutard {

/// Area [mm2] of the marching-cubes surface in a cell, for each of the 256 ways in which its eight
/// corners lie inside (bit b set: corner (b & 1, b >> 1 & 1, b >> 2) is inside). Surface vertices sit
/// half way along the cell's edges; the two inside corners of an ambiguous face are kept apart.
/// Source: Lorensen, Cline, Comput Graph 21 (1987) 163, here without its table: loops are traced.
std::array<double, 256> cell_areas(const Vec3& spacing_mm);

/// The surface of a binary mask: cell (i, j, k) has voxels (i - 1 ... i, ...) as corners; voxels
/// outside the grid count as outside the mask.
struct SurfaceElements {
    Size3 cells;                  ///< one more than voxels per axis
    std::vector<float> area_mm2;  ///< per cell, x fastest; 0 where no surface passes
    bool empty = true;
};
SurfaceElements surface_elements(const Mask& mask);

/// Distance [mm] from every cell centre to the nearest cell with surface, exact Euclidean.
/// Source: Felzenszwalb, Huttenlocher, Theory Comput 8 (2012) 415. \throws ContractError no surface
std::vector<float> distance_to(const SurfaceElements& surface, const Vec3& spacing_mm);

}  // namespace coutard
