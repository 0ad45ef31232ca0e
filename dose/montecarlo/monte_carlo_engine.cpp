#include "dose/montecarlo/monte_carlo_engine.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "dose/machine/beam_check.hpp"
#include "dose/machine/scene_medium.hpp"
#include "dose/montecarlo/monte_carlo.hpp"
#include "dose/montecarlo/monte_carlo_gpu.hpp"
#include "dose/montecarlo/plan_source.hpp"
#include "dose/superposition/superpose.hpp"
#include "engine/base/error.hpp"
#include "engine/base/version.hpp"

namespace coutard::dose {
namespace {

constexpr int gpu_groups = 50;  // of one round: their spread is the error

std::vector<PlanField> fields_of(const DoseScene& scene, const std::vector<Beam>& beams,
                                 const std::filesystem::path& data_dir, double fractions, double arc_step_deg) {
    std::vector<PlanField> out;
    for (const auto& beam : beams) {
        const BeamModel model = read_beam_model(data_dir, beam.machine);
        check_beam(beam, model.machine);
        check_isocentre(scene, beam.isocentre_mm, "beam " + std::to_string(beam.number));
        const Spectrum spectrum = read_spectrum(data_dir / "physics", model.spectrum);
        for (auto& map : delivered_maps(beam, model, arc_step_deg))
            out.push_back({beam_frame(beam.isocentre_mm, map.gantry_deg, map.collimator_deg, map.couch_deg,
                                      model.machine.sad_mm, scene.lying),
                           std::move(map.map), spectrum, model.fluence_per_mu * fractions});
    }
    return out;
}

/// Dose [Gy] of sums on the medium's grid, for this many true photons.
Volume<float> dose_of_sums(const MonteCarloSums& sums, const MonteCarloScene& scene, const Grid& grid, double photons) {
    Volume<float> out(grid);
    const double unit = gray_per_MeV_g * photons / static_cast<double>(sums.histories);
    for (std::size_t v = 0; v < out.count(); ++v)
        if (scene.mass_g(v) > 0) out[v] = static_cast<float>(sums.voxels.energy_MeV(v) / scene.mass_g(v) * unit);
    return out;
}

}  // namespace

MonteCarloEngine::MonteCarloEngine(std::filesystem::path data_dir, MonteCarloOptions options)
    : data_dir_(std::move(data_dir)), options_(options) {
    validate(std::filesystem::is_directory(data_dir_ / "physics"), data_dir_.string() + ": holds no physics folder");
    expect(options_.histories > 0 || (options_.uncertainty > 0 && options_.uncertainty < 1),
           "Monte Carlo: histories, or an uncertainty between 0 and 1");
    use_cuda(options_.device);  // a missing device is named before any work
}

Dose MonteCarloEngine::dose_of(const DoseScene& scene, const Plan& plan, const std::vector<Beam>& beams,
                               const Progress& progress) const {
    const SceneMedium place = scene_medium(scene, data_dir_);
    std::vector<std::string> names;
    for (const auto& m : place.medium.materials) names.push_back(m.name);
    const TransportTables tables(data_dir_ / "physics", names);
    const MonteCarloScene world(place.medium, tables);
    const PlanSource source(fields_of(scene, beams, data_dir_, plan.fractions, options_.arc_step_deg),
                            place.medium.grid);
    MonteCarloRun run;
    run.seed = options_.seed;
    run.reduction = options_.reduction;
    run.scored.to_water = options_.to == DoseTo::Water;
    run.members = 16;
    run.reduction.photon_weight = 1.0F / 16;
    const auto members = static_cast<std::uint64_t>(run.members);
    run.histories = options_.histories > 0 ? (options_.histories + members - 1) / members : 10'000;
    MonteCarloSums sums;
    double error = 1;
    std::uint64_t followed = 0;
    const bool gpu = use_cuda(options_.device);
    do {
        const double done = std::min(0.95, std::pow(options_.uncertainty / error, 2));
        if (gpu)
            run_on_gpu(world, source.view(), run, gpu_groups, sums, progress.part(done, done + 0.05));
        else
            world.run(source.view(), run, {}, sums, progress.part(done, done + 0.05));
        run.first += run.histories;
        followed += run.histories * members;
        error = world.mean_error(sums);
    } while (options_.histories == 0 && error > options_.uncertainty);
    Dose dose;
    dose.gy = on_dose_grid(dose_of_sums(sums, world, place.medium.grid, source.photons()), place, scene.dose_grid);
    dose.to = options_.to;
    dose.fractions = plan.fractions;
    dose.plan_uid = plan.sop_uid;
    char text[160];
    std::snprintf(text, sizeof text, "Coutard %s Monte Carlo%s, dose to %s, %.3g photons, standard error %.2f %%",
                  std::string(version).c_str(), gpu ? " (CUDA)" : "", options_.to == DoseTo::Water ? "water" : "medium",
                  static_cast<double>(followed), 100 * error);
    dose.comment = text;
    return dose;
}

Dose MonteCarloEngine::dose(const DoseScene& scene, const Plan& plan, const Progress& progress) const {
    validate(!plan.beams.empty(), "plan '" + plan.label + "' has no beams");
    validate(plan.fractions >= 1, "plan '" + plan.label + "': fractions", plan.fractions, "at least 1");
    Dose dose = dose_of(scene, plan, plan.beams, progress);
    dose.summation = DoseSummation::Plan;
    return dose;
}

std::vector<Dose> MonteCarloEngine::dose_per_beam(const DoseScene& scene, const Plan& plan,
                                                  const Progress& progress) const {
    validate(!plan.beams.empty(), "plan '" + plan.label + "' has no beams");
    validate(plan.fractions >= 1, "plan '" + plan.label + "': fractions", plan.fractions, "at least 1");
    std::vector<Dose> out;
    const double parts = static_cast<double>(plan.beams.size());
    for (std::size_t b = 0; b < plan.beams.size(); ++b) {
        out.push_back(dose_of(scene, plan, {plan.beams[b]},
                              progress.part(static_cast<double>(b) / parts, static_cast<double>(b + 1) / parts)));
        out.back().summation = DoseSummation::Beam;
        out.back().beam_number = plan.beams[b].number;
    }
    return out;
}

std::unique_ptr<InfluenceOperator> MonteCarloEngine::influence(const DoseScene&, const std::vector<BeamletBeam>&,
                                                               const std::optional<Mask>&, const Progress&) const {
    throw NotBuilt("Monte Carlo lays no beamlets; plan with superposition and check with Monte Carlo");
}

}  // namespace coutard::dose
