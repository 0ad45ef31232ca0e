#include "dose/influence/open_beam.hpp"

#include <algorithm>
#include <cmath>

#include "dose/superposition/pack.hd.hpp"
#include "dose/superposition/superpose_parts.hpp"

namespace coutard::dose {
namespace {

constexpr double pixel_mm = 0.5;  // of a beamlet's map: beamlets begin and end on pixel edges
constexpr float least_fluence = 1e-3F;
constexpr double cell_mm = 5;  // of the index of voxels by their shadow on the isocentre plane

double half_width(const Grid& grid, const Vec3& axis) {
    const Mat3& d = grid.direction();
    const Vec3& s = grid.spacing_mm();
    return 0.5 * std::hypot(dot(d.cx, axis) * s.x, dot(d.cy, axis) * s.y, dot(d.cz, axis) * s.z);
}

FluenceMap open_map(const BeamletBeam& beam, double blur_reach_mm, double half_voxel_mm) {
    double x1 = 1e9, x2 = -1e9, y1 = 1e9, y2 = -1e9;
    for (const auto& b : beam.beamlets) {
        x1 = std::min(x1, b.x_mm - 0.5 * b.width_mm);
        x2 = std::max(x2, b.x_mm + 0.5 * b.width_mm);
        y1 = std::min(y1, b.y_mm - 0.5 * b.height_mm);
        y2 = std::max(y2, b.y_mm + 0.5 * b.height_mm);
    }
    // the open fluence is 1 wherever a beamlet reaches: and that is voxels beyond its blur, which see as far again;
    // shadows of voxels before the isocentre are larger, and the map's outer pixels are cut
    const double margin = 1.5 * cell_mm + blur_reach_mm + 1.5 * 2 * release_reach * half_voxel_mm;
    return rectangle_fluence(x1 - margin, x2 + margin, y1 - margin, y2 + margin, cell_mm);
}

}  // namespace

OpenBeam::OpenBeam(const BeamletMedium& place, const BeamletSource& source)
    : source_(source),
      grid_(place.medium.grid),
      head_(*source.model, *source.beam),
      half_x_(half_width(grid_, source.frame.axes.cx)),
      half_y_(half_width(grid_, source.frame.axes.cy)) {
    const FluenceMap map = open_map(*source.beam, head_.reach_mm(), std::max(half_x_, half_y_));
    HeadFluence open(map);
    open.softening = source.model->softening;
    {
        const SuperpositionJob job = make_job(place.medium, source.frame, open, *source.kernel);
        primary_water_.reserve(job.water.size());
        for (const auto& length : job.water) primary_water_.push_back(length.primary);
        terma_ = terma_cpu(job);
    }
    index_shadows(map);
    for (const auto& cone : source.kernel->cones) {
        const Mat3& axes = source.frame.axes;
        const Vec3 direction = axes.cx * cone.direction.x + axes.cy * cone.direction.y - axes.cz * cone.direction.z;
        cones_.push_back({indexed_cone(grid_, direction), indexed_cone(place.cells.grid, direction), &cone, direction});
    }
}

void OpenBeam::index_shadows(const FluenceMap& map) {
    nx_ = map.nx;
    ny_ = map.ny;
    x0_ = map.x0_mm;
    y0_ = map.y0_mm;
    cells_.resize(static_cast<std::size_t>(map.nx) * static_cast<std::size_t>(map.ny));
    const Size3 n = grid_.size();
    std::size_t v = 0;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i, ++v) {
                if (!releases(terma_.data() + v * energy_groups)) continue;
                const Vec3 at = source_.frame.to_device(grid_.point(i, j, k));
                const double zoom = source_.frame.sad_mm / (source_.frame.sad_mm - at.z);
                const int a = static_cast<int>(std::floor((at.x * zoom - x0_) / cell_mm)),
                          b = static_cast<int>(std::floor((at.y * zoom - y0_) / cell_mm));
                if (a < 0 || b < 0 || a >= nx_ || b >= ny_) continue;
                most_zoom_ = std::max(most_zoom_, zoom);
                cells_[static_cast<std::size_t>(b) * static_cast<std::size_t>(nx_) + static_cast<std::size_t>(a)]
                    .push_back({static_cast<std::uint32_t>(v), static_cast<float>(at.x * zoom),
                                static_cast<float>(at.y * zoom), static_cast<float>(zoom)});
            }
}

std::vector<OpenBeam::Shadow> OpenBeam::shadows_near(const FluenceMap& map) const {
    const double more_x = release_reach * half_x_ * most_zoom_, more_y = release_reach * half_y_ * most_zoom_;
    const auto cell = [](double at, int n) { return std::clamp(static_cast<int>(std::floor(at / cell_mm)), 0, n - 1); };
    const int a0 = cell(map.x0_mm - more_x - x0_, nx_),
              a1 = cell(map.x0_mm + map.nx * map.pixel_mm + more_x - x0_, nx_),
              b0 = cell(map.y0_mm - more_y - y0_, ny_),
              b1 = cell(map.y0_mm + map.ny * map.pixel_mm + more_y - y0_, ny_);
    std::vector<Shadow> out;
    for (int b = b0; b <= b1; ++b)
        for (int a = a0; a <= a1; ++a) {
            const auto& cell =
                cells_[static_cast<std::size_t>(b) * static_cast<std::size_t>(nx_) + static_cast<std::size_t>(a)];
            out.insert(out.end(), cell.begin(), cell.end());
        }
    return out;
}

/// Fluence that each of these voxels is to release.
COUTARD_WIDE void OpenBeam::find_parts(const FluenceReader<par::Host>& light, const std::vector<Shadow>& shadows,
                                       double half_x, double half_y, std::vector<float>& parts) {
    parts.resize(shadows.size());
    for (std::size_t n = 0; n < shadows.size(); ++n) {
        const Shadow& s = shadows[n];
        const double zoom = static_cast<double>(s.zoom);
        parts[n] = static_cast<float>(
            light.release(static_cast<double>(s.x), static_cast<double>(s.y), half_x * zoom, half_y * zoom));
    }
}

std::vector<TileSource> OpenBeam::reached(const std::vector<std::size_t>& tile,
                                          std::vector<std::uint32_t>& seen) const {
    const auto nx = static_cast<std::uint32_t>(grid_.size().x), ny = static_cast<std::uint32_t>(grid_.size().y);
    std::vector<TileSource> out;
    std::vector<std::uint32_t> voxels;
    std::vector<float> parts;
    const auto source_of = [&](std::uint32_t voxel) -> TileSource& {
        std::uint32_t& at = seen[voxel];
        if (at == 0) {
            TileSource more{
                {static_cast<int>(voxel % nx), static_cast<int>(voxel / nx % ny), static_cast<int>(voxel / (nx * ny))},
                {},
                {}};
            for (std::size_t g = 0; g < energy_groups; ++g)
                more.released[g] = terma_[std::size_t{voxel} * energy_groups + g];
            out.push_back(more);
            voxels.push_back(voxel);
            at = static_cast<std::uint32_t>(out.size());
        }
        return out[at - 1];
    };
    for (std::size_t lane = 0; lane < tile.size(); ++lane) {
        const FluenceMap map = head_.of(source_.beam->beamlets[tile[lane]], pixel_mm);
        const auto sums = map.sums();
        const FluenceReader<par::Host> light{map.x0_mm, map.y0_mm,       map.pixel_mm,         map.nx,
                                             map.ny,    par::view(sums), par::view(map.values)};
        const auto shadows = shadows_near(map);
        find_parts(light, shadows, half_x_, half_y_, parts);
        for (std::size_t n = 0; n < shadows.size(); ++n)
            if (std::abs(parts[n]) > least_fluence) source_of(shadows[n].voxel).part.of[lane] = parts[n];
    }
    for (const std::uint32_t v : voxels) seen[v] = 0;
    return out;
}

TileRays OpenBeam::rays(const std::vector<std::size_t>& tile) const {
    TileRays out{source_.frame.beam_axis(), {}, {}};
    double x = 0, y = 0;
    for (std::size_t b : tile) {
        const Beamlet& beamlet = source_.beam->beamlets[b];
        x += beamlet.x_mm;
        y += beamlet.y_mm;
        out.beamlet.push_back(source_.frame.ray({beamlet.x_mm, beamlet.y_mm}));
    }
    const auto n = static_cast<double>(tile.size());
    out.middle = source_.frame.ray({x / n, y / n});
    return out;
}

}  // namespace coutard::dose
