#include "dose/influence/beamlet_matrix.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <span>

#include "dose/influence/thinning.hpp"
#include "dose/physics/constants.hd.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "engine/par/in_turn.hpp"

namespace coutard::dose {
namespace {

constexpr int most_slabs = 8;  // of planes: while one worker thins a slab, another may thin the slab before it

KeptDoses kept_of(const TileCarrier& carrier, float keep, std::size_t beamlets, float factor) {
    KeptDoses out{carrier.largest(), static_cast<int>(beamlets), factor};
    for (float& low : out.low.of) low *= keep;
    return out;
}

/// Thin a tile's doses slab by slab, each when all earlier tiles have done so. \param found columns, their memory is
/// used again \return false: another worker failed
bool take_in_turn(TileCarrier& carrier, Thinning& thinning, const KeptDoses& keep, int planes,
                  std::vector<par::InTurn>& turns, std::size_t tile, std::vector<InfluenceColumn>& found) {
    for (auto& column : found) {
        column.voxels.clear();
        column.gy_per_mu.clear();
    }
    const auto slabs = static_cast<int>(turns.size());
    for (int slab = 0; slab < slabs; ++slab)
        if (!turns[static_cast<std::size_t>(slab)].run(tile, [&] {
                for (int k = planes * slab / slabs; k < planes * (slab + 1) / slabs; ++k)
                    thinning.add(k, carrier.plane(k), keep, found);
            }))
            return false;
    return true;
}

/// \throws InputError all columns, if they are like those that are done, and the rest take more than `most`
void check_room(const std::vector<InfluenceColumn>& columns, std::size_t done, std::size_t rest, std::size_t most) {
    if (most == 0) return;
    std::size_t entries = 0;
    for (const auto& c : columns) entries += c.voxels.size();
    const double all = static_cast<double>(rest) + static_cast<double>(entries) *
                                                       (sizeof(float) + sizeof(std::uint32_t)) *
                                                       static_cast<double>(columns.size()) / static_cast<double>(done);
    validate(all <= static_cast<double>(most), "memory for the beamlet matrix [GB]", static_cast<double>(most) / 1e9,
             "at least " + std::to_string(all / 1e9) + " for " + std::to_string(columns.size()) + " beamlets");
}

}  // namespace

std::unique_ptr<SparseInfluence> beamlet_matrix(const SceneMedium& place, const Grid& dose_grid,
                                                const std::vector<BeamletSource>& sources,
                                                const std::optional<Mask>& wanted, const BeamletStorage& storage,
                                                const Progress& progress) {
    validate(!wanted || wanted->grid().same_as(dose_grid),
             "influence: the mask of wanted voxels lies on another grid than the dose");
    const Medium& medium = place.medium;
    BeamletMedium lattices(medium);
    const DoseRows rows(place, lattices, dose_grid, wanted);
    std::size_t total = 0, done = 0;
    for (const auto& source : sources) total += source.beam->beamlets.size();
    std::vector<InfluenceColumn> columns(total);
    const auto workers =
        static_cast<std::size_t>(TileCarrier::crew(medium.grid.count(), par::threads(), storage.worker_bytes));
    std::vector<std::unique_ptr<TileCarrier>> carriers(workers);
    for (const auto& source : sources) {
        const auto& beamlets = source.beam->beamlets;
        if (beamlets.empty()) continue;
        const OpenBeam open(lattices, source);
        lattices.turn_to(open.primary_water());
        const auto tiles = tiles_of(beamlets);
        const auto of_beam = std::span(columns).subspan(done, beamlets.size());
        const auto factor = static_cast<float>(gray_per_MeV_g * source.model->fluence_per_mu);  // Gy per MU
        Thinning thinning(rows, storage.seed, static_cast<std::uint64_t>(&source - sources.data()));
        std::vector<par::InTurn> turns(static_cast<std::size_t>(std::min(most_slabs, rows.size.z)));
        std::atomic<std::size_t> next{0};
        par::for_each_index(par::Host{}, workers, [&](std::size_t w) {
            try {
                if (!carriers[w]) carriers[w] = std::make_unique<TileCarrier>(lattices, rows);
                TileCarrier& carrier = *carriers[w];
                std::vector<std::uint32_t> seen(medium.grid.count());
                std::vector<InfluenceColumn> found(tile_lanes);
                for (std::size_t t; (t = next.fetch_add(1)) < tiles.size();) {
                    const auto& tile = tiles[t];
                    progress.at(
                        (static_cast<double>(done) + static_cast<double>(beamlets.size()) * static_cast<double>(t) /
                                                         static_cast<double>(tiles.size())) /
                            static_cast<double>(total),
                        "influence matrix");
                    carrier.carry(open.reached(tile, seen), open.cones(), tilt_of(*source.kernel), open.rays(tile),
                                  par::Philox(storage.seed, (std::uint64_t{1} << 63) + done + tile.front()));
                    const KeptDoses keep = kept_of(carrier, static_cast<float>(storage.keep), tile.size(), factor);
                    if (!take_in_turn(carrier, thinning, keep, rows.size.z, turns, t, found)) return;
                    for (std::size_t lane = 0; lane < tile.size(); ++lane) of_beam[tile[lane]] = found[lane];
                }
            } catch (...) {
                for (auto& turn : turns) turn.fail();
                throw;
            }
        });
        thinning.settle(of_beam, factor);
        done += beamlets.size();
        check_room(columns, done,
                   medium.grid.count() * (matrix_bytes_per_voxel + workers * TileCarrier::bytes_per_voxel),
                   storage.most_bytes);
    }
    return std::make_unique<SparseInfluence>(dose_grid, std::move(columns));
}

}  // namespace coutard::dose
