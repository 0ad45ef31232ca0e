#include "dose/superposition/field_lines.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "dose/superposition/pack.hd.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

constexpr int lanes = FieldLayout::lanes;
constexpr float least_part = 5e-5F;
constexpr int between_ends = 4;      // steps from one look at what lines hold to the next
constexpr float thin_matter = 0.1F;  // cm of water per cm: what little is left would be a large dose in it

using F = Pack<lanes>;
using Groups = Pack<energy_groups>;

/// Lines of one cone; all arrays by address.
template <LadderPart Part>
struct FieldLines {
    const FieldMatter& matter;
    const ConeLines& lines;
    const RayFan& fan;
    const Cone& cone;
    const KernelTilt<par::Host>& tilt;
    float* energy;
    std::size_t stride[3];  ///< of ConeLines::axis
    int size[2];            ///< voxels on the two axes across
    float least;            ///< energy below which a lane is not worth carrying

    /// Carry the lines (first, ...) to (first + lanes - 1, row) of the lattice. Those past its end never enter the
    /// grid.
    void operator()(int first, int row) const {
        ConeState<lanes, Part> state;
        bool carries = false;
        int since_source = 0;
        for (const ConeStep& step : lines.steps) {
            const int u = first + step.across[0], v = row + step.across[1];
            if (v < 0 || v >= size[1] || u <= -lanes || u >= size[0]) continue;
            const std::size_t at = lanes + static_cast<std::size_t>(step.layer) * stride[0] +
                                   static_cast<std::size_t>(v) * stride[2] + static_cast<std::size_t>(u);
            const bool fresh = meets_source(at);
            if (!carries && !fresh) continue;
            carries = true;
            const auto water = load_pack<F>(matter.water.data() + at);
            const F x = water * (step.part * static_cast<float>(lines.layer_cm));
            F laid;
            if (fresh) {
                F released[energy_groups];
                release(step, u, v, at, released);
                laid = state.pass_source(x, x, released, cone.amplitude.data());
                since_source = 0;
            } else {
                laid = state.pass(x, x);
                if constexpr (Part == LadderPart::Primary)
                    if (++since_source % between_ends == 0) carries = go_on(state, water, u, laid);
            }
            store_pack(load_pack<F>(energy + at) + laid, energy + at);
        }
    }

  private:
    bool meets_source(std::size_t at) const {
        std::uint64_t any[lanes / sizeof(std::uint64_t)];
        std::memcpy(any, matter.source.data() + at, sizeof(any));
        return (any[0] | any[1]) != 0;
    }

    /// Energy per group that the lanes' voxels release into the cone.
    void release(const ConeStep& step, int u, int v, std::size_t at, F (&out)[energy_groups]) const {
        float half_sine[lanes];
        for (int lane = 0; lane < lanes; ++lane) {
            float to_cone, to_axis;
            fan.cosines(step.layer, u + lane, v, to_cone, to_axis);
            half_sine[lane] = KernelTilt<par::Host>::half_sine(to_cone);
        }
        const Groups own = load_pack<Groups>(cone.own.data()) * step.part;
        float each[lanes][energy_groups];
        for (int lane = 0; lane < lanes; ++lane) {
            const auto s = KernelTilt<par::Host>::at_angle(half_sine[lane]);
            const float *a = tilt.density.data + s.cell * energy_groups,
                        *r = matter.released.data() + (at + static_cast<std::size_t>(lane)) * energy_groups;
            const auto low = load_pack<Groups>(a), high = load_pack<Groups>(a + energy_groups);
            store_pack(own * (low + s.part * (high - low)) * load_pack<Groups>(r), each[lane]);
        }
        for (int g = 0; g < energy_groups; ++g) {
            float of_group[lanes];
            for (int lane = 0; lane < lanes; ++lane) of_group[lane] = each[lane][g];
            out[g] = load_pack<F>(of_group);
        }
    }

    /// Whether any lane still holds what is worth carrying. Where none does, lanes in matter lay down the rest, and
    /// those beside the grid have left with it.
    bool go_on(ConeState<lanes, Part>& state, const F& water, int u, F& laid) const {
        float held[lanes];
        store_pack(state.weight(), held);
        float most = 0;
        for (float h : held) most = std::max(most, h);
        if (most >= least) return true;
        F rest{};
        for (const F& f : state.flight) rest += f;
        float per_cm[lanes], given[lanes], keep[lanes];
        store_pack(water, per_cm);
        store_pack(rest, given);
        bool any = false;
        for (int lane = 0; lane < lanes; ++lane) {
            const bool beside = u + lane < 0 || u + lane >= size[0], thin = !beside && per_cm[lane] < thin_matter;
            keep[lane] = thin ? 1.0F : 0.0F;
            if (thin || beside) given[lane] = 0;
            any = any || (thin && held[lane] > 0);
        }
        laid += load_pack<F>(given);
        for (F& f : state.flight) f *= load_pack<F>(keep);
        return any;
    }
};

template <LadderPart Part>
void all_lines(const FieldLines<Part>& along) {
    for (int row = 0; row < along.lines.count[1]; ++row)
        for (int first = 0; first < along.lines.count[0]; first += lanes)
            along(along.lines.low[0] + first, along.lines.low[1] + row);
}
COUTARD_WIDE void carry_all(const FieldLines<LadderPart::Primary>& along) {
    all_lines(along);
}
COUTARD_WIDE void carry_all(const FieldLines<LadderPart::Scatter>& along) {
    all_lines(along);
}

/// Most that a voxel gives to the cone, whatever the sign of the ladder's terms.
float most_given(const FieldMatter& matter, const Cone& cone) {
    float most = 0;
    for (std::size_t g = 0; g < energy_groups; ++g) {
        float sum = 0;
        for (std::size_t n = first_primary_rate; n < ladder_rates; ++n)
            sum += std::abs(cone.amplitude[g * ladder_rates + n]);
        most = std::max(most, sum);
    }
    return most * matter.most;
}

}  // namespace

FieldMatter::FieldMatter(const FieldLayout& to, const std::vector<float>& w, const std::vector<float>& r)
    : layout(to), water(to.count), released(to.count * energy_groups), source(to.count) {
    layout.for_voxels([&](std::size_t v, std::size_t at) {
        water[at] = w[v];
        const float* from = r.data() + v * energy_groups;
        float all = 0;
        for (int g = 0; g < energy_groups; ++g) all += from[g];
        std::copy_n(from, energy_groups, released.data() + at * energy_groups);
        source[at] = releases(from) ? 1 : 0;
        most = std::max(most, all);
    });
}

template <LadderPart Part>
void carry_cone(const FieldMatter& matter, const ConeLines& lines, const RayFan& fan, const Cone& cone,
                const KernelTilt<par::Host>& tilt, std::vector<float>& energy) {
    expect(matter.layout.fast == lines.axis[1], "superposition: rows run along the lines' second axis");
    const int extents[3] = {matter.layout.size.x, matter.layout.size.y, matter.layout.size.z};
    FieldLines<Part> along{
        matter, lines, fan, cone, tilt, energy.data(), {}, {}, least_part * most_given(matter, cone)};
    for (int k = 0; k < 3; ++k) along.stride[k] = matter.layout.stride[lines.axis[k]];
    for (int k = 0; k < 2; ++k) along.size[k] = extents[lines.axis[k + 1]];
    carry_all(along);
}
template void carry_cone<LadderPart::Primary>(const FieldMatter&, const ConeLines&, const RayFan&, const Cone&,
                                              const KernelTilt<par::Host>&, std::vector<float>&);
template void carry_cone<LadderPart::Scatter>(const FieldMatter&, const ConeLines&, const RayFan&, const Cone&,
                                              const KernelTilt<par::Host>&, std::vector<float>&);

}  // namespace coutard::dose
