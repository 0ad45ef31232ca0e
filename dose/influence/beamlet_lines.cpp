#include "dose/influence/beamlet_lines.hpp"

#include <algorithm>
#include <utility>

namespace coutard::dose {
namespace {
constexpr std::uint32_t between_games = 2;  // steps from one roulette to the next

/// Fine lines end early, and touch a small part of their lattice; coarse ones touch most of theirs.
constexpr bool notes_chunks(LadderPart part) {
    return part == LadderPart::Primary;
}

template <class F>
float sum_of(const F& pack) {
    constexpr std::size_t lanes = sizeof(F) / sizeof(float);
    float each[lanes], sum = 0;
    store_pack(pack, each);
    for (float e : each) sum += e;
    return sum;
}
}  // namespace

/// What lines of one cone need on their way.
template <LadderPart Part>
struct BeamletLines<Part>::Run {
    const float* water;
    const float* released[energy_groups];
    float* energy;
    [[maybe_unused]] std::uint8_t* touched;
    const std::vector<ConeStep>& steps;
    const std::int32_t* offset;
    float layer_cm;
    std::uint32_t beside;
    const float* amplitude;
    const float (&tilt)[energy_groups];
    float least;
    par::Philox& rng;

    /// Carry up to `lanes` lines.
    void operator()(const Line* lines, std::size_t count) {
        using F = Pack<lanes>;
        std::int32_t base[lanes] = {};
        std::uint32_t first[lanes] = {}, ways[lanes] = {};
        std::uint32_t last = 0, exit = 0;
        for (std::size_t lane = 0; lane < count; ++lane) {
            base[lane] = lines[lane].base;
            first[lane] = lines[lane].first;
            ways[lane] = lines[lane].exit - lines[lane].first;
            last = std::max(last, lines[lane].last);
            exit = std::max(exit, lines[lane].exit);
        }
        ConeState<lanes, Part> state;
        for (std::uint32_t s = lines[0].first; s < exit; ++s) {
            const float cm = steps[s].part * layer_cm;
            std::uint32_t cell[lanes];
            float x[lanes], given[lanes];
            for (int lane = 0; lane < lanes; ++lane)
                cell[lane] = s - first[lane] < ways[lane] ? static_cast<std::uint32_t>(base[lane] + offset[s]) : beside;
            for (int lane = 0; lane < lanes; ++lane) x[lane] = water[cell[lane]] * cm;
            const auto length = load_pack<F>(x);
            F fresh[energy_groups];
            if (s <= last && find_source(cell, steps[s].part, fresh)) {
                store_pack(state.pass_source(length, length, fresh, amplitude), given);
            } else {
                store_pack(state.pass(length, length), given);
            }
            for (int lane = 0; lane < lanes; ++lane) {
                energy[cell[lane]] += given[lane];
                if constexpr (notes_chunks(Part)) touched[cell[lane] / Lattice::chunk] = 1;
            }
            if (s <= last || least <= 0 || (s - last) % between_games != 0) continue;
            const float held = sum_of(state.weight());
            if (held >= least) continue;
            if (rng.uniform() * static_cast<double>(least) >= static_cast<double>(held)) break;
            const float up = least / held;
            for (F& f : state.flight) f *= up;
        }
    }

  private:
    /// Give `fresh` the energy that the lanes' voxels release (less than none beside sharpened edges); false where
    /// there is none.
    bool find_source(const std::uint32_t (&cell)[lanes], float part, Pack<lanes> (&fresh)[energy_groups]) const {
        using F = Pack<lanes>;
        F all{};
        for (int g = 0; g < energy_groups; ++g) {
            float each[lanes];
            for (int lane = 0; lane < lanes; ++lane) each[lane] = released[g][cell[lane]];
            fresh[g] = load_pack<F>(each);
            all += fresh[g] * fresh[g];
            fresh[g] *= tilt[g] * part;
        }
        return sum_of(all) > 0;
    }
};

template <>
COUTARD_WIDE void BeamletLines<LadderPart::Primary>::run_all(Run& run, const std::vector<Line>& lines) {
    for (std::size_t l = 0; l < lines.size(); l += lanes)
        run(lines.data() + l, std::min<std::size_t>(lanes, lines.size() - l));
}
template <>
COUTARD_WIDE void BeamletLines<LadderPart::Scatter>::run_all(Run& run, const std::vector<Line>& lines) {
    for (std::size_t l = 0; l < lines.size(); l += lanes)
        run(lines.data() + l, std::min<std::size_t>(lanes, lines.size() - l));
}

template <LadderPart Part>
BeamletLines<Part>::BeamletLines(const Lattice& lattice)
    : lattice_(lattice),
      energy_(lattice.water.size()),
      touched_(lattice.water.size() / Lattice::chunk, notes_chunks(Part) ? 0 : 1) {
    for (auto& r : released_) r.resize(lattice.water.size());
}

template <LadderPart Part>
void BeamletLines<Part>::begin(std::vector<LineSource> sources) {
    const auto address = [this](const LineSource& s) { return lattice_.at(s.at[0], s.at[1], s.at[2]); };
    for (const auto& s : sources_)
        for (auto& r : released_) r[address(s)] = 0;
    for (std::size_t c = 0; c < touched_.size(); ++c) {
        if (touched_[c] == 0) continue;
        std::fill_n(energy_.data() + c * Lattice::chunk, Lattice::chunk, 0.0F);
        touched_[c] = notes_chunks(Part) ? 0 : 1;
    }
    sources_ = std::move(sources);
    for (const auto& s : sources_)
        for (int g = 0; g < energy_groups; ++g) released_[g][address(s)] = s.released[g];
}

template <LadderPart Part>
void BeamletLines<Part>::carry(const IndexedCone& cone, const Cone& kernel, const float (&tilt)[energy_groups],
                               float least, par::Philox& rng) {
    const ConeLines& lines = cone.lines;
    offset_.clear();
    for (const auto& step : lines.steps)
        offset_.push_back(step.layer * static_cast<std::int32_t>(lattice_.stride[lines.axis[0]]) +
                          step.across[0] * static_cast<std::int32_t>(lattice_.stride[lines.axis[1]]) +
                          step.across[1] * static_cast<std::int32_t>(lattice_.stride[lines.axis[2]]));
    find_lines(cone);
    sort_lines(lines.steps.size());
    Run run{lattice_.water.data(),
            {released_[0].data(), released_[1].data(), released_[2].data(), released_[3].data()},
            energy_.data(),
            touched_.data(),
            lines.steps,
            offset_.data(),
            static_cast<float>(lines.layer_cm),
            lattice_.beside(),
            kernel.amplitude.data(),
            tilt,
            least,
            rng};
    run_all(run, lines_);
}

template <LadderPart Part>
void BeamletLines<Part>::find_lines(const IndexedCone& cone) {
    const ConeLines& lines = cone.lines;
    const auto row = static_cast<std::uint32_t>(lines.count[0]);
    const std::size_t places = std::size_t{row} * static_cast<std::size_t>(lines.count[1]);
    if (slot_.size() < places) slot_.resize(places, 0);
    found_.clear();
    used_.clear();
    for (const auto& source : sources_) {
        const auto layer = static_cast<std::size_t>(source.at[lines.axis[0]]);
        for (std::uint32_t s = cone.layer_begin[layer]; s < cone.layer_end[layer]; ++s) {
            const int u = source.at[lines.axis[1]] - lines.steps[s].across[0],
                      v = source.at[lines.axis[2]] - lines.steps[s].across[1];
            const std::uint32_t place =
                static_cast<std::uint32_t>(v - lines.low[1]) * row + static_cast<std::uint32_t>(u - lines.low[0]);
            if (slot_[place] == 0) {
                found_.push_back({u * static_cast<std::int32_t>(lattice_.stride[lines.axis[1]]) +
                                      v * static_cast<std::int32_t>(lattice_.stride[lines.axis[2]]),
                                  s, s, cone.exit(u, v)});
                slot_[place] = static_cast<std::uint32_t>(found_.size());
                used_.push_back(place);
            } else {
                Line& line = found_[slot_[place] - 1];
                line.first = std::min(line.first, s);
                line.last = std::max(line.last, s);
            }
        }
    }
    for (const auto place : used_) slot_[place] = 0;
}

/// Counts, then deals: no comparisons.
template <LadderPart Part>
void BeamletLines<Part>::sort_lines(std::size_t steps) {
    begins_.assign(steps + 1, 0);
    for (const auto& line : found_) ++begins_[line.first + 1];
    for (std::size_t s = 1; s <= steps; ++s) begins_[s] += begins_[s - 1];
    lines_.resize(found_.size());
    for (const auto& line : found_) lines_[begins_[line.first]++] = line;
}

template class BeamletLines<LadderPart::Primary>;
template class BeamletLines<LadderPart::Scatter>;

}  // namespace coutard::dose
