// `coutard dose`: dose of an existing plan.
#include <iostream>

#include "dose/machine/scene_medium.hpp"
#include "dose/montecarlo/ranks.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "engine/store/nifti.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/dose_summary.hpp"
#include "gui/cli/foreign_plan.hpp"
#include "gui/cli/wiring.hpp"
#include "rtdicom/exchange.hpp"
#include "rtdicom/references.hpp"

namespace coutard::gui {
namespace {

struct Options {
    std::filesystem::path ct, plan, structures, out;
    std::string engine = "superposition", position, to = "medium";
    ForeignPlan foreign;
    bool per_beam = false;
    double grid_mm = 3;
    Statistics statistics;
};

/// OUT.dcm -> OUT_beam3.dcm, OUT.nii.gz -> OUT_beam3.nii.gz
std::filesystem::path beam_file(const std::filesystem::path& out, int number) {
    std::string name = out.filename().string();
    const std::string end = name.ends_with(".nii.gz") ? ".nii.gz" : out.extension().string();
    name.resize(name.size() - end.size());
    return out.parent_path() / (name + "_beam" + std::to_string(number) + end);
}

Dose sum_of(const std::vector<Dose>& beams) {
    Dose out = beams.front();
    std::vector<double> sum(out.gy.count());
    for (const auto& beam : beams)
        for (std::size_t v = 0; v < sum.size(); ++v) sum[v] += static_cast<double>(beam.gy[v]);
    for (std::size_t v = 0; v < sum.size(); ++v) out.gy[v] = static_cast<float>(sum[v]);
    out.summation = DoseSummation::Plan;
    out.beam_number = 0;
    return out;
}

/// What the structures' reader accepted, and whether the plan was made on other contours.
std::vector<std::string> notes_of(const StructureSet& structures, const Plan& plan) {
    auto notes = structures.notes;
    if (!plan.structure_set_uid.empty() && !structures.sop_uid.empty() && plan.structure_set_uid != structures.sop_uid)
        notes.push_back("the plan refers to another structure set (" + plan.structure_set_uid +
                        "); body and couch are those of --structures");
    return notes;
}

/// What can be refused is refused before the long work.
void check(const Options& options) {
    const std::string name = options.out.filename().string();
    validate(is_nifti(options.out) || name.ends_with(".dcm"), "--out", name, "a file ending in .dcm, .nii or .nii.gz");
    validate(is_nifti(options.out) || !is_nifti(options.ct), "--out", name,
             ".nii or .nii.gz, for a NIfTI CT names no patient that an RTDOSE could refer to");
    const auto folder = std::filesystem::absolute(options.out).parent_path();
    validate(std::filesystem::is_directory(folder), "--out: " + folder.string() + ": no such folder");
}

void run(const Options& options, const Common& common) {
    check(options);
    par::set_threads(common.threads);
    Statistics statistics = options.statistics;
    statistics.to = options.to == "water" ? DoseTo::Water : DoseTo::Medium;
    const auto engine = dose_engine(options.engine, common, statistics);
    const auto exchange = rtdicom::make_exchange();
    common.progress.at(0, "read CT and plan");
    const CtImage ct = read_image(*exchange, options.ct, options.position);
    Plan plan = exchange->read_plan(options.plan);
    assign_machines(plan, options.foreign.machines);
    rtdicom::check_belongs(plan, ct);
    std::optional<StructureSet> structures;
    if (!options.structures.empty()) structures = read_structures_of(*exchange, options.structures, ct);
    DoseScene scene = scene_of(ct, structures ? &*structures : nullptr, options.grid_mm);
    options.foreign.apply(scene, structures ? &*structures : nullptr);
    const auto beyond = coutard::dose::beyond_hu_curve(scene, data_folder());
    std::vector<Dose> beams;
    if (options.per_beam) beams = engine->dose_per_beam(scene, plan, common.progress.part(0.05, 0.95));
    Dose dose = options.per_beam ? sum_of(beams) : engine->dose(scene, plan, common.progress.part(0.05, 0.95));
    if (!coutard::dose::ranks().first()) return;  // of an MPI run, one writes
    const auto write = [&](const std::filesystem::path& file, Dose& one) {
        one.plan_uid = plan.sop_uid;
        if (is_nifti(file))
            write_nifti(file, one.gy, {.description = "Gy, whole course, dose to " + options.to});
        else
            exchange->write_dose(file, one, ct);
    };
    for (auto& beam : beams) write(beam_file(options.out, beam.beam_number), beam);
    write(options.out, dose);
    common.progress.at(1, "done");
    end_progress();
    DoseSampling of_body;
    of_body.step_mm = 2.5;  // millions of voxels: fine enough for the whole of a patient
    const PlanDose found{engine->name(), plan.beams.size(), plan.monitor_units(),
                         structure_dose("what counts", dose.gy, *scene.counts, of_body)};
    const Vec3& at = found.dose.maximum_at_mm;
    const auto size = dose.gy.grid().size();
    std::cout << "dose of " << plan.beams.size() << " beams, " << plan.fractions << " fractions, "
              << plan.monitor_units() << " MU per fraction on " << size.x << " x " << size.y << " x " << size.z
              << " voxels\nlargest in body and supports " << found.dose.maximum.value() << " Gy at (" << at.x << ", "
              << at.y << ", " << at.z << ") mm, D0.03cc " << near_maximum(found.dose).value() << " Gy\n";
    print_notes(ct.notes);
    print_notes(plan.notes);
    print_notes(beyond);
    if (structures) print_notes(notes_of(*structures, plan));
    if (!common.json.empty()) write_text_atomically(common.json, plan_dose_json(found));
}

}  // namespace

void add_dose(CLI::App& app, Common& common) {
    auto options = std::make_shared<Options>();
    auto* command = with_common(app.add_subcommand("dose", "dose of an existing plan"), common);
    command->add_option("--ct", options->ct, "CT: DICOM folder or file, or NIfTI")->required();
    command->add_option("--plan", options->plan, "RTPLAN")->required();
    command->add_option("--structures", options->structures, "RTSTRUCT, for body and couch");
    command->add_option("--out", options->out, "RTDOSE (.dcm) or NIfTI (.nii.gz) to write")->required();
    command->add_option("--engine", options->engine, "superposition or montecarlo")
        ->check(CLI::IsMember({"superposition", "montecarlo"}));
    command->add_option("--histories", options->statistics.histories,
                        "Monte Carlo: photons to follow, instead of up to --uncertainty");
    command
        ->add_option("--uncertainty", options->statistics.uncertainty,
                     "Monte Carlo: mean relative standard error above half of the maximum to stop at")
        ->check(CLI::Range(1e-4, 0.5));
    command->add_option("--dose-to", options->to, "medium, or water by Bragg and Gray (Monte Carlo)")
        ->check(CLI::IsMember({"medium", "water"}));
    command->add_flag("--per-beam", options->per_beam, "also one file per beam, OUT_beamN beside OUT");
    options->foreign.add_to(*command);
    command->add_option("--grid", options->grid_mm, "dose grid [mm]")->check(CLI::Range(1.0, 10.0));
    command->add_option("--patient-position", options->position, "HFS, HFP, FFS or FFP, where the CT does not say");
    command
        ->add_option("--max-memory", common.max_memory_GB,
                     "superposition: working memory [GB]; more is refused, the dose is the same")
        ->check(CLI::PositiveNumber);
    command->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
