#include "dose/montecarlo/kernel_run.hpp"

#include <algorithm>
#include <cmath>

#include "dose/montecarlo/kernel_history.hpp"
#include "engine/par/for_each.hpp"

namespace coutard::dose {
namespace {

std::vector<double> radius_edges(const KernelRun& run) {
    std::vector<double> edges{0};
    for (int k = 0; k < run.radii; ++k)
        edges.push_back(run.first_cm * std::pow(run.last_cm / run.first_cm, k / (run.radii - 1.0)));
    return edges;
}

PointKernel simulate(const WaterPhysics& water, const KernelRun& run, const std::vector<double>& edges,
                     std::size_t which, const Progress& progress) {
    PointKernel out;
    out.energy_MeV = run.energies_MeV[which];
    const std::size_t cells = static_cast<std::size_t>(run.angles) * (edges.size() - 1);
    std::vector<std::int64_t> counts(2 * cells + 1);
    const KernelTally tally{&edges, run.angles, &counts};
    par::for_each_index(
        par::Host{}, run.histories,
        [&](std::size_t i) {
            if (i % 1024 == 0) progress.check();
            // the stream's number holds the energy above bit 40: no two energies share one
            KernelHistory(water, tally, par::Philox(run.seed, (std::uint64_t{which} << 40) + i)).run(out.energy_MeV);
        },
        256);
    const double part = KernelTally::quantum_MeV / (out.energy_MeV * static_cast<double>(run.histories));
    for (std::size_t c = 0; c < cells; ++c) {
        out.primary.push_back(static_cast<float>(static_cast<double>(counts[c]) * part));
        out.scatter.push_back(static_cast<float>(static_cast<double>(counts[cells + c]) * part));
        out.primary_total += static_cast<double>(counts[c]) * part;
        out.scatter_total += static_cast<double>(counts[cells + c]) * part;
    }
    out.escaped = static_cast<double>(counts.back()) * part;
    return out;
}

}  // namespace

std::vector<double> rising_once(std::vector<double> energies_MeV) {
    std::sort(energies_MeV.begin(), energies_MeV.end());
    energies_MeV.erase(std::unique(energies_MeV.begin(), energies_MeV.end()), energies_MeV.end());
    return energies_MeV;
}

PointKernelSet simulate_kernels(const WaterPhysics& water, const KernelRun& run, const Progress& progress) {
    expect(run.histories > 0 && run.angles > 0 && run.radii > 1, "kernels: histories, angles and radii are positive");
    for (double e : run.energies_MeV) expect(e >= 0.05 && e <= 20, "kernels: energies lie in [0.05, 20] MeV");
    expect(rising_once(run.energies_MeV) == run.energies_MeV, "kernels: energies rise");
    PointKernelSet set;
    set.radius_cm = radius_edges(run);
    set.angles = run.angles;
    set.histories = run.histories;
    set.seed = run.seed;
    for (std::size_t e = 0; e < run.energies_MeV.size(); ++e) {
        progress.at(static_cast<double>(e) / static_cast<double>(run.energies_MeV.size()), "kernels");
        set.kernels.push_back(simulate(water, run, set.radius_cm, e, progress));
    }
    progress.at(1, "kernels");
    return set;
}

}  // namespace coutard::dose
