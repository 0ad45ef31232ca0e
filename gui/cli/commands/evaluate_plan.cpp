// `coutard evaluate plan`: a plan's dose beside an independent calculation.
#include "dose/machine/scene_medium.hpp"
#include "engine/base/error.hpp"
#include "engine/eval/plan_check.hpp"
#include "engine/image/resample.hpp"
#include "engine/par/for_each.hpp"
#include "engine/plan/protocol_json.hpp"
#include "engine/shape/rasterise.hpp"
#include "engine/store/nifti.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/evaluate_parts.hpp"
#include "gui/cli/foreign_plan.hpp"
#include "gui/cli/result_table.hpp"
#include "gui/cli/wiring.hpp"
#include "rtdicom/exchange.hpp"
#include "rtdicom/references.hpp"

namespace coutard::gui {
namespace {
namespace fs = std::filesystem;

struct Options {
    fs::path ct, plan, structures, csv, independent;
    std::string protocol, position;
    ForeignPlan foreign;
    double grid_mm = 3;
    Statistics statistics{0, 0.015};
};

std::vector<std::pair<Structure, Mask>> masked(const StructureSet& structures, const Grid& grid) {
    std::vector<std::pair<Structure, Mask>> out;
    for (const auto& s : structures.structures)
        if (s.role != Role::Support && !s.contours.empty() && s.contours.front().points_mm.size() > 2)
            out.emplace_back(s, rasterise(s, grid));
    return out;
}

TwoDoses two_doses(const DoseScene& scene, const Plan& plan, const Options& options, const Common& common) {
    TwoDoses doses;
    doses.prescription_Gy = plan.prescription_Gy;
    for (const auto& beam : plan.beams) doses.beam_numbers.push_back(beam.number);
    for (auto& d : dose_engine("superposition", common)->dose_per_beam(scene, plan, common.progress.part(0.05, 0.2)))
        doses.planned_beams.push_back(std::move(d.gy));
    const auto engine = dose_engine("montecarlo", common, options.statistics);
    for (auto& d : engine->dose_per_beam(scene, plan, common.progress.part(0.2, 0.9)))
        doses.independent_beams.push_back(std::move(d.gy));
    return doses;
}

ResultTable table_of(const PlanCheck& check, const Plan& plan, const Options& options) {
    ResultTable table{{{"check", "check", 0},
                       {"plan", "plan", 2},
                       {"independent", "independent", 2},
                       {"deviation_percent", "deviation [%]", 2},
                       {"tolerance_percent", "tolerance", 1},
                       {"action_percent", "action", 1},
                       {"verdict", "verdict", 0}},
                      {},
                      {},
                      {}};
    for (const auto& row : check.rows) {
        const bool gamma = row.what.starts_with("gamma");
        table.rows.push_back({row.what, row.planned, gamma ? ResultCell() : ResultCell(row.independent), row.deviation,
                              row.tolerance, row.action, std::string(text_of(row.verdict))});
    }
    table.facts = {{"plan", plan.label},
                   {"plan_dose", std::string("collapsed-cone superposition")},
                   {"independent_dose", std::string("Monte Carlo")},
                   {"beam_standard_error_percent", 100 * options.statistics.uncertainty},
                   {"verdict", std::string(text_of(check.verdict))}};
    table.notes = {
        "independent transport, shared source model and material tables",
        "gamma: reference is the Monte Carlo dose; plan: points that pass [%], deviation: points that fail [%]"};
    return table;
}

void run(const Options& options, const Common& common) {
    par::set_threads(common.threads);
    const PlanCheckLevels levels = options.protocol.empty()
                                       ? PlanCheckLevels{}
                                       : find_protocol(options.protocol, data_folder() / "protocols").check;
    if (!options.independent.empty())
        validate(is_nifti(options.independent), "--independent", options.independent.filename().string(),
                 "a file ending in .nii or .nii.gz");
    const auto exchange = rtdicom::make_exchange();
    common.progress.at(0, "read CT, plan and structures");
    const CtImage ct = read_image(*exchange, options.ct, options.position);
    Plan plan = exchange->read_plan(options.plan);
    assign_machines(plan, options.foreign.machines);
    rtdicom::check_belongs(plan, ct);
    const StructureSet structures = read_structures_of(*exchange, options.structures, ct);
    DoseScene scene = scene_of(ct, &structures, options.grid_mm);
    options.foreign.apply(scene, &structures);
    const TwoDoses doses = two_doses(scene, plan, options, common);
    const Mask counts = resample(*scene.counts, scene.dose_grid);
    const PlanCheck check =
        check_plan(doses, counts, masked(structures, ct.hu.grid()), levels, common.progress.part(0.9, 1));
    if (!options.independent.empty()) {
        Volume<float> sum = doses.independent_beams.front();
        for (std::size_t b = 1; b < doses.independent_beams.size(); ++b)
            for (std::size_t v = 0; v < sum.count(); ++v) sum[v] += doses.independent_beams[b][v];
        write_nifti(options.independent, sum, {.description = "Gy, whole course, Monte Carlo, dose to medium"});
    }
    end_progress();
    ResultTable table = table_of(check, plan, options);
    for (const auto& notes : {plan.notes, coutard::dose::beyond_hu_curve(scene, data_folder())})
        table.notes.insert(table.notes.end(), notes.begin(), notes.end());
    show(table, options.csv, common.json);
}

}  // namespace

void add_evaluate_plan(CLI::App& evaluate, Common& common) {
    auto options = std::make_shared<Options>();
    auto* part = with_common(
        evaluate.add_subcommand("plan", "a plan's dose beside an independent Monte Carlo calculation"), common);
    part->add_option("--ct", options->ct, "CT: DICOM folder or file, or NIfTI")->required();
    part->add_option("--plan", options->plan, "RTPLAN")->required();
    part->add_option("--structures", options->structures, "RTSTRUCT")->required();
    part->add_option("--protocol", options->protocol,
                     "name or JSON file whose levels hold; default: TG-218 and TG-114");
    options->foreign.add_to(*part);
    part->add_option("--grid", options->grid_mm, "dose grid [mm]")->check(CLI::Range(1.0, 10.0));
    part->add_option("--histories", options->statistics.histories, "photons per beam, instead of up to --uncertainty");
    part->add_option("--uncertainty", options->statistics.uncertainty,
                     "mean relative standard error of each beam above half of its maximum")
        ->check(CLI::Range(1e-3, 0.2));
    part->add_option("--patient-position", options->position, "HFS, HFP, FFS or FFP, where the CT does not say");
    part->add_option("--independent", options->independent, "write the Monte Carlo dose (.nii.gz)");
    part->add_option("--csv", options->csv, "write the table to this file");
    part->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
