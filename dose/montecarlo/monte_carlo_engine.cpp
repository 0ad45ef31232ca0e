#include "dose/montecarlo/monte_carlo_engine.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "dose/machine/beam_check.hpp"
#include "dose/machine/coverage_check.hpp"
#include "dose/machine/scene_medium.hpp"
#include "dose/montecarlo/monte_carlo.hpp"
#include "dose/montecarlo/monte_carlo_gpu.hpp"
#include "dose/montecarlo/plan_source.hpp"
#include "dose/superposition/superpose.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

constexpr int gpu_groups = 50;  // of one round: their spread is the error

PlanSource source_of(const DoseScene& scene, const Grid& grid, const std::vector<Beam>& beams,
                     const std::filesystem::path& data_dir, double fractions) {
    PlanSource out(grid);
    for (const auto& beam : beams) {
        const BeamModel model = read_beam_model(data_dir, beam.machine);
        check_isocentre(scene, beam.isocentre_mm, "beam " + std::to_string(beam.number));
        out.add(beam, model, beam_spectrum(model, data_dir / "physics"), scene.lying, model.fluence_per_mu * fractions);
        check_covered(scene, beam);
    }
    return out;
}

/// Dose [Gy] of sums on the medium's grid, for this many tries that deliver the beams.
Volume<float> dose_of_sums(const MonteCarloSums& sums, const MonteCarloScene& scene, const Grid& grid, double tries) {
    Volume<float> out(grid);
    const double unit = gray_per_MeV_g * tries / static_cast<double>(sums.histories);
    for (std::size_t v = 0; v < out.count(); ++v)
        if (scene.mass_g(v) > 0) out[v] = static_cast<float>(sums.voxels.energy_MeV(v) / scene.mass_g(v) * unit);
    return out;
}

/// What the photons fly through, set up once for all beams.
struct World {
    SceneMedium place;
    TransportTables tables;
    MonteCarloScene scene;

    World(const DoseScene& from, const std::filesystem::path& data_dir)
        : place(scene_medium(from, data_dir)),
          tables(data_dir / "physics", names_of(place.medium)),
          scene(place.medium, tables) {}
    static std::vector<std::string> names_of(const Medium& medium) {
        std::vector<std::string> names;
        for (const auto& m : medium.materials) names.push_back(m.name);
        return names;
    }
};

Dose dose_of(const World& world, const DoseScene& scene, const Plan& plan, const std::vector<Beam>& beams,
             const std::filesystem::path& data_dir, const MonteCarloOptions& options, const Progress& progress) {
    const PlanSource source = source_of(scene, world.place.medium.grid, beams, data_dir, plan.fractions);
    MonteCarloRun run;
    run.seed = options.seed;
    run.scored.to_water = options.to == DoseTo::Water;
    run.members = 16;
    run.reduction = for_sets_of(run.members);
    const auto members = static_cast<std::uint64_t>(run.members);
    run.histories = options.histories > 0 ? (options.histories + members - 1) / members : 10'000;
    MonteCarloSums sums;
    double error = 1;
    std::uint64_t followed = 0;
    const bool gpu = use_cuda(options.device);
    do {
        const double done = std::min(0.95, std::pow(options.uncertainty / error, 2));
        if (gpu)
            run_on_gpu(world.scene, source.view(), run, gpu_groups, sums, progress.part(done, done + 0.05));
        else
            world.scene.run(source.view(), run, {}, sums, progress.part(done, done + 0.05));
        run.first += run.histories;
        followed += run.histories * members;
        error = world.scene.mean_error(sums);
    } while (options.histories == 0 && error > options.uncertainty);
    Dose dose;
    dose.gy = on_dose_grid(dose_of_sums(sums, world.scene, world.place.medium.grid, source.tries()), world.place,
                           scene.dose_grid);
    dose.to = options.to;
    dose.fractions = plan.fractions;
    dose.plan_uid = plan.sop_uid;
    char text[64];  // a DICOM comment holds 64 characters, of which "Dose to medium. " takes 16
    std::snprintf(text, sizeof text, "Monte Carlo%s, %.2g photons, error %.2g %%", gpu ? " CUDA" : "",
                  static_cast<double>(followed), 100 * error);
    dose.comment = text;
    return dose;
}

}  // namespace

MonteCarloEngine::MonteCarloEngine(std::filesystem::path data_dir, MonteCarloOptions options)
    : data_dir_(std::move(data_dir)), options_(options) {
    validate(std::filesystem::is_directory(data_dir_ / "physics"), data_dir_.string() + ": holds no physics folder");
    expect(options_.histories > 0 || (options_.uncertainty > 0 && options_.uncertainty < 1),
           "Monte Carlo: histories, or an uncertainty between 0 and 1");
    use_cuda(options_.device);  // a missing device is named before any work
}

Dose MonteCarloEngine::dose(const DoseScene& scene, const Plan& plan, const Progress& progress) const {
    check_delivers(plan);
    Dose dose = dose_of(World(scene, data_dir_), scene, plan, plan.beams, data_dir_, options_, progress);
    dose.summation = DoseSummation::Plan;
    return dose;
}

std::vector<Dose> MonteCarloEngine::dose_per_beam(const DoseScene& scene, const Plan& plan,
                                                  const Progress& progress) const {
    check_delivers(plan);
    const World world(scene, data_dir_);
    std::vector<Dose> out;
    const double parts = static_cast<double>(plan.beams.size());
    for (std::size_t b = 0; b < plan.beams.size(); ++b) {
        out.push_back(dose_of(world, scene, plan, {plan.beams[b]}, data_dir_, options_,
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
