#include "dose/montecarlo/monte_carlo.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "dose/montecarlo/history.hd.hpp"
#include "dose/montecarlo/ranks.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"

namespace coutard::dose {
namespace {
constexpr std::uint64_t chunk = 256;  // histories that a thread takes at a time
}  // namespace

void MonteCarloSums::add(const MonteCarloSums& other) {
    voxels.add(other.voxels);
    regions.add(other.regions);
    balance.add(other.balance);
    histories += other.histories;
}

MonteCarloScene::MonteCarloScene(const Medium& medium, const TransportTables& tables, std::vector<float> importance)
    : data_(tables.view()), density_(medium.density), importance_(std::move(importance)), material_(medium.material) {
    expect(importance_.empty() || importance_.size() == density_.size(), "Monte Carlo: an importance for every voxel");
    for (float g : importance_) expect(g > 0 && g <= 1, "Monte Carlo: importance above 0, at most 1");
    expect(tables.materials().size() == medium.materials.size(),
           "Monte Carlo: tables for every material of the medium");
    for (std::size_t m = 0; m < medium.materials.size(); ++m)
        expect(tables.materials()[m] == medium.materials[m].name, "Monte Carlo: tables in the medium's order");
    std::vector<float> densest(medium.materials.size());
    for (std::size_t v = 0; v < density_.size(); ++v)
        densest[material_[v]] = std::max(densest[material_[v]], density_[v]);
    majorant_.resize(OctaveGrid::count);
    for (std::size_t m = 0; m < densest.size(); ++m)
        for (std::size_t k = 0; k < majorant_.size(); ++k)
            majorant_[k] = std::max(majorant_[k], densest[m] * data_.photon[m * OctaveGrid::count + k].total);
    const Size3 n = medium.grid.size();
    const Vec3 s = medium.grid.spacing_mm();
    scene_ = {{n.x, n.y, n.z},
              {s.x / 10, s.y / 10, s.z / 10},
              par::view(std::as_const(density_)),
              par::view(std::as_const(material_)),
              par::view(std::as_const(majorant_)),
              par::view(std::as_const(importance_))};
}

double MonteCarloScene::mass_g(std::size_t voxel) const {
    return density_[voxel] * scene_.voxel_cm[0] * scene_.voxel_cm[1] * scene_.voxel_cm[2];
}

double MonteCarloScene::mean_error(const MonteCarloSums& sums) const {
    // air and vacuum hold next to nothing: their few deposits would pass for the largest dose
    constexpr float lightest = 0.05F;
    std::vector<double> dose(density_.size());
    for (std::size_t v = 0; v < dose.size(); ++v)
        if (density_[v] > lightest) dose[v] = sums.voxels.energy_MeV(v) / mass_g(v);
    const double half = 0.5 * *std::max_element(dose.begin(), dose.end());
    double sum = 0, count = 0;
    for (std::size_t v = 0; v < dose.size(); ++v) {
        if (dose[v] < half || dose[v] <= 0) continue;
        sum += sums.voxels.relative_error(v, sums.histories);
        count += 1;
    }
    return count > 0 ? sum / count : 1;
}

void MonteCarloScene::run(const ParticleSource& source, const MonteCarloRun& run, const std::vector<Region>& regions,
                          MonteCarloSums& sums, const Progress& progress) const {
    expect(run.members >= 1 && run.reduction.splits >= 1 && run.reduction.photon_weight > 0,
           "Monte Carlo: members, splits and the photons' weight are positive");
    const std::size_t voxels = density_.size();
    if (sums.voxels.sum.empty()) sums = {HistorySums(voxels), HistorySums(regions.size()), HistorySums(2), 0};
    expect(sums.voxels.sum.size() == voxels && sums.regions.sum.size() == regions.size(),
           "Monte Carlo: sums of this scene and these regions");
    std::vector<double> mass(voxels);
    for (std::size_t v = 0; v < voxels; ++v) mass[v] = mass_g(v);
    const RegionIndex index(regions, mass);
    const Ranks share = ranks();
    const std::uint64_t rank = static_cast<std::uint64_t>(share.own), count = static_cast<std::uint64_t>(share.count);
    const std::uint64_t begin = run.histories * rank / count, end = run.histories * (rank + 1) / count;
    MonteCarloSums own{HistorySums(share.count > 1 ? voxels : 0), HistorySums(regions.size()), HistorySums(2), 0};
    MonteCarloSums& into = share.count > 1 ? own : sums;
    std::atomic<std::uint64_t> next{begin};
    std::atomic<bool> overflowed{false};
    const auto workers = static_cast<std::size_t>(std::max(1, par::threads()));
    par::for_each_index(par::Host{}, workers, [&](std::size_t) {
        HistoryScore score(into.voxels, into.regions, index);
        for (std::uint64_t from; (from = next.fetch_add(chunk)) < end;) {
            progress.at(static_cast<double>(from - begin) / static_cast<double>(end - begin), "Monte Carlo");
            const std::uint64_t to = std::min(from + chunk, end);
            for (std::uint64_t h = from; h < to; ++h) {
                par::Philox rng(run.seed, run.first + h);
                History<par::Host, HistoryScore> history(data_, scene_, run.reduction, run.scored, score, rng);
                const Member set{0, run.members, history.chance().uniform()};
                double energy = 0;
                for (int m = 0; m < run.members; ++m) {
                    const SourceParticle sent = source(history.chance(), {m, set.of, set.shift});
                    energy += sent.energy_MeV * sent.weight;
                    Particle particle;
                    if (enter(scene_, sent, particle))
                        history.run(particle);
                    else
                        score.escape(sent.energy_MeV * sent.weight);
                }
                if (history.overflowed()) overflowed = true;
                into.balance.add(0, energy);
                into.balance.add(1, score.close());
            }
        }
    });
    ensure(!overflowed, "Monte Carlo: room for the particles that wait");
    into.histories += end - begin;
    if (share.count == 1) return;
    add_over_ranks(own);
    sums.add(own);
}

}  // namespace coutard::dose
