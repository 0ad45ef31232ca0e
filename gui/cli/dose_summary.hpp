#pragma once
#include <string>
#include <vector>

#include "dose/montecarlo/kernel_run.hpp"
#include "dose/phantom/slab_dose.hpp"
#include "engine/eval/structure_dose.hpp"

namespace coutard::gui {

/// How a slab phantom was calculated.
struct PhantomRun {
    std::string engine;
    bool cuda = false;
    int threads = 1;
    double seconds = 0;
    double released_MeV_cm2 = 0, deposited_MeV_cm2 = 0;  ///< superposition
    std::uint64_t histories = 0;                         ///< Monte Carlo
    double mean_uncertainty = 0;                         ///< Monte Carlo: relative, above half of the maximum
};
/// summary.json of `coutard phantom`.
std::string phantom_json(const dose::SlabSpec& spec, std::size_t voxels, const PhantomRun& run);
std::string calibration_json(const std::string& machine, double fluence_per_mu_cm2);

/// One line per energy: what the primary part carries and what it should.
struct KernelRow {
    double energy_MeV = 0, primary = 0, mu_en_over_mu = 0, scatter = 0, escaped = 0;
};
std::string kernels_json(const std::vector<KernelRow>& rows, std::uint64_t histories, double seconds);

/// What `coutard dose` found; `dose` is that of all that counts (External and Support).
struct PlanDose {
    std::string engine;
    std::size_t beams = 0;
    double monitor_units = 0;  ///< per fraction
    StructureDose dose;
};
/// D0.03cc of it, or its maximum where less than 0.03 cc counts.
Gy near_maximum(const StructureDose& dose);
std::string plan_dose_json(const PlanDose& found);

}  // namespace coutard::gui
