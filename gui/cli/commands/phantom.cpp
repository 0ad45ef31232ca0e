// coutard phantom: dose in a slab phantom, as depth dose, profiles and grid.
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <sstream>

#include "dose/montecarlo/ranks.hpp"
#include "dose/phantom/contaminant_dose.hpp"
#include "dose/phantom/slab_dose.hpp"
#include "dose/phantom/slab_monte_carlo.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/par/for_each.hpp"
#include "engine/store/nifti.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/dose_summary.hpp"
#include "gui/cli/output_folder.hpp"

namespace coutard::gui {
namespace {
using namespace dose;

struct PhantomOptions {
    std::filesystem::path spec, out;
    std::string engine = "superposition", calibrate, contaminants;
    std::uint64_t histories = 0;
    double uncertainty = 0;
    int splits = VarianceReduction{}.splits, members = 16;
    bool axis_focus = false;
};

/// What either engine found.
struct Found {
    Volume<float> dose;
    std::optional<Volume<float>> uncertainty;
    DepthDose pdd;
    std::vector<Profile> profiles;
    PhantomRun run;
};

double error_at(const std::vector<double>& errors, std::size_t i) {
    return errors.empty() ? 0 : errors[i];
}

std::string pdd_csv(const DepthDose& pdd) {
    std::ostringstream text;
    text.precision(7);
    text << "depth_cm,dose,rel_uncert\n";
    for (std::size_t i = 0; i < pdd.dose.size(); ++i)
        text << pdd.depth_cm[i] << ',' << pdd.dose[i] << ',' << error_at(pdd.uncertainty, i) << '\n';
    return text.str();
}

std::string profiles_csv(const std::vector<Profile>& profiles) {
    std::ostringstream text;
    text.precision(7);
    text << "axis,depth_cm,offaxis_cm,dose,rel_uncert\n";
    for (const Profile& p : profiles)
        for (std::size_t i = 0; i < p.dose.size(); ++i)
            text << p.axis << ',' << p.depth_cm << ',' << p.offaxis_cm[i] << ',' << p.dose[i] << ','
                 << error_at(p.uncertainty, i) << '\n';
    return text.str();
}

Found by_superposition(const SlabSpec& spec, const Common& common) {
    BeamDose dose = slab_dose(spec, data_folder(), ConeLayout::standard(), common.wanted_device(), common.progress);
    Found found;
    found.pdd = depth_dose(dose.dose, spec.pdd_half_width_cm);
    for (double depth : spec.profile_depths_cm)
        for (char axis : {'x', 'y'})
            found.profiles.push_back(lateral_profile(dose.dose, axis, depth, spec.pdd_half_width_cm));
    found.run.engine = "superposition";
    found.run.cuda = dose.cuda;
    found.run.released_MeV_cm2 = dose.released_MeV_cm2;
    found.run.deposited_MeV_cm2 = dose.deposited_MeV_cm2;
    found.dose = std::move(dose.dose);
    return found;
}

Found by_monte_carlo(const PhantomOptions& options, const SlabSpec& spec, const Common& common) {
    if (common.device == "cuda") throw NotBuilt("phantom: Monte Carlo of slabs runs on the CPU; --device cpu");
    validate(!spec.machine_beam || !options.axis_focus, "--axis-focus: for ideal beams; this one is a machine's");
    SlabRun how;
    how.run.seed = common.seed;
    how.uncertainty = options.uncertainty > 0 ? options.uncertainty : options.histories > 0 ? 0 : spec.uncertainty;
    const auto members = static_cast<std::uint64_t>(options.members);
    std::uint64_t photons = options.histories > 0 ? options.histories : spec.histories;
    if (how.uncertainty > 0) photons = std::max<std::uint64_t>(photons / 10, 200'000);
    validate(photons > 0, "phantom: neither --histories nor --uncertainty, and the description has none");
    how.run.histories = (photons + members - 1) / members;
    how.run.members = options.members;
    how.run.reduction = for_sets_of(options.members);
    how.run.reduction.splits = options.splits;
    how.axis_focus = options.axis_focus;
    SlabMonteCarlo mc = slab_monte_carlo(spec, data_folder(), how, common.progress);
    Found found;
    found.run.engine = "montecarlo";
    found.run.histories = mc.histories * members;
    found.run.mean_uncertainty = mc.mean_uncertainty;
    found.pdd = std::move(mc.pdd);
    found.profiles = std::move(mc.profiles);
    found.dose = std::move(mc.dose);
    found.uncertainty = std::move(mc.uncertainty);
    return found;
}

void calibrate(const PhantomOptions& options, const Common& common) {
    const double fluence =
        calibrated_fluence(options.calibrate, data_folder(), common.wanted_device(), common.progress);
    end_progress();
    std::printf("fluence_per_mu_cm2 %.6e\n", fluence);
    if (!common.json.empty()) write_text_atomically(common.json, calibration_json(options.calibrate, fluence));
}

/// What data/machines/NAME.json keeps of contaminant electrons.
void contaminants(const PhantomOptions& options, const Common& common) {
    const BeamModel model = read_beam_model(data_folder(), options.contaminants);
    validate(model.electrons.has_value(), "machine '" + options.contaminants + "' has no contaminant electrons");
    const auto found = contaminant_depth_dose(*model.electrons, data_folder(),
                                              options.histories > 0 ? options.histories : 1'000'000, common.seed);
    std::printf("depth_g_cm2 dose_Gy_cm2 rel_uncert\n");
    for (std::size_t i = 0; i < found.depth_g_cm2.size(); ++i)
        std::printf("%.2f %.4e %.4f\n", found.depth_g_cm2[i], found.dose_Gy_cm2[i], found.uncertainty[i]);
}

void run(const PhantomOptions& options, const Common& common) {
    par::set_threads(common.threads);
    if (!options.contaminants.empty()) return contaminants(options, common);
    if (!options.calibrate.empty()) return calibrate(options, common);
    validate(!options.spec.empty() && !options.out.empty(), "phantom: SPEC.json and --out are needed");
    const SlabSpec spec = read_slab_spec(options.spec);
    const auto start = std::chrono::steady_clock::now();
    Found found =
        options.engine == "montecarlo" ? by_monte_carlo(options, spec, common) : by_superposition(spec, common);
    found.run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    found.run.threads = par::threads();
    if (!ranks().first()) return;  // of an MPI run, one writes
    OutputFolder out(options.out);
    write_text_atomically(out / "pdd.csv", pdd_csv(found.pdd));
    write_text_atomically(out / "profiles.csv", profiles_csv(found.profiles));
    NiftiStorage storage;
    storage.world = World::Phantom;
    storage.description = spec.machine_beam ? "dose to medium, Gy" : "dose to medium, Gy cm2 per photon";
    write_nifti(out / "dose.nii.gz", found.dose, storage);
    if (found.uncertainty) {
        storage.description = "relative standard error of the dose";
        write_nifti(out / "uncertainty.nii.gz", *found.uncertainty, storage);
    }
    const std::string summary = phantom_json(spec, found.dose.count(), found.run);
    write_text_atomically(out / "summary.json", summary);
    out.commit();
    if (!common.json.empty()) write_text_atomically(common.json, summary);
    end_progress();
    const auto& pdd = found.pdd;
    const auto peak = std::max_element(pdd.dose.begin(), pdd.dose.end());
    std::printf("%s: maximum %.4e at %.2f cm, %.1f s on %s\n", spec.name.c_str(), *peak,
                pdd.depth_cm[static_cast<std::size_t>(peak - pdd.dose.begin())], found.run.seconds,
                found.run.cuda ? "cuda" : "cpu");
    if (found.uncertainty)
        std::printf("%llu photons, mean relative standard error above half of the maximum %.2f %%\n",
                    static_cast<unsigned long long>(found.run.histories), 100 * found.run.mean_uncertainty);
}

}  // namespace

void add_phantom(CLI::App& app, Common& common) {
    auto options = std::make_shared<PhantomOptions>();
    auto* command = with_common(app.add_subcommand("phantom", "dose in a slab phantom described by SPEC.json"), common);
    command->add_option("spec", options->spec, "phantom description (docs/formats/phantom.md)");
    command->add_option("--out", options->out, "folder for pdd.csv, profiles.csv, dose.nii.gz, summary.json");
    command->add_option("--engine", options->engine, "superposition or montecarlo")
        ->check(CLI::IsMember({"superposition", "montecarlo"}));
    command->add_option("--histories", options->histories,
                        "Monte Carlo: photons to follow, instead of the description's");
    command
        ->add_option("--uncertainty", options->uncertainty,
                     "Monte Carlo: stop at this mean relative standard error above half of the maximum")
        ->check(CLI::Range(1e-4, 0.5));
    command->add_option("--splits", options->splits, "Monte Carlo: interactions per photon; 1 is analogue")
        ->check(CLI::Range(1, 1000));
    command->add_option("--members", options->members, "Monte Carlo: photons of one history, spread evenly")
        ->check(CLI::Range(4, 1000));
    command->add_flag("--axis-focus", options->axis_focus, "Monte Carlo: spend photons and splits close to the axis");
    command->add_option("--calibrate", options->calibrate, "print the fluence per MU of a machine instead");
    command->add_option("--contaminants", options->contaminants,
                        "print the depth dose of a machine's contaminant electrons, by Monte Carlo, instead");
    command->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
