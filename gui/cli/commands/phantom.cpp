// coutard phantom: dose in a slab phantom, as depth dose, profiles and grid.
#include <chrono>
#include <cstdio>
#include <memory>
#include <sstream>

#include "dose/phantom/slab_dose.hpp"
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
    std::string engine = "superposition", calibrate;
};

std::string pdd_csv(const DepthDose& pdd) {
    std::ostringstream text;
    text.precision(7);
    text << "depth_cm,dose,rel_uncert\n";
    for (std::size_t i = 0; i < pdd.dose.size(); ++i) text << pdd.depth_cm[i] << ',' << pdd.dose[i] << ",0\n";
    return text.str();
}

std::string profiles_csv(const Volume<float>& dose, const SlabSpec& spec) {
    std::ostringstream text;
    text.precision(7);
    text << "axis,depth_cm,offaxis_cm,dose,rel_uncert\n";
    for (double depth : spec.profile_depths_cm)
        for (char axis : {'x', 'y'}) {
            const Profile p = lateral_profile(dose, axis, depth, spec.pdd_half_width_cm);
            for (std::size_t i = 0; i < p.dose.size(); ++i)
                text << axis << ',' << depth << ',' << p.offaxis_cm[i] << ',' << p.dose[i] << ",0\n";
        }
    return text.str();
}

void calibrate(const PhantomOptions& options, const Common& common) {
    const double fluence =
        calibrated_fluence(options.calibrate, data_folder(), common.wanted_device(), common.progress);
    end_progress();
    std::printf("fluence_per_mu_cm2 %.6e\n", fluence);
    if (!common.json.empty()) write_text_atomically(common.json, calibration_json(options.calibrate, fluence));
}

void run(const PhantomOptions& options, const Common& common) {
    par::set_threads(common.threads);
    if (!options.calibrate.empty()) return calibrate(options, common);
    validate(!options.spec.empty() && !options.out.empty(), "phantom: SPEC.json and --out are needed");
    if (options.engine != "superposition")
        throw NotBuilt("phantom: engine '" + options.engine + "' is not in this build; superposition is");
    const SlabSpec spec = read_slab_spec(options.spec);
    const auto start = std::chrono::steady_clock::now();
    const BeamDose dose =
        slab_dose(spec, data_folder(), ConeLayout::standard(), common.wanted_device(), common.progress);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    OutputFolder out(options.out);
    const DepthDose pdd = depth_dose(dose.dose, spec.pdd_half_width_cm);
    write_text_atomically(out / "pdd.csv", pdd_csv(pdd));
    write_text_atomically(out / "profiles.csv", profiles_csv(dose.dose, spec));
    NiftiStorage storage;
    storage.world = World::Phantom;
    storage.description = spec.machine_beam ? "dose to medium, Gy" : "dose to medium, Gy cm2 per photon";
    write_nifti(out / "dose.nii.gz", dose.dose, storage);
    const std::string summary = phantom_json(spec, dose, {dose.cuda, par::threads(), seconds});
    write_text_atomically(out / "summary.json", summary);
    out.commit();
    if (!common.json.empty()) write_text_atomically(common.json, summary);
    end_progress();
    const auto peak = std::max_element(pdd.dose.begin(), pdd.dose.end());
    std::printf("%s: maximum %.4e at %.2f cm, %.1f s on %s\n", spec.name.c_str(), *peak,
                pdd.depth_cm[static_cast<std::size_t>(peak - pdd.dose.begin())], seconds, dose.cuda ? "cuda" : "cpu");
}

}  // namespace

void add_phantom(CLI::App& app, Common& common) {
    auto options = std::make_shared<PhantomOptions>();
    auto* command = with_common(app.add_subcommand("phantom", "dose in a slab phantom described by SPEC.json"), common);
    command->add_option("spec", options->spec, "phantom description (docs/formats/phantom.md)");
    command->add_option("--out", options->out, "folder for pdd.csv, profiles.csv, dose.nii.gz, summary.json");
    command->add_option("--engine", options->engine, "superposition or montecarlo")
        ->check(CLI::IsMember({"superposition", "montecarlo"}));
    command->add_option("--calibrate", options->calibrate, "print the fluence per MU of a machine instead");
    command->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
