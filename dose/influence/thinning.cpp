#include "dose/influence/thinning.hpp"

#include <algorithm>

#include "dose/superposition/pack.hd.hpp"
#include "engine/par/for_each.hpp"
#include "engine/par/philox.hd.hpp"

namespace coutard::dose {
namespace {

constexpr int lanes = DoseRows::lanes;
using Row = Pack<lanes>;

/// Add dose per threshold to the tallies, and list the places where an entry is kept with its dose.
/// \param places, kept room for a pack more than there are places \return how many are kept
COUTARD_WIDE std::size_t tally_doses(const std::vector<float>& dose, float low, std::vector<float>& tally,
                                     std::uint32_t* places, float* kept) {
    const float per_low = 1 / low;
    std::size_t count = 0;
    for (std::size_t at = 0; at < tally.size(); at += lanes) {
        const auto held = load_pack<Row>(tally.data() + at), none = held * 0.0F;
        // whatever dose comes first pays a debt, which is a dose; what is owed to a voxel is a part of a threshold
        const auto before = held > 0.0F ? held : none,
                   part = (load_pack<Row>(dose.data() + at) + (held > 0.0F ? none : held)) * per_low,
                   after = before + part;
        // a dose above the threshold is kept as it is, whatever the tally
        const auto full = (part >= 1.0F) | (after >= 1.0F);
        store_pack(part >= 1.0F    ? before
                   : after >= 1.0F ? after - 1.0F
                   : after < 0.0F  ? after * low
                                   : after,
                   tally.data() + at);
        std::uint64_t pairs[sizeof(full) / sizeof(std::uint64_t)], any = 0;
        __builtin_memcpy(pairs, &full, sizeof(full));
        for (const auto p : pairs) any |= p;
        if (any == 0) continue;
        float keep[lanes];
        store_pack(part >= 1.0F ? part * low : none + low, keep);
        for (std::size_t lane = 0; lane < lanes; ++lane) {  // written in any case: no jumps to foretell
            places[count] = static_cast<std::uint32_t>(at + lane);
            kept[count] = keep[lane];
            count += static_cast<std::size_t>(full[lane] & 1);
        }
    }
    return count;
}

/// Without a threshold every dose is kept.
std::size_t list_doses(const std::vector<float>& dose, std::uint32_t* places, float* kept) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < dose.size(); ++at)
        if (dose[at] > 0) {
            places[count] = static_cast<std::uint32_t>(at);
            kept[count++] = dose[at];
        }
    return count;
}

}  // namespace

Thinning::Thinning(const DoseRows& rows, std::uint64_t seed, std::uint64_t beam)
    : rows_(rows), tally_(rows.count()), places_(rows.count() + lanes), kept_(places_.size()) {
    par::for_each_index(
        par::Host{}, tally_.size(),
        [&](std::size_t at) { tally_[at] = static_cast<float>(par::Philox(seed, (beam << 32) + at).uniform()); }, 4096);
}

InfluenceColumn Thinning::column(const std::vector<float>& dose, float low, float factor) {
    const std::size_t count = low > 0 ? tally_doses(dose, low, tally_, places_.data(), kept_.data())
                                      : list_doses(dose, places_.data(), kept_.data());
    InfluenceColumn out;
    out.voxels.reserve(count);
    out.gy_per_mu.reserve(count);
    for (std::size_t e = 0; e < count; ++e) {
        out.voxels.push_back(rows_.voxel(places_[e]));
        out.gy_per_mu.push_back(kept_[e] * factor);
    }
    return out;
}

void Thinning::settle(std::span<InfluenceColumn> columns, float factor) {
    const auto nx = static_cast<std::uint32_t>(rows_.size.x);
    for (std::size_t c = columns.size(); c-- > 0;)
        for (std::size_t e = 0; e < columns[c].voxels.size(); ++e) {
            const std::uint32_t v = columns[c].voxels[e];
            float& tally = tally_[std::size_t{v / nx} * rows_.row + v % nx];
            if (tally >= 0) continue;
            const float pays = std::min(columns[c].gy_per_mu[e], -tally * factor);
            columns[c].gy_per_mu[e] -= pays;
            tally += pays / factor;
        }
}

}  // namespace coutard::dose
