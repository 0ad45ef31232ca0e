#include "dose/influence/beamlet_matrix.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <span>

#include "dose/influence/beamlet_carrier.hpp"
#include "dose/influence/thinning.hpp"
#include "dose/machine/beamlet_fluence.hpp"
#include "dose/physics/constants.hd.hpp"
#include "dose/superposition/superpose_parts.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "engine/par/in_turn.hpp"

namespace coutard::dose {
namespace {

constexpr double pixel_mm = 0.5;  // of a beamlet's map: beamlets begin and end on pixel edges
constexpr double cell_mm = 5;     // of the index of voxels by their shadow on the isocentre plane

/// A voxel of the open beam: its shadow on the isocentre plane.
struct Shadow {
    std::uint32_t voxel;
    float x, y, zoom;
};

/// All that the beamlets of one direction share.
struct OpenBeam {
    std::vector<float> terma;  ///< of fluence 1, shape (voxels, energy_groups)
    std::vector<std::vector<Shadow>> cells;
    int nx = 0, ny = 0;
    double x0 = 0, y0 = 0;
    double half_x = 0, half_y = 0, most_zoom = 0;  ///< half shadow of a voxel at the isocentre [mm]
    std::vector<BeamCone> cones;
};

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
    // shadows of voxels before the isocentre are larger
    const double margin = 20 + blur_reach_mm + 1.5 * 2 * release_reach * half_voxel_mm;
    return rectangle_fluence(x1 - margin, x2 + margin, y1 - margin, y2 + margin, cell_mm);
}

OpenBeam open_beam(const BeamletMedium& place, const BeamletSource& source) {
    const Medium& medium = place.medium;
    OpenBeam out;
    out.half_x = half_width(medium.grid, source.frame.axes.cx);
    out.half_y = half_width(medium.grid, source.frame.axes.cy);
    const FluenceMap map = open_map(*source.beam, BeamletFluence(*source.model, *source.beam).reach_mm(),
                                    std::max(out.half_x, out.half_y));
    HeadFluence open(map);
    open.softening = source.model->softening;
    out.terma = terma_cpu(make_job(medium, source.frame, open, *source.kernel));
    out.nx = map.nx;
    out.ny = map.ny;
    out.x0 = map.x0_mm;
    out.y0 = map.y0_mm;
    out.cells.resize(static_cast<std::size_t>(map.nx) * static_cast<std::size_t>(map.ny));
    const Size3 n = medium.grid.size();
    std::size_t v = 0;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i, ++v) {
                if (!releases(out.terma.data() + v * energy_groups)) continue;
                const Vec3 at = source.frame.to_device(medium.grid.point(i, j, k));
                const double zoom = source.frame.sad_mm / (source.frame.sad_mm - at.z);
                const int a = static_cast<int>(std::floor((at.x * zoom - out.x0) / cell_mm)),
                          b = static_cast<int>(std::floor((at.y * zoom - out.y0) / cell_mm));
                if (a < 0 || b < 0 || a >= out.nx || b >= out.ny) continue;
                out.most_zoom = std::max(out.most_zoom, zoom);
                out.cells[static_cast<std::size_t>(b) * static_cast<std::size_t>(out.nx) + static_cast<std::size_t>(a)]
                    .push_back({static_cast<std::uint32_t>(v), static_cast<float>(at.x * zoom),
                                static_cast<float>(at.y * zoom), static_cast<float>(zoom)});
            }
    for (const auto& cone : source.kernel->cones) {
        const Mat3& axes = source.frame.axes;
        const Vec3 direction = axes.cx * cone.direction.x + axes.cy * cone.direction.y - axes.cz * cone.direction.z;
        out.cones.push_back(
            {indexed_cone(medium.grid, direction), indexed_cone(place.cells.grid, direction), &cone, direction});
    }
    return out;
}

/// Voxels that a beamlet reaches, with its mean fluence in each.
std::vector<ReachedVoxel> reached_voxels(const OpenBeam& open, const Beamlet& beamlet, const BeamletFluence& head) {
    const FluenceMap map = head.of(beamlet, pixel_mm);
    const auto sums = map.sums();
    const FluenceReader<par::Host> light{map.x0_mm, map.y0_mm,       map.pixel_mm,         map.nx,
                                         map.ny,    par::view(sums), par::view(map.values)};
    const double reach_x = 0.5 * map.nx * map.pixel_mm + release_reach * open.half_x * open.most_zoom,
                 reach_y = 0.5 * map.ny * map.pixel_mm + release_reach * open.half_y * open.most_zoom;
    const auto cell = [](double at, double from, int n) {
        return std::clamp(static_cast<int>(std::floor((at - from) / cell_mm)), 0, n - 1);
    };
    std::vector<ReachedVoxel> out;
    for (int b = cell(beamlet.y_mm - reach_y, open.y0, open.ny); b <= cell(beamlet.y_mm + reach_y, open.y0, open.ny);
         ++b)
        for (int a = cell(beamlet.x_mm - reach_x, open.x0, open.nx);
             a <= cell(beamlet.x_mm + reach_x, open.x0, open.nx); ++a)
            for (const auto& s : open.cells[static_cast<std::size_t>(b) * static_cast<std::size_t>(open.nx) +
                                            static_cast<std::size_t>(a)]) {
                const double zoom = static_cast<double>(s.zoom);
                const double part = light.release(static_cast<double>(s.x), static_cast<double>(s.y),
                                                  open.half_x * zoom, open.half_y * zoom);
                if (std::abs(part) > 1e-3) out.push_back({s.voxel, static_cast<float>(part)});
            }
    return out;
}

/// \throws InputError all columns, if they are like those that are done, and the rest take more than `most`
void check_room(const std::vector<InfluenceColumn>& columns, std::size_t done, std::size_t rest, std::size_t most) {
    if (most == 0) return;
    std::size_t entries = 0;
    for (const auto& c : columns) entries += c.voxels.size();
    const double all = static_cast<double>(rest) + static_cast<double>(entries) *
                                                       (sizeof(float) + sizeof(std::uint32_t)) *
                                                       static_cast<double>(columns.size()) / static_cast<double>(done);
    validate(all <= static_cast<double>(most), "memory for the beamlet matrix [GB]", static_cast<double>(most) / 1e9,
             "at least " + std::to_string(all / 1e9) + " for " + std::to_string(columns.size()) + " beamlets");
}

}  // namespace

std::unique_ptr<SparseInfluence> beamlet_matrix(const SceneMedium& place, const Grid& dose_grid,
                                                const std::vector<BeamletSource>& sources,
                                                const std::optional<Mask>& wanted, const BeamletStorage& storage,
                                                const Progress& progress) {
    validate(!wanted || wanted->grid().same_as(dose_grid),
             "influence: the mask of wanted voxels lies on another grid than the dose");
    const Medium& medium = place.medium;
    const BeamletMedium lattices(medium);
    const DoseRows rows(place, lattices, dose_grid, wanted);
    std::size_t total = 0, done = 0;
    for (const auto& source : sources) total += source.beam->beamlets.size();
    std::vector<InfluenceColumn> columns(total);
    const auto workers =
        static_cast<std::size_t>(BeamletCarrier::crew(medium.grid.count(), par::threads(), storage.worker_bytes));
    for (const auto& source : sources) {
        const auto& beamlets = source.beam->beamlets;
        if (beamlets.empty()) continue;
        const OpenBeam open = open_beam(lattices, source);
        const BeamletFluence head(*source.model, *source.beam);
        Thinning thinning(rows, storage.seed, static_cast<std::uint64_t>(&source - sources.data()));
        const auto factor = static_cast<float>(gray_per_MeV_g * source.model->fluence_per_mu);  // Gy per MU
        par::InTurn in_turn;
        std::atomic<std::size_t> next{0};
        par::for_each_index(par::Host{}, workers, [&](std::size_t) {
            BeamletCarrier carrier(lattices, rows);
            try {
                for (std::size_t b; (b = next.fetch_add(1)) < beamlets.size();) {
                    progress.at(static_cast<double>(done + b) / static_cast<double>(total), "influence matrix");
                    const Vec3 ray = source.frame.ray({beamlets[b].x_mm, beamlets[b].y_mm});
                    carrier.carry(reached_voxels(open, beamlets[b], head), open.terma, open.cones,
                                  tilt_of(*source.kernel), ray, source.frame.beam_axis(),
                                  par::Philox(storage.seed, (std::uint64_t{1} << 63) + done + b));
                    const bool done_so_far = in_turn.run(b, [&] {
                        columns[done + b] = thinning.column(
                            carrier.dose(), static_cast<float>(storage.keep) * carrier.largest(), factor);
                    });
                    if (!done_so_far) return;
                }
            } catch (...) {
                in_turn.fail();
                throw;
            }
        });
        thinning.settle(std::span(columns).subspan(done, beamlets.size()), factor);
        done += beamlets.size();
        check_room(columns, done,
                   medium.grid.count() * (matrix_bytes_per_voxel + workers * BeamletCarrier::bytes_per_voxel),
                   storage.most_bytes);
    }
    return std::make_unique<SparseInfluence>(dose_grid, std::move(columns));
}

}  // namespace coutard::dose
