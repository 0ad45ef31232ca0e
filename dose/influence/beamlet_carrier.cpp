#include "dose/influence/beamlet_carrier.hpp"

#include <algorithm>
#include <cmath>

#include "dose/superposition/cell_reading.hpp"

namespace coutard::dose {
namespace {

/// Fine lines in bundles that carry less than this part of what the beamlet releases in one voxel at most play
/// roulette. The doses that a bundle lays down stay well below the threshold of the matrix, and lines end early.
constexpr float least_part = 0.0025F;
constexpr float thin_air = 0.1F;  // g/cm3
/// Scattered energy that is laid down within this part of a cell's edge of where it is released stays in that voxel:
/// close to its source the kernel, as 1/r2, is too sharp for cells, and what cells lose of it is about that much.
constexpr double local_reach = 0.6;

/// Part of the released energy of each group that scattered photons lay down within 1 cm of water, were it as dense all
/// along as it is at once.
std::array<float, energy_groups> first_cm_of_scatter(const std::vector<BeamCone>& cones) {
    std::array<float, energy_groups> out{};
    for (const auto& cone : cones)
        for (std::size_t g = 0; g < energy_groups; ++g)
            for (int n = 0; n < first_primary_rate; ++n)
                out[g] += ladder_rate(n) * cone.cone->amplitude[g * ladder_rates + static_cast<std::size_t>(n)];
    return out;
}

/// Such values read at one voxel.
float read(const BeamletMedium& medium, const std::vector<float>& per_water, const int (&at)[3]) {
    const auto& x = medium.cells.between[0][static_cast<std::size_t>(at[0])];
    const auto& y = medium.cells.between[1][static_cast<std::size_t>(at[1])];
    const auto& z = medium.cells.between[2][static_cast<std::size_t>(at[2])];
    const auto row = [&](std::uint32_t j, std::uint32_t k) {
        const float* c = per_water.data() + medium.coarse.at(0, static_cast<int>(j), static_cast<int>(k));
        return c[x.low] + x.part * (c[x.high] - c[x.low]);
    };
    const float low = row(y.low, z.low) + y.part * (row(y.high, z.low) - row(y.low, z.low)),
                high = row(y.low, z.high) + y.part * (row(y.high, z.high) - row(y.low, z.high));
    return low + z.part * (high - low);
}

}  // namespace

BeamletCarrier::BeamletCarrier(const BeamletMedium& medium, const DoseRows& rows)
    : medium_(medium),
      rows_(rows),
      primary_(medium.fine),
      scatter_(medium.coarse),
      source_of_cell_(medium.cells.grid.count()),
      water_inverse_(inverse(medium.coarse.water)),
      scatter_per_water_(water_inverse_.size()),
      sharpened_(water_inverse_.size()),
      plane_(rows.row * static_cast<std::size_t>(medium.cells.grid.size().y)),
      dose_(rows.count()) {
    along_x_.resize(plane_.size() * static_cast<std::size_t>(medium.cells.grid.size().z));
}

int BeamletCarrier::crew(std::size_t voxels, int threads, std::size_t most_bytes) {
    const std::size_t room = most_bytes / std::max<std::size_t>(1, voxels * bytes_per_voxel);
    return static_cast<int>(std::clamp<std::size_t>(room, 1, static_cast<std::size_t>(std::clamp(threads, 1, 16))));
}

void BeamletCarrier::carry(const std::vector<ReachedVoxel>& reached, const std::vector<float>& open_terma,
                           const std::vector<BeamCone>& cones, const KernelTilt<par::Host>& tilt, const Vec3& ray,
                           const Vec3& axis, par::Philox rng) {
    const float least = least_part * find_sources(reached, open_terma, first_cm_of_scatter(cones));
    primary_.begin(fine_sources_);
    scatter_.begin(coarse_sources_);
    for (const auto& cone : cones) {
        float factor[energy_groups];
        tilt.factors(static_cast<float>(dot(ray, cone.direction)), static_cast<float>(dot(ray, axis)),
                     cone.cone->own.data(), factor);
        primary_.carry(cone.fine, *cone.cone, factor, least, rng);
        scatter_.carry(cone.coarse, *cone.cone, factor, 0, rng);
    }
    for (const auto& s : fine_sources_) primary_.add(s.at, s.local);
    for (const auto& s : coarse_sources_) scatter_.add(s.at, -s.local);
    sharpen(medium_.cells, medium_.coarse, scatter_.energy(), water_inverse_, scatter_per_water_, sharpened_);
    read_cells(medium_.cells, medium_.coarse, sharpened_, rows_, rows_.share, along_x_, plane_, dose_);
    add_primary();
    find_largest(fine_sources_);
}

float BeamletCarrier::find_sources(const std::vector<ReachedVoxel>& reached, const std::vector<float>& open_terma,
                                   const std::array<float, energy_groups>& scatter_per_cm) {
    fine_sources_.clear();
    coarse_sources_.clear();
    const Size3 n = medium_.medium.grid.size();
    const auto nx = static_cast<std::uint32_t>(n.x), ny = static_cast<std::uint32_t>(n.y);
    const CoarseCells& cells = medium_.cells;
    const auto local_cm = static_cast<float>(local_reach * std::cbrt(cells.grid.voxel_cm3()));
    float most = 0;
    for (const auto& r : reached) {
        const int i = static_cast<int>(r.voxel % nx), j = static_cast<int>(r.voxel / nx % ny),
                  k = static_cast<int>(r.voxel / (nx * ny));
        LineSource source{{i, j, k}, {}};
        const float water_cm = local_cm * medium_.scatter_share[r.voxel] * medium_.medium.density[r.voxel];
        float all = 0;
        for (std::size_t g = 0; g < energy_groups; ++g) {
            all += source.released[g] = r.part * open_terma[std::size_t{r.voxel} * energy_groups + g];
            source.local += source.released[g] * scatter_per_cm[g] * water_cm;
        }
        most = std::max(most, all);
        fine_sources_.push_back(source);
        std::uint32_t& slot = source_of_cell_[cells.cell_of(i, j, k)];
        if (slot == 0) {
            coarse_sources_.push_back({{i / cells.voxels[0], j / cells.voxels[1], k / cells.voxels[2]}, {}});
            slot = static_cast<std::uint32_t>(coarse_sources_.size());
        }
        LineSource& cell = coarse_sources_[slot - 1];
        for (std::size_t g = 0; g < energy_groups; ++g) cell.released[g] += source.released[g] * cells.voxel_part();
        cell.local += source.local * cells.voxel_part();
    }
    for (const auto& s : coarse_sources_) source_of_cell_[cells.grid.flat(s.at[0], s.at[1], s.at[2])] = 0;
    return most;
}

void BeamletCarrier::find_largest(const std::vector<LineSource>& sources) {
    largest_ = 0;
    for (const auto& s : sources) {
        const std::size_t v = medium_.medium.grid.flat(s.at[0], s.at[1], s.at[2]);
        const float density = medium_.medium.density[v];
        if (density <= thin_air) continue;
        const float scatter = read(medium_, sharpened_, s.at) * medium_.scatter_share[v];
        largest_ =
            std::max(largest_, primary_.energy()[medium_.fine.at(s.at[0], s.at[1], s.at[2])] / density + scatter);
    }
}

void BeamletCarrier::add_primary() {
    const auto& energy = primary_.energy();
    for (int k = 0; k < rows_.size.z; ++k)
        for (int j = 0; j < rows_.size.y; ++j) {
            const std::size_t from = medium_.fine.at(rows_.first.x, j + rows_.first.y, k + rows_.first.z),
                              to = from + static_cast<std::size_t>(rows_.size.x), place = rows_.place(0, j, k);
            for (std::size_t chunk = from / Lattice::chunk; chunk * Lattice::chunk < to; ++chunk) {
                if (!primary_.touched(chunk)) continue;
                const std::size_t end = std::min(to, (chunk + 1) * Lattice::chunk);
                for (std::size_t at = std::max(from, chunk * Lattice::chunk); at < end; ++at)
                    dose_[place + at - from] += energy[at] * rows_.per_mass[place + at - from];
            }
        }
}

}  // namespace coutard::dose
