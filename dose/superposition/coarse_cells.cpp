#include "dose/superposition/coarse_cells.hpp"

#include <algorithm>
#include <cmath>

namespace coutard::dose {
namespace {

int voxels_per_cell(double edge_mm, double spacing_mm, int voxels) {
    return std::clamp(static_cast<int>(std::ceil(edge_mm / spacing_mm - 0.5)), 1, voxels);
}

Grid cells_of(const Grid& fine, const int (&n)[3]) {
    const Size3 s = fine.size();
    const Vec3& mm = fine.spacing_mm();
    return Grid({(s.x + n[0] - 1) / n[0], (s.y + n[1] - 1) / n[1], (s.z + n[2] - 1) / n[2]},
                fine.point(0.5 * (n[0] - 1), 0.5 * (n[1] - 1), 0.5 * (n[2] - 1)),
                {mm.x * n[0], mm.y * n[1], mm.z * n[2]}, fine.direction());
}

/// Cells beside the centres of fine voxels; beyond the outer centres the outer cell alone.
std::vector<CoarseCells::Between> neighbours(int voxels, int cells, int per_cell) {
    std::vector<CoarseCells::Between> out;
    for (int i = 0; i < voxels; ++i) {
        const double at = std::clamp((i + 0.5) / per_cell - 0.5, 0.0, cells - 1.0);
        const int low = static_cast<int>(at), high = std::min(low + 1, cells - 1);
        out.push_back(
            {static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(high), static_cast<float>(at - low)});
    }
    return out;
}

/// Variance of places in a cell (where energy is released, and again where it is laid down) without that in a voxel,
/// and that of the two cells between which a voxel reads.
float half_variance(const std::vector<CoarseCells::Between>& between, int per_cell) {
    double reading = 0;
    for (const auto& b : between) reading += static_cast<double>(b.part * (1 - b.part));
    const double places = 2.0 / 12 * (1 - 1.0 / (per_cell * per_cell));
    return static_cast<float>(0.5 * (places + reading / static_cast<double>(between.size())));
}

}  // namespace

CoarseCells::CoarseCells(const Medium& medium, const Vec3& edges_mm)
    : fine(medium.grid),
      voxels{voxels_per_cell(edges_mm.x, fine.spacing_mm().x, fine.size().x),
             voxels_per_cell(edges_mm.y, fine.spacing_mm().y, fine.size().y),
             voxels_per_cell(edges_mm.z, fine.spacing_mm().z, fine.size().z)} {
    grid = cells_of(fine, voxels);
    water.assign(grid.count(), 0.0F);
    primary_water = water;
    const auto lengths = medium.water_lengths();
    const Size3 n = fine.size(), cells = grid.size();
    std::size_t v = 0;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i, ++v) {
                const std::size_t c = cell_of(i, j, k);
                water[c] += lengths[v].scatter * voxel_part();
                primary_water[c] += lengths[v].primary * voxel_part();
            }
    between[0] = neighbours(n.x, cells.x, voxels[0]);
    between[1] = neighbours(n.y, cells.y, voxels[1]);
    between[2] = neighbours(n.z, cells.z, voxels[2]);
    for (int a = 0; a < 3; ++a) sharpness[a] = half_variance(between[a], voxels[a]);
}

std::vector<float> CoarseCells::dose_share(const Medium& medium) const {
    std::vector<float> out(fine.count());
    const auto lengths = medium.water_lengths();
    for (std::size_t v = 0; v < out.size(); ++v)
        if (medium.density[v] > 0) out[v] = lengths[v].scatter / medium.density[v];
    return out;
}

}  // namespace coutard::dose
