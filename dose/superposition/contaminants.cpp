#include "dose/superposition/contaminants.hpp"

#include "dose/physics/table.hpp"
#include "dose/ray/walk.hd.hpp"
#include "dose/superposition/coarse_cells.hpp"

namespace coutard::dose {
namespace {
constexpr double margin_g_cm2 = 4;  // the way in titanium from the centre of a cell to its corner
}  // namespace

void add_electrons(const Medium& medium, const BeamFrame& beam, const HeadFluence& fluence, Volume<float>& dose) {
    const FluenceMap& map = fluence.electrons;
    if (map.nx == 0 || fluence.electron_depth_g_cm2.size() < 2) return;
    const auto sums = map.sums();
    const FluenceReader<par::Host> mean{map.x0_mm, map.y0_mm, map.pixel_mm, map.nx, map.ny, par::view(sums), {}};
    const auto water = medium.water_lengths();
    const Grid& grid = medium.grid;
    const double distance = beam.sad_mm - fluence.electrons_from_mm, half = 0.5 * map.pixel_mm;
    const double deepest = fluence.electron_depth_g_cm2.back();
    const CoarseCells cells(medium, CoarseCells::field_mm);
    // a walk back to the source ends where no electron comes from
    const auto depth_of = [&](const Grid& on, const Vec3& point, double most, const auto& water_at) {
        const double length_cm = norm(point - beam.source_mm) / 10;
        double depth = 0;
        walk(on, box_point(on, point), box_point(on, beam.source_mm), [&](std::size_t u, double part) {
            depth += static_cast<double>(water_at(u)) * part * length_cm;
            return depth < most;
        });
        return depth;
    };
    for_cells(cells, [&](std::size_t, const int(&at_cell)[3], const auto& each_voxel) {
        const double beyond = deepest + margin_g_cm2,
                     to_cell = depth_of(cells.grid, cells.grid.point(at_cell[0], at_cell[1], at_cell[2]), beyond,
                                        [&](std::size_t u) { return cells.primary_water[u]; });
        if (to_cell >= beyond) return;
        each_voxel([&](std::size_t v) {
            if (medium.density[v] <= 0) return;
            const Vec3 centre = cells.fine_point(v);
            const Vec3 at = beam.to_device(centre);
            if (at.z >= distance) return;
            const double zoom = distance / (distance - at.z);
            const double open = mean.mean(at.x * zoom, at.y * zoom, half, half);
            if (open <= 0) return;
            const double depth = medium.density[v] < CoarseCells::thin_g_cm3
                                     ? to_cell  // air all around, or the exact place does not matter
                                     : depth_of(grid, centre, deepest, [&](std::size_t u) { return water[u].primary; });
            if (depth >= deepest) return;
            const Vec3 ray = centre - beam.source_mm + beam.axes.cz * fluence.electrons_from_mm;
            dose[v] += static_cast<float>(
                open * distance * distance / dot(ray, ray) *
                interpolate_linear(fluence.electron_depth_g_cm2, fluence.electron_dose_Gy_cm2, depth));
        });
    });
}

}  // namespace coutard::dose
