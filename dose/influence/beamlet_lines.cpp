#include "dose/influence/beamlet_lines.hpp"

#include <algorithm>

namespace coutard::dose {
namespace {
/// Past its last source, a line that carries less than this part of what it carried plays: it goes on with
/// that probability, its energy divided by it. No energy is lost on average, and most lines end early.
constexpr float roulette = 0.3F;
}  // namespace

IndexedCone indexed_cone(const Grid& grid, const Vec3& direction, const Cone& cone) {
    IndexedCone out{cone_lines(grid, direction), {}, {}, &cone, direction};
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

BeamletCarrier::BeamletCarrier(const Medium& medium, const std::vector<float>& electrons)
    : medium_(medium),
      electrons_(electrons),
      stride_{1, static_cast<std::size_t>(medium.grid.size().x),
              static_cast<std::size_t>(medium.grid.size().x) * static_cast<std::size_t>(medium.grid.size().y)},
      released_(medium.grid.count() * energy_groups),
      deposit_(medium.grid.count()),
      has_(medium.grid.count()) {}

int BeamletCarrier::crew(std::size_t voxels, int threads, std::size_t most_bytes) {
    constexpr std::size_t per_voxel = energy_groups * sizeof(float) + sizeof(double) + sizeof(std::uint8_t);
    const std::size_t room = most_bytes / std::max<std::size_t>(1, voxels * per_voxel);
    return static_cast<int>(std::clamp<std::size_t>(room, 1, static_cast<std::size_t>(std::clamp(threads, 1, 16))));
}

void BeamletCarrier::carry(const std::vector<ReachedVoxel>& reached, const std::vector<float>& open_terma,
                           const std::vector<IndexedCone>& cones, const KernelTilt<par::Host>& tilt, const Vec3& ray,
                           const Vec3& axis, par::Philox rng) {
    for (std::uint32_t v : touched_) {
        deposit_[v] = 0;
        has_[v] = 0;
    }
    touched_.clear();
    for (const auto& r : reached)
        for (std::size_t g = 0; g < energy_groups; ++g)
            released_[r.voxel * energy_groups + g] = r.part * open_terma[r.voxel * energy_groups + g];
    for (const auto& cone : cones) {
        find_lines(reached, cone.lines, cone);
        float factor[energy_groups];
        tilt.factors(static_cast<float>(dot(ray, cone.direction)), static_cast<float>(dot(ray, axis)),
                     cone.cone->own.data(), factor);
        for (const auto& line : lines_) run_line(line, cone, factor, rng);
    }
    for (const auto& r : reached)
        for (std::size_t g = 0; g < energy_groups; ++g) released_[r.voxel * energy_groups + g] = 0;
}

void BeamletCarrier::find_lines(const std::vector<ReachedVoxel>& reached, const ConeLines& lines,
                                const IndexedCone& cone) {
    const std::size_t places = static_cast<std::size_t>(lines.count[0]) * static_cast<std::size_t>(lines.count[1]);
    if (slot_.size() < places) slot_.resize(places, 0);
    lines_.clear();
    const auto slot_of = [&](const int(&place)[2]) -> std::uint32_t& {
        return slot_[static_cast<std::size_t>(place[1] - lines.low[1]) * static_cast<std::size_t>(lines.count[0]) +
                     static_cast<std::size_t>(place[0] - lines.low[0])];
    };
    for (const auto& r : reached) {
        const int at[3] = {static_cast<int>(r.voxel % stride_[1]), static_cast<int>(r.voxel % stride_[2] / stride_[1]),
                           static_cast<int>(r.voxel / stride_[2])};
        const auto layer = static_cast<std::size_t>(at[lines.axis[0]]);
        for (std::uint32_t s = cone.layer_begin[layer]; s < cone.layer_end[layer]; ++s) {
            const int place[2] = {at[lines.axis[1]] - lines.steps[s].across[0],
                                  at[lines.axis[2]] - lines.steps[s].across[1]};
            std::uint32_t& slot = slot_of(place);
            if (slot == 0) {
                lines_.push_back({{place[0], place[1]}, s, s});
                slot = static_cast<std::uint32_t>(lines_.size());
            } else {
                Line& line = lines_[slot - 1];
                line.first = std::min(line.first, s);
                line.last = std::max(line.last, s);
            }
        }
    }
    for (const auto& line : lines_) slot_of(line.place) = 0;
}

void BeamletCarrier::run_line(const Line& line, const IndexedCone& cone, const float (&tilt)[energy_groups],
                              par::Philox& rng) {
    const ConeLines& lines = cone.lines;
    const int size[2] = {extent(medium_.grid, lines.axis[1]), extent(medium_.grid, lines.axis[2])};
    const auto layer_cm = static_cast<float>(lines.layer_cm);
    ConeState state{};
    float most = 0;
    for (std::uint32_t s = line.first; s < lines.steps.size(); ++s) {
        const ConeStep& step = lines.steps[s];
        const int u = line.place[0] + step.across[0], v = line.place[1] + step.across[1];
        if (u < 0 || v < 0 || u >= size[0] || v >= size[1]) break;  // it left through a side
        const std::size_t voxel = static_cast<std::size_t>(step.layer) * stride_[lines.axis[0]] +
                                  static_cast<std::size_t>(u) * stride_[lines.axis[1]] +
                                  static_cast<std::size_t>(v) * stride_[lines.axis[2]];
        const float x = electrons_[voxel] * step.part * layer_cm;
        if (x <= 0) continue;
        const float* released = released_.data() + voxel * energy_groups;
        if (releases(released)) {
            float tilted[energy_groups];
            for (int g = 0; g < energy_groups; ++g) tilted[g] = released[g] * tilt[g];
            add(voxel, state.pass_source(x, step.part, tilted, cone.cone->amplitude.data()));
        } else {
            add(voxel, state.pass(x));
        }
        const float carried = state.carried();
        most = std::max(most, carried);
        if (s > line.last && carried < roulette * most) {
            if (rng.uniform() >= static_cast<double>(roulette)) break;
            for (float& f : state.flight) f /= roulette;
            most = carried / roulette;
        }
    }
}

void BeamletCarrier::add(std::size_t voxel, float energy) {
    deposit_[voxel] += static_cast<double>(energy);
    if (has_[voxel] != 0) return;
    has_[voxel] = 1;
    touched_.push_back(static_cast<std::uint32_t>(voxel));
}

}  // namespace coutard::dose
