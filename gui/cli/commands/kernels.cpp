// coutard kernels: make the point kernels of data/kernels again.
#include <chrono>
#include <cstdio>
#include <memory>

#include "dose/montecarlo/kernel_run.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/dose_summary.hpp"

namespace coutard::gui {
namespace {
using namespace dose;

void run(const std::filesystem::path& out, const KernelRun& wanted, const Common& common) {
    par::set_threads(common.threads);
    KernelRun job = wanted;
    job.seed = common.seed;
    job.energies_MeV = rising_once(job.energies_MeV);
    validate(job.energies_MeV.size() >= 2, "--energies", job.energies_MeV.size(), "at least 2 energies to go between");
    const auto start = std::chrono::steady_clock::now();
    const auto physics = data_folder() / "physics";
    const PointKernelSet set = simulate_kernels(physics, job, common.progress);
    write_point_kernels(out, set);
    end_progress();
    std::printf("%-10s %9s %9s %10s %9s %9s %10s\n", "energy MeV", "primary", "+- part", "mu_en/mu", "scatter",
                "escaped", "advance cm");
    std::vector<KernelRow> rows;
    for (const auto& k : set.kernels) {
        const double expected = absorbed_part(physics, k.energy_MeV);
        std::printf("%-10g %9.5f %9.5f %10.5f %9.5f %9.5f %10.5f\n", k.energy_MeV, k.primary_total, k.primary_error,
                    expected, k.scatter_total, k.escaped, primary_advance(set, k));
        rows.push_back({k.energy_MeV, k.primary_total, expected, k.scatter_total, k.escaped});
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!common.json.empty()) write_text_atomically(common.json, kernels_json(rows, set.histories, seconds));
}

}  // namespace

void add_kernels(CLI::App& app, Common& common) {
    auto job = std::make_shared<KernelRun>();
    auto out = std::make_shared<std::filesystem::path>();
    auto* command =
        with_common(app.add_subcommand("kernels", "simulate the point kernels of the superposition engine"), common);
    command->add_option("--out", *out, "file to write (data/kernels/water.txt)")->required();
    command->add_option("--histories", job->histories, "photons per energy")->check(CLI::Range(1, 1'000'000'000));
    command->add_option("--material", job->material, "substance of data/physics, at 1 g/cm3");
    command->add_option("--cutoff", job->cutoff_MeV, "energy at which electrons stop [MeV]")
        ->check(CLI::Range(0.03, 0.5));
    command->add_option("--energies", job->energies_MeV, "photon energies [MeV], in any order")
        ->check(CLI::Range(0.05, 20.0));
    command->callback([job, out, &common] { run(*out, *job, common); });
}

}  // namespace coutard::gui
