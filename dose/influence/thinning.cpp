#include "dose/influence/thinning.hpp"

#include <algorithm>
#include <utility>

#include "dose/superposition/pack.hd.hpp"
#include "engine/par/for_each.hpp"
#include "engine/par/philox.hd.hpp"

namespace coutard::dose {
namespace {

using TilePack = Pack<tile_lanes>;

/// A dose so little below zero, in thresholds, is taken as one of the sum: scatter that ladder terms and sharpening
/// leave a hair below zero far away.
constexpr float small_debt = 0.05F;

/// How many lanes lie below a number.
int below(const TilePack& pack, float number) {
    const TilePack none{}, one = none + 1.0F;
    return static_cast<int>(sum_of<tile_lanes>(where_below(pack, none + number, one, none)));
}

/// Whether all lanes lie in [low, high).
bool within(const TilePack& pack, float low, float high) {
    const TilePack none{}, one = none + 1.0F;
    return sum_of<tile_lanes>(where_below(pack, none + low, one, where_below(pack, none + high, none, one))) == 0;
}

/// Lanes moved up by N, zeros below.
template <int N, int... Lane>
TilePack moved_up(const TilePack& pack, std::integer_sequence<int, Lane...>) {
#if __has_builtin(__builtin_shufflevector)
    return __builtin_shufflevector(TilePack{}, pack, (Lane < N ? Lane : tile_lanes + Lane - N)...);
#else
    float padded[2 * tile_lanes] = {};
    store_pack(pack, padded + N);
    return load_pack<TilePack>(padded);
#endif
}

/// Sum of each lane and all before it.
TilePack running_sum(TilePack pack) {
    constexpr auto lanes = std::make_integer_sequence<int, tile_lanes>{};
    pack += moved_up<1>(pack, lanes);
    pack += moved_up<2>(pack, lanes);
    pack += moved_up<4>(pack, lanes);
    return pack + moved_up<8>(pack, lanes);
}

/// An entry to keep: of the place and the lane.
struct Kept {
    std::uint32_t place;
    std::int32_t lane;
    float dose;
};

/// One place's doses, lane by lane, where any is above its threshold or well below zero, or where the voxel is in debt.
float take_one_by_one(const float* dose, const KeptDoses& keep, float held, std::uint32_t place, Kept* out,
                      std::size_t& count) {
    for (int lane = 0; lane < keep.count; ++lane) {
        const float low = keep.low.of[lane];
        if (low <= 0) continue;
        // whatever dose comes first pays a debt, which is a dose; what is owed to a voxel is a part of a threshold
        const float before = std::max(held, 0.0F), part = (dose[lane] + std::min(held, 0.0F)) / low,
                    after = before + part;
        if (part >= 1) {  // a dose above the threshold is kept as it is, whatever the tally
            out[count++] = {place, lane, part * low};
            held = before;
        } else if (after >= 1) {
            out[count++] = {place, lane, low};
            held = after - 1;
        } else {
            held = after < 0 ? after * low : after;
        }
    }
    return held;
}

/// Take the doses of a row of places. \param tally of the places \param out in the order of places, then of lanes; has
/// room for all lanes of them \return how many
COUTARD_WIDE std::size_t take_row(const TileRow* dose, std::uint32_t n, const KeptDoses& keep, const TileRow& per_low,
                                  float* tally, Kept* out) {
    std::size_t count = 0;
    const auto scale = load_pack<TilePack>(per_low.of);
    const float largest_low = *std::max_element(std::begin(keep.low.of), std::end(keep.low.of));
    for (std::uint32_t i = 0; i < n; ++i) {
        const TilePack part = load_pack<TilePack>(dose[i].of) * scale;
        const float held = tally[i];
        if (held < 0 || !within(part, -small_debt, 1)) {
            tally[i] = take_one_by_one(dose[i].of, keep, held, i, out, count);
            continue;
        }
        const TilePack sum = running_sum(part) + held;
        const float last = sum[tile_lanes - 1];
        const int passed = last >= 1 ? static_cast<int>(last) : 0;
        for (int whole = 1; whole <= passed; ++whole) {  // an entry where the sum passes it
            const int lane = below(sum, static_cast<float>(whole));
            out[count++] = {i, lane, keep.low.of[lane]};
        }
        const float left = last - static_cast<float>(passed);
        tally[i] = left < 0 ? left * largest_low : left;
    }
    return count;
}

/// Without a threshold every dose is kept.
std::size_t list_row(const TileRow* dose, std::uint32_t n, int beamlets, Kept* out) {
    std::size_t count = 0;
    for (std::uint32_t i = 0; i < n; ++i)
        for (int lane = 0; lane < beamlets; ++lane)
            if (dose[i].of[lane] > 0) out[count++] = {i, lane, dose[i].of[lane]};
    return count;
}

}  // namespace

Thinning::Thinning(const DoseRows& rows, std::uint64_t seed, std::uint64_t beam) : rows_(rows), tally_(rows.count()) {
    par::for_each_index(
        par::Host{}, tally_.size(),
        [&](std::size_t at) { tally_[at] = static_cast<float>(par::Philox(seed, (beam << 32) + at).uniform()); }, 4096);
}

void Thinning::add(int k, std::span<const TileRow> dose, const KeptDoses& keep, std::span<InfluenceColumn> columns) {
    TileRow per_low;
    bool thins = false;
    for (int lane = 0; lane < keep.count; ++lane)
        if (keep.low.of[lane] > 0) {
            per_low.of[lane] = 1 / keep.low.of[lane];
            thins = true;
        }
    const auto n = static_cast<std::uint32_t>(rows_.size.x);
    std::vector<Kept> kept(std::size_t{n} * tile_lanes);
    for (int j = 0; j < rows_.size.y; ++j) {
        const TileRow* row = dose.data() + static_cast<std::size_t>(j) * rows_.row;
        const std::size_t place = rows_.place(0, j, k);
        const std::size_t count = thins ? take_row(row, n, keep, per_low, tally_.data() + place, kept.data())
                                        : list_row(row, n, keep.count, kept.data());
        const std::uint32_t voxel = rows_.voxel(place);
        for (const Kept& e : std::span(kept).first(count)) {
            InfluenceColumn& column = columns[static_cast<std::size_t>(e.lane)];
            column.voxels.push_back(voxel + e.place);
            column.gy_per_mu.push_back(e.dose * keep.gy_per_mu);
        }
    }
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
