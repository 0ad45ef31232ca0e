#include "dose/superposition/contaminants.hpp"

#include <algorithm>
#include <cmath>

#include "dose/physics/table.hpp"
#include "dose/ray/walk.hd.hpp"
#include "engine/par/for_each.hpp"

namespace coutard::dose {

void add_electrons(const Medium& medium, const BeamFrame& beam, const HeadFluence& fluence, Volume<float>& dose) {
    const FluenceMap& map = fluence.electrons;
    if (map.nx == 0 || fluence.electron_depth_g_cm2.size() < 2) return;
    const auto sums = map.sums();
    const FluenceSums<par::Host> mean{map.x0_mm, map.y0_mm, map.pixel_mm, map.nx, map.ny, par::view(sums)};
    const auto water = medium.water_lengths();
    const Grid& grid = medium.grid;
    const double distance = beam.sad_mm - fluence.electrons_from_mm, half = 0.5 * map.pixel_mm;
    const double deepest = fluence.electron_depth_g_cm2.back();
    const auto nx = static_cast<std::size_t>(grid.size().x), ny = static_cast<std::size_t>(grid.size().y);
    par::for_each_index(
        par::Host{}, grid.count(),
        [&](std::size_t v) {
            if (medium.density[v] <= 0) return;
            const Vec3 centre = grid.point(static_cast<double>(v % nx), static_cast<double>(v / nx % ny),
                                           static_cast<double>(v / (nx * ny)));
            const Vec3 at = beam.to_device(centre);
            if (at.z >= distance) return;
            const double zoom = distance / (distance - at.z);
            const double open = mean.mean(at.x * zoom, at.y * zoom, half, half);
            if (open <= 0) return;
            const double length_cm = norm(centre - beam.source_mm) / 10;
            double depth = 0;
            walk(grid, box_point(grid, beam.source_mm), box_point(grid, centre), [&](std::size_t u, double part) {
                depth += static_cast<double>(water[u].primary) * part * length_cm;
            });
            if (depth >= deepest) return;
            const Vec3 ray = centre - beam.source_mm + beam.axes.cz * fluence.electrons_from_mm;
            dose[v] += static_cast<float>(
                open * distance * distance / dot(ray, ray) *
                interpolate_linear(fluence.electron_depth_g_cm2, fluence.electron_dose_Gy_cm2, depth));
        },
        256);
}

}  // namespace coutard::dose
