// `coutard evaluate adaptation`: what `adapt` found beside the truth of a day that was made by code.
#include "engine/base/error.hpp"
#include "engine/eval/contour_agreement.hpp"
#include "engine/image/resample.hpp"
#include "engine/par/for_each.hpp"
#include "engine/shape/rasterise.hpp"
#include "engine/shape/tg263.hpp"
#include "engine/store/nifti.hpp"
#include "engine/workflow/adaptation_truth.hpp"
#include "gui/cli/adapt_output.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/evaluate_parts.hpp"
#include "gui/cli/result_table.hpp"
#include "gui/cli/wiring.hpp"
#include "registration/quality/field_quality.hpp"
#include "rtdicom/exchange.hpp"

namespace coutard::gui {
namespace {
namespace fs = std::filesystem;
using namespace registration;

struct Options {
    fs::path plan, ct, daily, adapted, csv;
};

/// Everything that lies on disk after `patient`, `plan`, `patient --shift ...` and `adapt`.
struct Day {
    CtImage planning, today;
    StructureSet planned, truth, propagated;
    std::optional<StructureSet> network;
    DisplacementField found, to_planning;

    Day(const Options& options, const Exchange& exchange)
        : planning(exchange.read_ct(options.ct, {})),
          today(exchange.read_ct(options.daily, {})),
          planned(read_structures_of(exchange, options.plan / "RS.dcm", planning)),
          truth(read_structures_of(exchange, options.daily / "RS.dcm", today)),
          propagated(read_structures_of(exchange, options.adapted / "RS.dcm", today)),
          found(read_nifti_field(options.adapted / "field.nii.gz")),
          to_planning(read_nifti_field(options.daily / "to_planning.nii.gz")) {
        if (const auto file = options.adapted / "RS_network.dcm"; fs::exists(file))
            network = read_structures_of(exchange, file, today);
    }
};

std::string spread_text(const Spread& s) {
    char text[100];
    std::snprintf(text, sizeof text, "mean %.2f, p95 %.2f, max %.2f", s.mean, s.p95, s.max);
    return text;
}

void add_field_facts(const Day& day, ResultTable& table) {
    const Grid& grid = day.found.grid();
    const Mask body = resample(body_mask(day.today, &day.truth), grid);
    const auto truth = resample(day.to_planning, grid);
    const auto before = length_figures(truth, body), after = error_figures(day.found, truth, body);
    table.facts.insert(table.facts.end(),
                       {{"displacement_before_mm", spread_text(before)},
                        {"registration_error_mm", spread_text(after)},
                        {"error_mean_mm", after.mean},
                        {"error_p95_mm", after.p95},
                        {"folded_voxels", static_cast<double>(jacobian_figures(day.found, body).folded)}});
}

void add_dose_facts(const std::string& which, const DoseAgreement& agreement, ResultTable& table) {
    table.facts.insert(table.facts.end(), {{which + "_gamma_3_3_percent", agreement.usual.pass_percent()},
                                           {which + "_gamma_2_2_percent", agreement.strict.pass_percent()},
                                           {which + "_mean_difference_Gy", agreement.mean_Gy},
                                           {which + "_p95_difference_Gy", agreement.p95_Gy},
                                           {which + "_max_difference_Gy", agreement.max_Gy}});
}

std::vector<NamedMask> masks_of(const StructureSet& structures, const Grid& grid) {
    std::vector<NamedMask> masks;
    for (const auto& s : structures.structures)
        if (s.role != Role::Support && !s.contours.empty() && s.contours.front().points_mm.size() > 2)
            masks.push_back({standard_name(s.name).name, rasterise(s, grid)});
    return masks;
}

/// DSC and HD95 of a structure of the day against its truth; nothing where either is not drawn.
ContourAgreement agreement(const StructureSet& truth, const StructureSet* test, const std::string& name,
                           const Grid& grid) {
    const Structure *a = truth.find(name), *b = test != nullptr ? test->find(name) : nullptr;
    if (a == nullptr || b == nullptr) return {};
    return compare_contours(rasterise(*a, grid), rasterise(*b, grid), 2);
}

void run(const Options& options, const Common& common) {
    par::set_threads(common.threads);
    const auto exchange = rtdicom::make_exchange();
    common.progress.at(0, "read");
    const Day day(options, *exchange);
    const Dose planned = exchange->read_dose(options.plan / "RD.dcm"),
               of_day = exchange->read_dose(options.adapted / "RD_day.dcm"),
               accumulated = exchange->read_dose(options.adapted / "RD_accumulated.dcm");
    const Plan scheduled = exchange->read_plan(options.adapted / "RP_scheduled.dcm");
    const CourseState state{scheduled.fractions, fractions_done_of(options.adapted / "adapt.json")};

    ResultTable table{
        {{"structure", "structure", 0},
         {"propagated_dice", "propagated DSC", 3},
         {"propagated_hd95_mm", "HD95 [mm]", 1},
         {"network_dice", "network DSC", 3},
         {"true_mean_Gy", "true Dmean [Gy]", 2},
         {"mean_Gy", "found", 2},
         {"true_D95_Gy", "true D95%", 2},
         {"D95_Gy", "found", 2},
         {"true_D2_Gy", "true D2%", 2},
         {"D2_Gy", "found", 2}},
        {},
        {{"fractions", static_cast<double>(state.fractions)},
         {"fractions_before_today", static_cast<double>(state.done)}},
        {"doses: accumulated on the planning CT after today's fraction; true: the same engine on the true "
         "body of the day, carried by the true map"}};
    for (const auto* notes : {&day.planning.notes, &day.today.notes, &day.planned.notes, &planned.notes, &of_day.notes,
                              &accumulated.notes, &scheduled.notes})
        table.notes.insert(table.notes.end(), notes->begin(), notes->end());
    add_field_facts(day, table);
    DoseScene scene = scene_of(day.today, &day.truth, 3);
    scene.dose_grid = of_day.gy.grid();
    const auto engine = dose_engine("superposition", common);
    const auto judged =
        judge_adaptation({day.to_planning, scene}, {planned.gy, of_day.gy, accumulated.gy, scheduled, state},
                         masks_of(day.planned, day.planning.hu.grid()), *engine, common.progress.part(0.1, 0.9));
    add_dose_facts("day", judged.day, table);
    add_dose_facts("accumulated", judged.accumulated, table);
    const Grid& grid = day.today.hu.grid();
    for (const auto& [name, truth, found] : judged.structures) {
        if (truth.empty() || found.empty()) continue;
        const auto moved = agreement(day.truth, &day.propagated, name, grid);
        const auto network = agreement(day.truth, day.network ? &*day.network : nullptr, name, grid);
        table.rows.push_back({name, cell(moved.dice), cell(moved.hd95_mm), cell(network.dice), truth.mean.value(),
                              found.mean.value(), truth.dose_at_percent(95).value(), found.dose_at_percent(95).value(),
                              truth.dose_at_percent(2).value(), found.dose_at_percent(2).value()});
    }
    end_progress();
    show(table, options.csv, common.json);
}

}  // namespace

void add_evaluate_adaptation(CLI::App& evaluate, Common& common) {
    auto options = std::make_shared<Options>();
    auto* command = with_common(
        evaluate.add_subcommand("adaptation", "what `adapt` found beside the truth of a phantom's day"), common);
    command->add_option("--plan", options->plan, "folder that `coutard plan` wrote")->required();
    command->add_option("--ct", options->ct, "planning CT")->required();
    command
        ->add_option("--daily", options->daily, "the day that `coutard patient` wrote (CT, RS.dcm, to_planning.nii.gz)")
        ->required();
    command->add_option("--adapted", options->adapted, "folder that `coutard adapt` wrote")->required();
    command->add_option("--csv", options->csv, "write the table to this file");
    command->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
