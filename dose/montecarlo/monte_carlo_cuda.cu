#include <vector>

#include "dose/montecarlo/history.hd.hpp"
#include "dose/montecarlo/monte_carlo_gpu.hpp"
#include "engine/base/error.hpp"
#include "engine/par/fixed_sum.hd.hpp"
#include "engine/par/for_each.cuh"

namespace coutard::dose {
namespace {

using par::Device, par::DeviceArray;

/// Adds to sums that all threads share; the last two cells are what left and what was sent.
struct SharedScore {
    std::int64_t* cells;
    std::size_t voxels;

    COUTARD_HD void add(std::size_t cell, double energy_MeV) const {
        par::shared_add(cells + cell, par::FixedSum::of(HistorySums::quantum_MeV).counts(energy_MeV));
    }
    COUTARD_HD void deposit(std::size_t voxel, double energy_MeV) const { add(voxel, energy_MeV); }
    COUTARD_HD void escape(double energy_MeV) const { add(voxels, energy_MeV); }
    COUTARD_HD void sent(double energy_MeV) const { add(voxels + 1, energy_MeV); }
};

struct HistoryExecutor {
    using space = Device;
    TransportData<Device> data;
    Scene<Device> scene;
    HeadSource<Device> source;
    VarianceReduction reduction;
    Scored scored;
    std::uint64_t seed, first;
    int members;
    SharedScore score;
    std::int64_t* overflowed;

    COUTARD_HD void operator()(std::size_t i) const {
        SharedScore sums = score;
        History<Device, SharedScore> history(data, scene, reduction, scored, sums, par::Philox(seed, first + i));
        const double shift = history.chance().uniform();
        for (int m = 0; m < members; ++m) {
            const SourceParticle one = source(history.chance(), {m, members, shift});
            sums.sent(one.energy_MeV * one.weight);
            Particle particle;
            if (enter(scene, one, particle))
                history.run(particle);
            else
                sums.escape(one.energy_MeV * one.weight);
        }
        if (history.overflowed()) par::shared_add(overflowed, 1);
    }
};

/// A copy of a host array on the device.
template <class T>
DeviceArray<T> copied(const par::View<const T, par::Host>& view) {
    return DeviceArray<T>(view.data, view.size);
}

}  // namespace

void run_on_gpu(const MonteCarloScene& scene, const HeadSource<par::Host>& source, const MonteCarloRun& run, int groups,
                MonteCarloSums& sums, const Progress& progress) {
    const auto& tables = scene.tables();
    const auto& world = scene.voxels();
    const auto electron = copied(tables.electron), positron = copied(tables.positron);
    const auto photon = copied(tables.photon);
    const auto deflection = copied(tables.deflection), brems = copied(tables.brems), binding = copied(tables.binding),
               coherent = copied(tables.coherent), pair_charge = copied(tables.pair_charge);
    const auto density = copied(world.density), majorant = copied(world.majorant),
               importance = copied(world.importance);
    const auto material = copied(world.material);
    const auto machines = copied(source.machines);
    const auto segments = copied(source.segments);
    const auto lamps = copied(source.lamps);
    const auto delivered = copied(source.delivered), leaves = copied(source.leaves), edges = copied(source.edges),
               profiles = copied(source.profiles), spectra = copied(source.spectra), energy = copied(source.energy_MeV),
               width = copied(source.width_MeV);
    const std::size_t voxels = world.density.size;
    if (sums.voxels.sum.empty()) sums = {HistorySums(voxels), HistorySums(0), HistorySums(2), 0};
    HistoryExecutor execute{{electron.read(), positron.read(), photon.read(), deflection.read(), brems.read(),
                             binding.read(), coherent.read(), pair_charge.read(), tables.cut},
                            {{world.count[0], world.count[1], world.count[2]},
                             {world.voxel_cm[0], world.voxel_cm[1], world.voxel_cm[2]},
                             density.read(),
                             material.read(),
                             majorant.read(),
                             importance.read()},
                            {source.grid, machines.read(), segments.read(), lamps.read(), delivered.read(),
                             leaves.read(), edges.read(), profiles.read(), spectra.read(), energy.read(), width.read()},
                            run.reduction,
                            run.scored,
                            run.seed,
                            run.first,
                            run.members,
                            {nullptr, voxels},
                            nullptr};
    const std::uint64_t each = (run.histories + groups - 1) / groups;
    for (int g = 0; g < groups; ++g) {
        progress.at(static_cast<double>(g) / groups, "Monte Carlo");
        DeviceArray<std::int64_t> cells(voxels + 2), overflowed(1);
        execute.score.cells = cells.view().data;
        execute.overflowed = overflowed.view().data;
        execute.first = run.first + static_cast<std::uint64_t>(g) * each;
        par::for_each_index(Device{}, each, execute);
        COUTARD_CUDA_CALL(cudaDeviceSynchronize());
        ensure(overflowed.to_host()[0] == 0, "Monte Carlo: room for the particles that wait");
        const auto found = cells.to_host();
        const double per_history = HistorySums::quantum_MeV / static_cast<double>(each);
        for (std::size_t v = 0; v < voxels; ++v)
            if (found[v] != 0) sums.voxels.add(v, static_cast<double>(found[v]) * per_history);
        sums.balance.add(0, static_cast<double>(found[voxels + 1]) * per_history);
        sums.balance.add(1, static_cast<double>(found[voxels]) * per_history);
        ++sums.histories;
    }
}

}  // namespace coutard::dose
