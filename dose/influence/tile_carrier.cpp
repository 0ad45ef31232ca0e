#include "dose/influence/tile_carrier.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "dose/superposition/cell_reading.hpp"

namespace coutard::dose {
namespace {

using TilePack = Pack<tile_lanes>;

/// Fine lines that carry less than this part of what a beamlet releases in one voxel at most, over all beamlets, play
/// roulette. The doses that a line lays down stay well below the threshold of the matrix, and lines end early.
constexpr float least_part = 0.0003F;
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

/// The most energy that a beamlet releases in one voxel [MeV/cm3].
float most_released(const std::vector<TileSource>& sources) {
    float most = 0;
    for (const auto& s : sources)
        most = std::max(most, s.released_in_all() * *std::max_element(std::begin(s.part.of), std::end(s.part.of)));
    return most;
}

/// Shares of the groups in what a tile releases.
std::array<float, energy_groups> shares_of(const std::vector<TileSource>& sources) {
    std::array<float, energy_groups> out{};
    for (const auto& s : sources)
        for (std::size_t g = 0; g < energy_groups; ++g) out[g] += s.released[g];
    return out;
}

/// Of one cone: the ratios are means over the groups.
TileTilt tilt_of(const KernelTilt<par::Host>& tilt, const BeamCone& cone, const TileRays& rays,
                 const std::array<float, energy_groups>& share) {
    const auto mean_at = [&](const Vec3& ray, float(&factor)[energy_groups]) {
        tilt.factors(static_cast<float>(dot(ray, cone.direction)), static_cast<float>(dot(ray, rays.axis)),
                     cone.cone->own.data(), factor);
        float sum = 0;
        for (std::size_t g = 0; g < energy_groups; ++g) sum += share[g] * factor[g];
        return sum;
    };
    TileTilt out;
    const float middle = mean_at(rays.middle, out.group);
    for (std::size_t lane = 0; lane < rays.beamlet.size(); ++lane) {
        float factor[energy_groups];
        out.ratio.of[lane] = middle > 0 ? mean_at(rays.beamlet[lane], factor) / middle : 0.0F;
    }
    return out;
}

TileRow times(const TileRow& row, float factor) {
    TileRow out = row;
    for (float& v : out.of) v *= factor;
    return out;
}

void add_to(TileRow& sum, const TileRow& row, float factor) {
    for (int lane = 0; lane < tile_lanes; ++lane) sum.of[lane] += row.of[lane] * factor;
}

/// Of planes or rows that lie one after the other: low + part (high - low), row by row.
COUTARD_WIDE void blend(const TileRow* low, const TileRow* high, float part, std::size_t n, TileRow* out) {
    for (std::size_t i = 0; i < n; ++i) {
        const auto a = load_pack<TilePack>(low[i].of), b = load_pack<TilePack>(high[i].of);
        store_pack(a + part * (b - a), out[i].of);
    }
}

/// Neighbours of a row of cells, which itself is the first; beyond the grid it goes on evenly.
struct CellRows {
    const TileRow* energy[5];  ///< here, south, north, below, above
    const float* water_inverse[5];
    float sharpness[3];
};

COUTARD_WIDE void sharpen_row(const CellRows& rows, int n, TileRow* out) {
    const auto at = [&](int row, int i) {
        return load_pack<TilePack>(rows.energy[row][i].of) * rows.water_inverse[row][i];
    };
    for (int i = 0; i < n; ++i) {
        const TilePack q = at(0, i), twice = 2.0F * q;
        store_pack(q + rows.sharpness[0] * (twice - at(0, std::max(i - 1, 0)) - at(0, std::min(i + 1, n - 1))) +
                       rows.sharpness[1] * (twice - at(1, i) - at(2, i)) +
                       rows.sharpness[2] * (twice - at(3, i) - at(4, i)),
                   out[i].of);
    }
}

/// What a row of places takes of scatter, read between cells, and of primary energy.
struct PlaceRow {
    const TileRow* cells;
    const CoarseCells::Between* between;
    const float *share, *per_mass;
    const TileRow* primary;
    const std::uint8_t* touched;  ///< per chunk, of the lattice
    std::size_t address;          ///< of the first place
};

COUTARD_WIDE void read_row(const PlaceRow& row, int n, TileRow* out) {
    for (int i = 0; i < n; ++i) {
        const auto& x = row.between[i];
        const auto low = load_pack<TilePack>(row.cells[x.low].of), high = load_pack<TilePack>(row.cells[x.high].of);
        TilePack dose = (low + x.part * (high - low)) * row.share[i];
        if (row.touched[(row.address + static_cast<std::size_t>(i)) / Lattice::chunk] != 0)
            dose += load_pack<TilePack>(row.primary[i].of) * row.per_mass[i];
        store_pack(dose, out[i].of);
    }
}

}  // namespace

TileCarrier::TileCarrier(const BeamletMedium& medium, const DoseRows& rows)
    : medium_(medium),
      rows_(rows),
      primary_(medium.fine),
      scatter_(medium.coarse),
      source_of_cell_(medium.cells.grid.count()),
      water_inverse_(inverse(medium.coarse.water)),
      row_(static_cast<std::size_t>(medium.cells.grid.size().x)),
      plane_(rows.row * static_cast<std::size_t>(rows.size.y)) {
    const Size3 n = medium.cells.grid.size();
    between_.resize(static_cast<std::size_t>(n.x) * static_cast<std::size_t>(n.y));
    for (auto& plane : sharp_) plane.resize(between_.size());
}

int TileCarrier::crew(std::size_t voxels, int threads, std::size_t most_bytes) {
    const std::size_t room = most_bytes / std::max<std::size_t>(1, voxels * bytes_per_voxel);
    return static_cast<int>(std::clamp<std::size_t>(room, 1, static_cast<std::size_t>(std::clamp(threads, 1, 16))));
}

void TileCarrier::carry(std::vector<TileSource> reached, const std::vector<BeamCone>& cones,
                        const KernelTilt<par::Host>& tilt, const TileRays& rays, par::Philox rng) {
    const auto share = shares_of(reached);
    const float least = least_part * most_released(reached);
    find_cells(reached, first_cm_of_scatter(cones));
    primary_.begin(std::move(reached));
    for (const auto& cone : cones) {
        const TileTilt tilted = tilt_of(tilt, cone, rays, share);
        primary_.carry(cone.fine, *cone.cone, tilted, least, rng);
        scatter_.carry(cone.coarse, *cone.cone, tilted, 0, rng);
    }
    const CoarseCells& cells = medium_.cells;
    for (std::size_t s = 0; s < local_.size(); ++s) {
        const auto& at = primary_.sources()[s].at;
        add_to(primary_.at(at), local_[s], 1);
        add_to(scatter_.at({at[0] / cells.voxels[0], at[1] / cells.voxels[1], at[2] / cells.voxels[2]}), local_[s],
               -cells.voxel_part());
    }
    sharp_at_[0] = sharp_at_[1] = -1;
    find_largest();
}

/// Cells release what their voxels do, each beamlet as much in all as there; the shares of the groups are the tile's.
void TileCarrier::find_cells(const std::vector<TileSource>& reached,
                             const std::array<float, energy_groups>& scatter_per_cm) {
    const CoarseCells& cells = medium_.cells;
    const auto local_cm = static_cast<float>(local_reach * std::cbrt(cells.grid.voxel_cm3()));
    std::vector<TileSource> sources;
    local_.clear();
    for (const auto& r : reached) {
        const std::size_t voxel = medium_.medium.grid.flat(r.at[0], r.at[1], r.at[2]);
        const float water_cm = local_cm * medium_.scatter_share[voxel] * medium_.medium.density[voxel];
        float local = 0;
        for (std::size_t g = 0; g < energy_groups; ++g) local += r.released[g] * scatter_per_cm[g] * water_cm;
        local_.push_back(times(r.part, local));
        std::uint32_t& slot = source_of_cell_[cells.cell_of(r.at[0], r.at[1], r.at[2])];
        if (slot == 0) {
            sources.push_back(
                {{r.at[0] / cells.voxels[0], r.at[1] / cells.voxels[1], r.at[2] / cells.voxels[2]}, {}, {}});
            slot = static_cast<std::uint32_t>(sources.size());
        }
        TileSource& cell = sources[slot - 1];
        for (std::size_t g = 0; g < energy_groups; ++g) cell.released[g] += r.released[g];
        add_to(cell.part, r.part, r.released_in_all() * cells.voxel_part());
    }
    for (auto& s : sources) {
        source_of_cell_[cells.grid.flat(s.at[0], s.at[1], s.at[2])] = 0;
        s.part = times(s.part, 1 / s.released_in_all());
    }
    scatter_.begin(std::move(sources));
}

void TileCarrier::find_largest() {
    largest_ = {};
    const CoarseCells& cells = medium_.cells;
    for (const auto& s : primary_.sources()) {
        const std::size_t v = medium_.medium.grid.flat(s.at[0], s.at[1], s.at[2]);
        const float density = medium_.medium.density[v];
        if (density <= thin_air) continue;
        const std::size_t cell =
            medium_.coarse.at(s.at[0] / cells.voxels[0], s.at[1] / cells.voxels[1], s.at[2] / cells.voxels[2]);
        const TileRow &near = primary_.energy()[medium_.fine.at(s.at[0], s.at[1], s.at[2])],
                      &far = scatter_.energy()[cell];
        const float share = medium_.scatter_share[v] * water_inverse_[cell];
        for (int lane = 0; lane < tile_lanes; ++lane)
            if (s.part.of[lane] != 0)
                largest_.of[lane] = std::max(largest_.of[lane], near.of[lane] / density + far.of[lane] * share);
    }
}

const std::vector<TileRow>& TileCarrier::sharp_plane(std::uint32_t c) {
    std::vector<TileRow>& out = sharp_[c % 2];
    if (sharp_at_[c % 2] == static_cast<int>(c)) return out;
    sharp_at_[c % 2] = static_cast<int>(c);
    const Size3 n = medium_.cells.grid.size();
    const int k = static_cast<int>(c);
    const auto& sharpness = medium_.cells.sharpness;
    for (int j = 0; j < n.y; ++j) {
        CellRows rows{{}, {}, {sharpness[0], sharpness[1], sharpness[2]}};
        const int at[5][2] = {{j, k}, {j - 1, k}, {j + 1, k}, {j, k - 1}, {j, k + 1}};
        for (int r = 0; r < 5; ++r) {
            const std::size_t address =
                medium_.coarse.at(0, std::clamp(at[r][0], 0, n.y - 1), std::clamp(at[r][1], 0, n.z - 1));
            rows.energy[r] = scatter_.energy().data() + address;
            rows.water_inverse[r] = water_inverse_.data() + address;
        }
        sharpen_row(rows, n.x, out.data() + static_cast<std::size_t>(j) * static_cast<std::size_t>(n.x));
    }
    return out;
}

std::span<const TileRow> TileCarrier::plane(int k) {
    const auto nx = static_cast<std::size_t>(medium_.cells.grid.size().x);
    const auto& z = medium_.cells.between[2][static_cast<std::size_t>(k + rows_.first.z)];
    const auto& low = sharp_plane(z.low);
    blend(low.data(), sharp_plane(z.high).data(), z.part, between_.size(), between_.data());
    for (int j = 0; j < rows_.size.y; ++j) {
        const auto& y = medium_.cells.between[1][static_cast<std::size_t>(j + rows_.first.y)];
        blend(between_.data() + y.low * nx, between_.data() + y.high * nx, y.part, nx, row_.data());
        const std::size_t place = rows_.place(0, j, k),
                          address = medium_.fine.at(rows_.first.x, j + rows_.first.y, k + rows_.first.z);
        read_row({row_.data(), medium_.cells.between[0].data() + rows_.first.x, rows_.share.data() + place,
                  rows_.per_mass.data() + place, primary_.energy().data() + address, primary_.touched(), address},
                 rows_.size.x, plane_.data() + static_cast<std::size_t>(j) * rows_.row);
    }
    return plane_;
}

}  // namespace coutard::dose
