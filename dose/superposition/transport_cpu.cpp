#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>

#include "dose/superposition/cell_reading.hpp"
#include "dose/superposition/field_lines.hpp"
#include "dose/superposition/superpose_parts.hpp"
#include "engine/par/for_each.hpp"
#include "engine/par/in_turn.hpp"

namespace coutard::dose {
namespace {

/// Voxels of less than this part of the brightest focal light, and those of air, are dim: their rays are traced to
/// their cell, and their primary energy is carried from cell to cell.
constexpr double dim_part = 0.03;
/// Cones are dealt out in so many groups, whose sums are added in order: the same bits for any number of threads.
constexpr std::size_t cone_groups = 16;

/// One part of the ladder on its grid. `released` holds the energy times KernelTilt::norms.
struct PartField {
    Grid grid;
    std::vector<float> water, released;  ///< in the order of the grid
};

/// Energy released per voxel and group, and whether a voxel is bright.
struct Released {
    std::vector<float> terma;  ///< [MeV/cm3], shape (voxels, energy_groups)
    std::vector<std::uint8_t> bright;
};

/// What falls on the voxels, before any matter.
struct CellLight {
    std::vector<TermaExecutor<par::Host>::Light> of_voxel;
    std::vector<float> brightest;  ///< focal light of each cell
};

CellLight light_of_cells(const CoarseCells& cells, const Medium& medium, const TermaExecutor<par::Host>& voxel) {
    CellLight out{std::vector<TermaExecutor<par::Host>::Light>(cells.fine.count()),
                  std::vector<float>(cells.grid.count())};
    for_cells(cells, [&](std::size_t cell, const int(&)[3], const auto& each_voxel) {
        each_voxel([&](std::size_t v) {
            if (medium.density[v] <= 0) return;
            out.of_voxel[v] = voxel.light_at(cells.fine_point(v));
            out.brightest[cell] = std::max(out.brightest[cell], static_cast<float>(std::abs(out.of_voxel[v].focal)));
        });
    });
    return out;
}

/// Largest of each cell and its 26 neighbours.
std::vector<float> largest_nearby(std::vector<float> values, const Size3& n) {
    const int size[3] = {n.x, n.y, n.z};
    std::size_t stride = 1;
    for (int extent : size) {
        const std::vector<float> before = values;
        for (std::size_t c = 0; c < values.size(); ++c) {
            const auto at = static_cast<int>(c / stride % static_cast<std::size_t>(extent));
            if (at > 0) values[c] = std::max(values[c], before[c - stride]);
            if (at + 1 < extent) values[c] = std::max(values[c], before[c + stride]);
        }
        stride *= static_cast<std::size_t>(extent);
    }
    return values;
}

Released release(const SuperpositionJob& job, const CoarseCells& cells) {
    using par::Host, par::view;
    const auto& medium = *job.medium;
    Released out{std::vector<float>(medium.grid.count() * energy_groups),
                 std::vector<std::uint8_t>(medium.grid.count())};
    auto voxel = release_of<Host>(job);
    voxel.fluence.sums = view(job.fluence_sums);
    voxel.fluence.values = view(job.fluence.focal.values);
    voxel.extra_focal.sums = view(job.extra_focal_sums);
    voxel.softening = view(job.softening);
    voxel.density = view(medium.density);
    voxel.material = view(medium.material);
    voxel.attenuation = view(job.attenuation);
    voxel.energy_fluence = view(job.kernel->energy_fluence);
    voxel.group = view(job.kernel->group);
    voxel.terma = view(out.terma);
    const auto light = light_of_cells(cells, medium, voxel);
    const auto brightest = largest_nearby(light.brightest, cells.grid.size());
    const auto& focal = job.fluence.focal.values;
    const auto least =
        focal.empty() ? 0.0F : static_cast<float>(dim_part * *std::max_element(focal.begin(), focal.end()));
    for_cells(cells, [&](std::size_t cell, const int(&at)[3], const auto& each_voxel) {
        std::optional<TermaExecutor<Host>::Paths> to_cell;
        each_voxel([&](std::size_t v) {
            const auto& seen = light.of_voxel[v];
            if (seen.none()) return;
            const Vec3 centre = cells.fine_point(v);
            out.bright[v] =
                cells.are_voxels() || (brightest[cell] >= least && medium.density[v] >= CoarseCells::thin_g_cm3) ? 1
                                                                                                                 : 0;
            if (out.bright[v] == 0 && !to_cell) to_cell = voxel.paths_to(cells.grid.point(at[0], at[1], at[2]));
            voxel.release(v, centre, seen, out.bright[v] != 0 ? voxel.paths_to(centre) : *to_cell);
        });
    });
    return out;
}

template <class Act>
void for_voxels(const SuperpositionJob& job, const Act& act) {
    par::for_each_index(par::Host{}, job.medium->grid.count(), act, 4096);
}

/// Energy that a voxel releases times what all cones have in common of the tilt.
std::vector<float> tilted_release(const SuperpositionJob& job, const CoarseCells& cells,
                                  const std::vector<float>& terma) {
    std::vector<float> out(terma.size());
    const auto tilt = tilt_of(*job.kernel);
    const Vec3 axis = job.beam.beam_axis();
    for_voxels(job, [&](std::size_t v) {
        const float* from = terma.data() + v * energy_groups;
        if (!releases(from)) return;
        const Vec3 ray = cells.fine_point(v) - job.beam.source_mm;
        float norms[energy_groups];
        tilt.norms(static_cast<float>(dot(ray, axis) / norm(ray)), norms);
        for (std::size_t g = 0; g < energy_groups; ++g) out[v * energy_groups + g] = from[g] * norms[g];
    });
    return out;
}

/// Means over cells of what voxels release that `counts` names.
template <class Counts>
std::vector<float> over_cells(const CoarseCells& cells, const std::vector<float>& released, const Counts& counts) {
    std::vector<float> out(cells.grid.count() * energy_groups);
    for_cells(cells, [&](std::size_t c, const int(&)[3], const auto& each_voxel) {
        float* cell = out.data() + c * energy_groups;
        each_voxel([&](std::size_t v) {
            if (!counts(v)) return;
            for (std::size_t g = 0; g < energy_groups; ++g)
                cell[g] += released[v * energy_groups + g] * cells.voxel_part();
        });
    });
    return out;
}

/// Cones whose lines run through one layout, in groups.
struct ConeGroup {
    std::size_t layout;  ///< 0: rows along x, 1: along y
    std::vector<std::size_t> cones;
};

std::vector<ConeGroup> group_cones(const std::vector<ConeLines>& lines) {
    const std::size_t each = (lines.size() + cone_groups - 1) / cone_groups;
    std::vector<ConeGroup> out;
    for (std::size_t layout : {0, 1}) {
        std::size_t in_group = each;
        for (std::size_t c = 0; c < lines.size(); ++c) {
            if (static_cast<std::size_t>(lines[c].axis[1]) != layout) continue;
            if (in_group == each) {
                out.push_back({layout, {}});
                in_group = 0;
            }
            out.back().cones.push_back(c);
            ++in_group;
        }
    }
    return out;
}

/// Energy laid down per volume [MeV/cm3], in the order of the grid.
template <LadderPart Part>
std::vector<float> carry(const SuperpositionJob& job, const PartField& field, const Progress& progress,
                         std::size_t most_bytes) {
    if (std::all_of(field.released.begin(), field.released.end(), [](float r) { return r == 0; }))
        return std::vector<float>(field.grid.count());
    const std::size_t cones = job.directions.size();
    std::vector<ConeLines> lines;
    for (const Vec3& direction : job.directions) lines.push_back(cone_lines(field.grid, direction));
    const auto groups = group_cones(lines);
    std::optional<FieldMatter> layouts[2];
    std::vector<float> sums[2];
    par::for_each_index(par::Host{}, 2, [&](std::size_t l) {
        layouts[l].emplace(FieldLayout(field.grid, static_cast<int>(l)), field.water, field.released);
        sums[l].resize(layouts[l]->layout.count);
    });
    const auto tilt = tilt_of(*job.kernel);
    const std::size_t each = std::max(sums[0].size(), sums[1].size()) * sizeof(float);
    const std::size_t workers = std::clamp<std::size_t>(
        std::min<std::size_t>(most_bytes / each, static_cast<std::size_t>(par::threads())), 1, cone_groups);
    std::atomic<std::size_t> next{0}, done{0};
    par::InTurn in_turn;
    par::for_each_index(par::Host{}, workers, [&](std::size_t) {
        try {
            std::vector<float> energy;
            for (std::size_t g; (g = next.fetch_add(1)) < groups.size();) {
                const FieldMatter& through = *layouts[groups[g].layout];
                energy.assign(through.layout.count, 0.0F);
                for (std::size_t c : groups[g].cones) {
                    progress.at(static_cast<double>(done++) / static_cast<double>(cones), "superposition");
                    carry_cone<Part>(through, lines[c], ray_fan(field.grid, lines[c], job.beam, job.directions[c]),
                                     job.kernel->cones[c], tilt, energy);
                }
                auto& sum = sums[groups[g].layout];
                const bool added = in_turn.run(g, [&] {
                    for (std::size_t at = 0; at < sum.size(); ++at) sum[at] += energy[at];
                });
                if (!added) return;
            }
        } catch (...) {
            in_turn.fail();
            throw;
        }
    });
    std::vector<float> out(field.grid.count());
    for (int l = 0; l < 2; ++l)
        layouts[l]->layout.for_voxels([&](std::size_t v, std::size_t at) { out[v] += sums[l][at]; });
    return out;
}

/// Add what cells hold, read at the voxels. \param cell_water, \param water cm of water per cm of cells and of voxels,
/// to the radiation that laid it down
void add_cells(const CoarseCells& cells, const std::vector<float>& energy, const std::vector<float>& cell_water,
               const std::vector<float>& water, std::vector<float>& out) {
    const Lattice lattice(cells.grid, cell_water);
    std::vector<float> by_address(lattice.water.size());
    std::size_t c = 0;
    for (int k = 0; k < cells.grid.size().z; ++k)
        for (int j = 0; j < cells.grid.size().y; ++j)
            for (int i = 0; i < cells.grid.size().x; ++i, ++c) by_address[lattice.at(i, j, k)] = energy[c];
    std::vector<float> per_water(by_address.size()), sharpened(by_address.size());
    sharpen(cells, lattice, by_address, inverse(lattice.water), per_water, sharpened);
    const PaddedRows rows(cells.fine.size(), {0, 0, 0});
    std::vector<float> share(rows.count()), read(rows.count());
    const auto for_rows = [&](const auto& act) {  // act(first voxel, first place)
        const auto ny = static_cast<std::size_t>(rows.size.y);
        par::for_each_index(
            par::Host{}, ny * static_cast<std::size_t>(rows.size.z),
            [&](std::size_t r) { act(r * static_cast<std::size_t>(rows.size.x), r * rows.row); }, 64);
    };
    const auto nx = static_cast<std::ptrdiff_t>(rows.size.x);
    for_rows([&](std::size_t v, std::size_t place) {
        std::copy_n(water.begin() + static_cast<std::ptrdiff_t>(v), nx,
                    share.begin() + static_cast<std::ptrdiff_t>(place));
    });
    std::vector<float> plane(rows.row * static_cast<std::size_t>(cells.grid.size().y)),
        along_x(plane.size() * static_cast<std::size_t>(cells.grid.size().z));
    read_cells(cells, lattice, sharpened, rows, share, along_x, plane, read);
    for_rows([&](std::size_t v, std::size_t place) {
        for (std::size_t i = 0; i < static_cast<std::size_t>(nx); ++i) out[v + i] += read[place + i];
    });
}

}  // namespace

std::vector<float> terma_cpu(const SuperpositionJob& job) {
    return release(job, CoarseCells(*job.medium, CoarseCells::field_mm)).terma;
}

SuperpositionResult transport_cpu(const SuperpositionJob& job, const Progress& progress, std::size_t most_bytes) {
    const CoarseCells cells(*job.medium, CoarseCells::field_mm);
    Released source = release(job, cells);
    progress.at(0.1, "superposition");
    SuperpositionResult out;
    std::vector<float> released = tilted_release(job, cells, source.terma), primary(job.water.size()), scatter(primary);
    out.terma = std::move(source.terma);
    for_voxels(job, [&](std::size_t v) {
        primary[v] = job.water[v].primary;
        scatter[v] = job.water[v].scatter;
    });
    const auto on_cells_scatter = carry<LadderPart::Scatter>(
        job, {cells.grid, cells.water, over_cells(cells, released, [](std::size_t) { return true; })},
        progress.part(0.1, 0.25), most_bytes);
    const auto on_cells_primary =
        carry<LadderPart::Primary>(job,
                                   {cells.grid, cells.primary_water,
                                    over_cells(cells, released, [&](std::size_t v) { return source.bright[v] == 0; })},
                                   progress.part(0.25, 0.4), most_bytes);
    for_voxels(job, [&](std::size_t v) {
        if (source.bright[v] == 0) std::fill_n(released.data() + v * energy_groups, energy_groups, 0.0F);
    });
    out.energy = carry<LadderPart::Primary>(job, {job.medium->grid, primary, std::move(released)},
                                            progress.part(0.4, 1), most_bytes);
    add_cells(cells, on_cells_scatter, cells.water, scatter, out.energy);
    const auto plain = job.medium->water_lengths();  // cells of dim places know of no substance ahead
    for_voxels(job, [&](std::size_t v) { primary[v] = plain[v].primary; });
    add_cells(cells, on_cells_primary, cells.primary_water, primary, out.energy);
    return out;
}

}  // namespace coutard::dose
