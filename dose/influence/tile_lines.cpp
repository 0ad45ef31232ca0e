#include "dose/influence/tile_lines.hpp"

#include <algorithm>
#include <utility>

namespace coutard::dose {
namespace {
constexpr std::uint32_t between_games = 2;  // steps from one roulette to the next
constexpr int rate_lanes = 8;               // hold the rates of either part
using TilePack = Pack<tile_lanes>;
using RatePack = Pack<rate_lanes>;
}  // namespace

/// What lines of one cone need on their way.
template <LadderPart Part>
struct TileLines<Part>::Run {
    static constexpr int rates = rate_count(Part);
    static_assert(rates <= rate_lanes);

    const float* water;
    const std::uint32_t* source_at;
    const TileSource* sources;
    TileRow* energy;
    std::uint8_t* touched;
    const ConeStep* steps;
    const std::int32_t* offset;
    const float* cm;
    float amplitude[energy_groups][rate_lanes];  ///< with the tilt; 0 beyond the rates
    const float* ratio;                          ///< of the tilt of each beamlet
    float least;
    par::Philox& rng;

    /// Carry one line. What steps take away is the same for all beamlets, and is found for many steps at once.
    void operator()(const Line& line) {
        TilePack flight[rates] = {};
        const auto tilted = load_pack<TilePack>(ratio);
        for (std::uint32_t block = line.first; block < line.exit; block += tile_lanes) {
            const std::uint32_t count = std::min<std::uint32_t>(tile_lanes, line.exit - block);
            std::uint32_t cell[tile_lanes];
            float length[tile_lanes], lost[rates][tile_lanes], kept[rates][tile_lanes];
            for (std::uint32_t l = 0; l < tile_lanes; ++l) {
                const std::uint32_t s = block + (l < count ? l : 0);
                cell[l] = static_cast<std::uint32_t>(line.base + offset[s]);
                length[l] = water[cell[l]] * cm[s];
            }
            find_losses(length, block <= line.last, lost, kept);
            for (std::uint32_t l = 0; l < count; ++l) {
                const std::uint32_t s = block + l, source = s <= line.last ? source_at[cell[l]] : 0;
                TilePack given{};
                if (source == 0) {
                    for (int n = 0; n < rates; ++n) {
                        const TilePack laid = flight[n] * lost[n][l];
                        flight[n] -= laid;
                        given += laid;
                    }
                } else {
                    const TileSource& from = sources[source - 1];
                    const TilePack part = load_pack<TilePack>(from.part.of) * tilted;
                    float fresh[rate_lanes];
                    find_fresh(from, steps[s].part, fresh);
                    for (int n = 0; n < rates; ++n) {
                        const TilePack more = part * fresh[n], laid = flight[n] * lost[n][l] + more * kept[n][l];
                        flight[n] += more - laid;
                        given += laid;
                    }
                }
                float* row = energy[cell[l]].of;
                store_pack(load_pack<TilePack>(row) + given, row);
                touched[cell[l] / Lattice::chunk] = 1;
                if (s <= line.last || least <= 0 || (s - line.last) % between_games != 0) continue;
                if (!goes_on(flight)) return;
            }
        }
    }

  private:
    static void find_losses(const float (&length)[tile_lanes], bool sources, float (&lost)[rates][tile_lanes],
                            float (&kept)[rates][tile_lanes]) {
        const auto x = load_pack<TilePack>(length);
        TilePack l[rates], k[rates];
        ladder_losses<Part>(x, x, l);
        for (int n = 0; n < rates; ++n) store_pack(l[n], lost[n]);
        if (!sources) return;
        ladder_means<Part>(x, x, l, k);
        for (int n = 0; n < rates; ++n) store_pack(k[n], kept[n]);
    }
    /// Energy that fluence 1 sends along the line, by rate.
    void find_fresh(const TileSource& from, float part, float (&fresh)[rate_lanes]) const {
        RatePack sum{};
        for (int g = 0; g < energy_groups; ++g) sum += load_pack<RatePack>(amplitude[g]) * (from.released[g] * part);
        store_pack(sum, fresh);
    }
    bool goes_on(TilePack (&flight)[rates]) {
        TilePack all{};  // terms of the ladder may be negative, and cancel in a sum
        for (const TilePack& f : flight) all += magnitude(f);
        const float held = sum_of<tile_lanes>(all);
        if (held >= least) return true;
        if (rng.uniform() * static_cast<double>(least) >= static_cast<double>(held)) return false;
        const float up = least / held;
        for (TilePack& f : flight) f *= up;
        return true;
    }
};

template <>
COUTARD_WIDE void TileLines<LadderPart::Primary>::run_all(Run& run, const std::vector<Line>& lines) {
    for (const Line& line : lines) run(line);
}
template <>
COUTARD_WIDE void TileLines<LadderPart::Scatter>::run_all(Run& run, const std::vector<Line>& lines) {
    for (const Line& line : lines) run(line);
}

template <LadderPart Part>
TileLines<Part>::TileLines(const Lattice& lattice)
    : lattice_(lattice),
      source_at_(lattice.water.size()),
      energy_(lattice.water.size()),
      touched_(lattice.water.size() / Lattice::chunk) {}

template <LadderPart Part>
void TileLines<Part>::begin(std::vector<TileSource> sources) {
    const auto address = [this](const TileSource& s) { return lattice_.at(s.at[0], s.at[1], s.at[2]); };
    for (const auto& s : sources_) source_at_[address(s)] = 0;
    for (std::size_t c = 0; c < touched_.size(); ++c) {
        if (touched_[c] == 0) continue;
        std::fill_n(energy_.data() + c * Lattice::chunk, Lattice::chunk, TileRow{});
        touched_[c] = 0;
    }
    sources_ = std::move(sources);
    for (std::size_t s = 0; s < sources_.size(); ++s)
        source_at_[address(sources_[s])] = static_cast<std::uint32_t>(s + 1);
}

template <LadderPart Part>
void TileLines<Part>::carry(const IndexedCone& cone, const Cone& kernel, const TileTilt& tilt, float least,
                            par::Philox& rng) {
    const ConeLines& lines = cone.lines;
    offset_.clear();
    cm_.clear();
    for (const auto& step : lines.steps) {
        offset_.push_back(step.layer * static_cast<std::int32_t>(lattice_.stride[lines.axis[0]]) +
                          step.across[0] * static_cast<std::int32_t>(lattice_.stride[lines.axis[1]]) +
                          step.across[1] * static_cast<std::int32_t>(lattice_.stride[lines.axis[2]]));
        cm_.push_back(step.part * static_cast<float>(lines.layer_cm));
    }
    find_lines(cone);
    Run run{lattice_.water.data(),
            source_at_.data(),
            sources_.data(),
            energy_.data(),
            touched_.data(),
            lines.steps.data(),
            offset_.data(),
            cm_.data(),
            {},
            tilt.ratio.of,
            least,
            rng};
    for (int g = 0; g < energy_groups; ++g)
        for (int n = 0; n < rate_count(Part); ++n)
            run.amplitude[g][n] =
                tilt.group[g] * kernel.amplitude[static_cast<std::size_t>(g * ladder_rates + first_rate(Part) + n)];
    run_all(run, lines_);
}

template <LadderPart Part>
void TileLines<Part>::find_lines(const IndexedCone& cone) {
    const ConeLines& lines = cone.lines;
    const auto row = static_cast<std::uint32_t>(lines.count[0]);
    const std::size_t places = std::size_t{row} * static_cast<std::size_t>(lines.count[1]);
    if (slot_.size() < places) slot_.resize(places, 0);
    lines_.clear();
    used_.clear();
    for (const auto& source : sources_) {
        const auto layer = static_cast<std::size_t>(source.at[lines.axis[0]]);
        for (std::uint32_t s = cone.layer_begin[layer]; s < cone.layer_end[layer]; ++s) {
            const int u = source.at[lines.axis[1]] - lines.steps[s].across[0],
                      v = source.at[lines.axis[2]] - lines.steps[s].across[1];
            const std::uint32_t place =
                static_cast<std::uint32_t>(v - lines.low[1]) * row + static_cast<std::uint32_t>(u - lines.low[0]);
            if (slot_[place] == 0) {
                lines_.push_back({u * static_cast<std::int32_t>(lattice_.stride[lines.axis[1]]) +
                                      v * static_cast<std::int32_t>(lattice_.stride[lines.axis[2]]),
                                  s, s, cone.exit(u, v)});
                slot_[place] = static_cast<std::uint32_t>(lines_.size());
                used_.push_back(place);
            } else {
                Line& line = lines_[slot_[place] - 1];
                line.first = std::min(line.first, s);
                line.last = std::max(line.last, s);
            }
        }
    }
    for (const auto place : used_) slot_[place] = 0;
}

template class TileLines<LadderPart::Primary>;
template class TileLines<LadderPart::Scatter>;

}  // namespace coutard::dose
