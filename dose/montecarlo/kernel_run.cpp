#include "dose/montecarlo/kernel_run.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "dose/montecarlo/kernel_history.hpp"
#include "dose/montecarlo/monte_carlo.hpp"
#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"

namespace coutard::dose {
namespace {

constexpr std::size_t chunk = 256;  // histories that a thread takes at a time

/// One voxel around the origin of the kernels.
Medium cube(const std::filesystem::path& physics_dir, const std::string& material, double edge_mm) {
    Medium out;
    out.grid = Grid({1, 1, 1}, {0, 0, 0}, {edge_mm, edge_mm, edge_mm});
    out.density = {1};
    out.material = {0};
    out.materials = {MaterialLibrary(physics_dir).at(material)};
    return out;
}

std::vector<double> radius_edges(const KernelRun& run) {
    std::vector<double> edges{0};
    for (int k = 0; k < run.radii; ++k)
        edges.push_back(run.first_cm * std::pow(run.last_cm / run.first_cm, k / (run.radii - 1.0)));
    return edges;
}

PointKernel simulate(const MonteCarloScene& scene, const KernelRun& run, std::size_t which, const Progress& progress) {
    PointKernel out;
    out.energy_MeV = run.energies_MeV[which];
    const double middle = 0.5 * scene.voxels().voxel_cm[0];
    KernelTally tally(radius_edges(run), run.angles, {middle, middle, middle}, out.energy_MeV);
    const Particle first{Kind::Photon, 1, out.energy_MeV, {0, 0, 1}, {tally.origin_cm, {0, 0, 0}}};
    const VarianceReduction analogue{1, 0, 1};
    std::atomic<bool> overflowed{false};
    par::for_each_index(
        par::Host{}, run.histories,
        [&](std::size_t i) {
            if (i % 1024 == 0) progress.check();
            // the stream's number holds the energy above bit 40: no two energies share one; bit 63 is the score's
            const std::uint64_t stream = (std::uint64_t{which} << 40) + i;
            KernelScore score(tally, par::Philox(run.seed, (std::uint64_t{1} << 63) + stream));
            KernelHistory history(scene.tables(), scene.voxels(), analogue, {}, score, par::Philox(run.seed, stream));
            history.run(first);
            if (history.overflowed()) overflowed = true;
        },
        chunk);
    ensure(!overflowed, "kernels: room for the particles that wait");
    const double part = HistorySums::quantum_MeV / (out.energy_MeV * static_cast<double>(run.histories));
    const std::size_t cells = static_cast<std::size_t>(run.angles) * tally.radii();
    for (std::size_t c = 0; c < cells; ++c) {
        out.primary.push_back(static_cast<float>(static_cast<double>(tally.counts[c]) * part));
        out.scatter.push_back(static_cast<float>(static_cast<double>(tally.counts[cells + c]) * part));
        out.primary_total += static_cast<double>(tally.counts[c]) * part;
        out.scatter_total += static_cast<double>(tally.counts[cells + c]) * part;
    }
    out.escaped = static_cast<double>(tally.counts.back()) * part;
    out.primary_error = tally.primary.relative_error(0, run.histories);
    return out;
}

}  // namespace

std::vector<double> rising_once(std::vector<double> energies_MeV) {
    std::sort(energies_MeV.begin(), energies_MeV.end());
    energies_MeV.erase(std::unique(energies_MeV.begin(), energies_MeV.end()), energies_MeV.end());
    return energies_MeV;
}

PointKernelSet simulate_kernels(const std::filesystem::path& physics_dir, const KernelRun& run,
                                const Progress& progress) {
    expect(run.histories > 0 && run.angles > 0 && run.radii > 1, "kernels: histories, angles and radii are positive");
    for (double e : run.energies_MeV) expect(e >= 0.05 && e <= 20, "kernels: energies lie in [0.05, 20] MeV");
    expect(rising_once(run.energies_MeV) == run.energies_MeV, "kernels: energies rise");
    const TransportTables tables(physics_dir, {run.material}, {run.cutoff_MeV, 0.01, run.cutoff_MeV});
    const MonteCarloScene scene(cube(physics_dir, run.material, 40 * run.last_cm), tables);
    PointKernelSet set;
    set.radius_cm = radius_edges(run);
    set.angles = run.angles;
    set.histories = run.histories;
    set.seed = run.seed;
    for (std::size_t e = 0; e < run.energies_MeV.size(); ++e) {
        progress.at(static_cast<double>(e) / static_cast<double>(run.energies_MeV.size()), "kernels");
        set.kernels.push_back(simulate(scene, run, e, progress));
    }
    progress.at(1, "kernels");
    return set;
}

double absorbed_part(const std::filesystem::path& physics_dir, double energy_MeV) {
    const Table photon(physics_dir / "photon_water.csv");
    const auto at = [&](const char* column) {
        return interpolate_log_log(photon.column("E_MeV"), photon.column(column), energy_MeV);
    };
    return at("mu_en_cm2_g") /
           (at("compton_cm2_g") + at("photoelectric_cm2_g") + at("pair_cm2_g") + at("triplet_cm2_g"));
}

}  // namespace coutard::dose
