#include "dose/influence/beamlet_lines.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {
/// Past their last source, a bundle of lines that carries less than this part of what the beamlet releases in one voxel
/// at most plays: it goes on with the probability carried / least, and then carries that. No energy is lost on average,
/// the doses that a bundle lays down stay well below the threshold of the matrix, and most lines end early.
constexpr float least_part = 0.05F;
constexpr std::uint32_t between_games = 4;  // steps

template <class F>
float sum_of(const F& pack) {
    constexpr std::size_t lanes = sizeof(F) / sizeof(float);
    float each[lanes], sum = 0;
    store_pack(pack, each);
    for (float e : each) sum += e;
    return sum;
}

/// Let the second axis be the one along which the lines are the more inclined: bundles lie along it, and a beamlet
/// fills them.
void incline_second_axis(ConeLines& lines) {
    const auto& last = lines.steps.back();
    if (std::abs(last.across[0]) >= std::abs(last.across[1])) return;
    std::swap(lines.axis[1], lines.axis[2]);
    std::swap(lines.low[0], lines.low[1]);
    std::swap(lines.count[0], lines.count[1]);
    for (auto& step : lines.steps) std::swap(step.across[0], step.across[1]);
}

int bundles_in_row(const ConeLines& lines, int lanes) {
    return (lines.count[0] + lanes - 1) / lanes;
}
}  // namespace

IndexedCone indexed_cone(const Grid& grid, const Vec3& direction, const Cone& cone) {
    IndexedCone out{cone_lines(grid, direction), {}, {}, &cone, direction};
    incline_second_axis(out.lines);
    const auto layers = static_cast<std::size_t>(extent(grid, out.lines.axis[0]));
    out.layer_begin.assign(layers, 0);
    out.layer_end.assign(layers, 0);
    const auto& steps = out.lines.steps;
    for (std::size_t s = 0; s < steps.size(); ++s) {
        const auto layer = static_cast<std::size_t>(steps[s].layer);
        if (s == 0 || steps[s - 1].layer != steps[s].layer) out.layer_begin[layer] = static_cast<std::uint32_t>(s);
        out.layer_end[layer] = static_cast<std::uint32_t>(s) + 1;
    }
    return out;
}

Cubes::Cubes(const Grid& grid) : count_(1) {
    std::size_t stride = 1, inside = 1;  // of cubes, and of voxels in a cube
    for (int a = 0; a < 3; ++a) {
        const auto n = static_cast<std::size_t>(extent(grid, a));
        for (std::size_t i = 0; i < n; ++i)
            of_[a].push_back(static_cast<std::uint32_t>(i / edge * stride * voxels + i % edge * inside));
        const std::size_t along = (n + edge - 1) / edge;
        stride *= along;
        inside *= edge;
        count_ *= along;
    }
    expect(count_ * voxels < (std::size_t{1} << 32), "influence: fewer than 2^32 voxels");
}

BeamletCarrier::BeamletCarrier(const Medium& medium)
    : medium_(medium),
      cubes_(medium.grid),
      cells_(cubes_.count() * Cubes::voxels),
      released_(cells_.size() * energy_groups),
      stamp_(cubes_.count()) {
    const auto water = medium.water_lengths();
    const Size3 n = medium.grid.size();
    std::size_t v = 0;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i, ++v) {
                const std::size_t at = cubes_.at(i, j, k);
                cells_[at] = {water[v], 0, medium.density[v] > 0 ? 1 / medium.density[v] : 0.0F};
            }
}

int BeamletCarrier::crew(std::size_t voxels, int threads, std::size_t most_bytes) {
    const std::size_t room = most_bytes / std::max<std::size_t>(1, voxels * bytes_per_voxel);
    return static_cast<int>(std::clamp<std::size_t>(room, 1, static_cast<std::size_t>(std::clamp(threads, 1, 16))));
}

void BeamletCarrier::carry(const std::vector<ReachedVoxel>& reached, const std::vector<float>& open_terma,
                           const std::vector<IndexedCone>& cones, const KernelTilt<par::Host>& tilt, const Vec3& ray,
                           const Vec3& axis, par::Philox rng) {
    ++beamlet_;
    touched_.clear();
    float most = 0;
    const auto place = [&](const ReachedVoxel& r) {
        const auto nx = static_cast<std::size_t>(medium_.grid.size().x),
                   ny = static_cast<std::size_t>(medium_.grid.size().y);
        return energy_groups * cubes_.at(static_cast<int>(r.voxel % nx), static_cast<int>(r.voxel / nx % ny),
                                         static_cast<int>(r.voxel / (nx * ny)));
    };
    for (const auto& r : reached) {
        const std::size_t at = place(r);
        float all = 0;
        for (std::size_t g = 0; g < energy_groups; ++g)
            all += released_[at + g] = r.part * open_terma[r.voxel * energy_groups + g];
        most = std::max(most, all);
    }
    least_ = least_part * most;
    for (const auto& cone : cones) {
        find_bundles(reached, cone.lines, cone);
        float factor[energy_groups];
        tilt.factors(static_cast<float>(dot(ray, cone.direction)), static_cast<float>(dot(ray, axis)),
                     cone.cone->own.data(), factor);
        run_bundles(cone, factor, rng);
    }
    largest_ = 0;
    for (const auto& r : reached) {
        const std::size_t at = place(r);
        std::fill_n(released_.begin() + static_cast<std::ptrdiff_t>(at), energy_groups, 0.0F);
        const Cell& cell = cells_[at / energy_groups];
        if (cell.volume_per_mass < 10) largest_ = std::max(largest_, cell.energy * cell.volume_per_mass);
    }
}

void BeamletCarrier::find_bundles(const std::vector<ReachedVoxel>& reached, const ConeLines& lines,
                                  const IndexedCone& cone) {
    const auto row = static_cast<std::size_t>(bundles_in_row(lines, lanes));
    const std::size_t places = row * static_cast<std::size_t>(lines.count[1]);
    if (slot_.size() < places) slot_.resize(places, 0);
    bundles_.clear();
    for (const auto& r : reached) {
        const auto nx = static_cast<std::size_t>(medium_.grid.size().x),
                   ny = static_cast<std::size_t>(medium_.grid.size().y);
        const int at[3] = {static_cast<int>(r.voxel % nx), static_cast<int>(r.voxel / nx % ny),
                           static_cast<int>(r.voxel / (nx * ny))};
        const auto layer = static_cast<std::size_t>(at[lines.axis[0]]);
        for (std::uint32_t s = cone.layer_begin[layer]; s < cone.layer_end[layer]; ++s) {
            const auto u = static_cast<unsigned>(at[lines.axis[1]] - lines.steps[s].across[0] - lines.low[0]),
                       v = static_cast<unsigned>(at[lines.axis[2]] - lines.steps[s].across[1] - lines.low[1]);
            std::uint32_t& slot = slot_[v * row + u / lanes];
            if (slot == 0) {
                bundles_.push_back(
                    {{lines.low[0] + static_cast<int>(u / lanes) * lanes, lines.low[1] + static_cast<int>(v)}, s, s});
                slot = static_cast<std::uint32_t>(bundles_.size());
            } else {
                Bundle& bundle = bundles_[slot - 1];
                bundle.first = std::min(bundle.first, s);
                bundle.last = std::max(bundle.last, s);
            }
        }
    }
    for (const auto& b : bundles_)
        slot_[static_cast<std::size_t>(b.place[1] - lines.low[1]) * row +
              static_cast<std::size_t>((b.place[0] - lines.low[0]) / lanes)] = 0;
}

COUTARD_WIDE void BeamletCarrier::run_bundles(const IndexedCone& cone, const float (&tilt)[energy_groups],
                                              par::Philox& rng) {
    for (const auto& bundle : bundles_) run_bundle(bundle, cone, tilt, rng);
}

inline bool BeamletCarrier::find_source(const std::size_t (&cell)[lanes], int begin, int end,
                                        const float (&tilt)[energy_groups], float part,
                                        Pack<lanes> (&released)[energy_groups]) const {
    float fresh[energy_groups][lanes] = {};
    bool any = false;
    for (int lane = begin; lane < end; ++lane) {
        const float* r = released_.data() + cell[lane] * energy_groups;
        any |= releases(r);
        for (int g = 0; g < energy_groups; ++g) fresh[g][lane] = r[g] * tilt[g] * part;
    }
    for (int g = 0; g < energy_groups; ++g) released[g] = load_pack<Pack<lanes>>(fresh[g]);
    return any;
}

inline void BeamletCarrier::run_bundle(const Bundle& bundle, const IndexedCone& cone,
                                       const float (&tilt)[energy_groups], par::Philox& rng) {
    using F = Pack<lanes>;
    const ConeLines& lines = cone.lines;
    const int size[2] = {extent(medium_.grid, lines.axis[1]), extent(medium_.grid, lines.axis[2])};
    const std::uint32_t *layers = cubes_.axis(lines.axis[0]), *us = cubes_.axis(lines.axis[1]),
                        *vs = cubes_.axis(lines.axis[2]);
    const auto layer_cm = static_cast<float>(lines.layer_cm);
    ConeState<lanes> state;
    const auto all = static_cast<std::uint32_t>(lines.steps.size());
    for (std::uint32_t s = bundle.first; s < all; ++s) {
        const ConeStep& step = lines.steps[s];
        const int u = bundle.place[0] + step.across[0], v = bundle.place[1] + step.across[1];
        const int begin = u < 0 ? -u : 0, end = std::min(lanes, size[0] - u);
        if (v < 0 || v >= size[1] || begin >= end) break;  // they left through a side
        const std::size_t base = layers[step.layer] + vs[v];
        const float cm = step.part * layer_cm;
        std::size_t cell[lanes];
        float x[lanes] = {}, primary[lanes] = {}, given[lanes];
        for (int lane = begin; lane < end; ++lane) {
            cell[lane] = base + us[u + lane];
            const WaterLength& water = cells_[cell[lane]].water;
            x[lane] = water.scatter * cm;
            primary[lane] = water.primary * cm;
        }
        F released[energy_groups];
        if (s <= bundle.last && find_source(cell, begin, end, tilt, step.part, released)) {
            store_pack(state.pass_source(load_pack<F>(x), load_pack<F>(primary), released, cone.cone->amplitude.data()),
                       given);
        } else {
            store_pack(state.pass(load_pack<F>(x), load_pack<F>(primary)), given);
        }
        for (int lane = begin; lane < end; ++lane)
            if (given[lane] != 0) add(cell[lane], given[lane]);
        if (s <= bundle.last || (s - bundle.last) % between_games != 0) continue;
        const float carried = sum_of(state.weight());
        if (carried >= least_) continue;
        if (rng.uniform() * static_cast<double>(least_) >= static_cast<double>(carried)) break;
        const float up = least_ / carried;
        for (F& f : state.flight) f *= up;
    }
}

inline void BeamletCarrier::add(std::size_t cell, float energy) {
    const std::size_t cube = cell / Cubes::voxels;
    if (stamp_[cube] != beamlet_) {
        stamp_[cube] = beamlet_;
        touched_.push_back(static_cast<std::uint32_t>(cube));
        for (std::size_t v = cube * Cubes::voxels; v < (cube + 1) * Cubes::voxels; ++v) cells_[v].energy = 0;
    }
    cells_[cell].energy += energy;
}

}  // namespace coutard::dose
