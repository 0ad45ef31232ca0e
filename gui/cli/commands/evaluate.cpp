// `coutard evaluate`: figures of doses and contours as a table, CSV and JSON.
#include <sstream>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/eval/gamma.hpp"
#include "engine/eval/goals.hpp"
#include "engine/eval/target_levels.hpp"
#include "engine/image/resample.hpp"
#include "engine/par/for_each.hpp"
#include "engine/plan/protocol_json.hpp"
#include "engine/store/nifti.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/evaluate_parts.hpp"
#include "gui/cli/evaluate_sources.hpp"
#include "gui/cli/result_table.hpp"
#include "rtdicom/exchange.hpp"

namespace coutard::gui {
namespace {

namespace fs = std::filesystem;

/// Options of all sub-commands; each uses its own.
struct Options {
    fs::path dose, structures, reference, evaluated, ct, csv, map, curves;
    std::string protocol, body = "External";
    std::vector<std::string> only;
    GammaCriteria gamma;
    double normalisation_Gy = 0;
};

void add_notes(ResultTable& table, const std::vector<std::string>& notes) {
    table.notes.insert(table.notes.end(), notes.begin(), notes.end());
}

/// \param protocol whose shells are cut; none: structures as drawn
std::vector<StructureDose> doses_of(const Options& options, const Common& common, ResultTable& table,
                                    const Protocol* protocol = nullptr) {
    const auto exchange = rtdicom::make_exchange();
    common.progress.at(0, "read");
    const Dose dose = read_dose_source(*exchange, options.dose);
    table.notes = dose.notes;
    const Origin origin = origin_of(dose, options.dose);
    std::optional<Grid> grid;
    if (!options.ct.empty()) {
        const auto image = read_image_grid(*exchange, options.ct);
        check_same_origin(origin, image.origin);
        add_notes(table, image.notes);
        grid = image.grid;
    }
    auto read = read_region_source(*exchange, options.structures, grid, options.only);
    check_same_origin(origin, read.origin);
    add_notes(table, read.notes);
    if (protocol) {
        std::vector<LevelMask> masks;
        for (auto& region : read.list) masks.push_back({region.name, &region.mask});
        add_notes(table, cut_shells(*protocol, masks));
    }
    const auto& regions = read.list;
    table.facts = {{"dose", options.dose.string()}, {"structures", options.structures.string()}};
    if (dose.summation != DoseSummation::Plan)
        table.notes.push_back("the dose is not the sum of a plan: figures are those of one beam or fraction");
    std::vector<StructureDose> doses;
    for (const auto& region : regions) {
        common.progress.at(static_cast<double>(doses.size()) / static_cast<double>(regions.size()), "histograms");
        doses.push_back(structure_dose(region.name, dose.gy, region.mask));
        const double outside =
            doses.back().empty() ? 0 : 100 * (doses.back().outside_dose_grid / doses.back().volume());
        std::ostringstream words;
        words.precision(3);
        words << region.name << ": " << outside << " % of its volume lies outside the dose grid and counts as 0 Gy";
        if (outside >= 0.05) table.notes.push_back(words.str());
    }
    return doses;
}

std::vector<ResultCell> dvh_row(const StructureDose& d) {
    if (d.empty()) return {d.name, 0.0, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
    const auto at = [&](double percent) { return ResultCell(d.dose_at_percent(percent).value()); };
    const ResultCell hot = d.volume() < Cm3{0.03} ? ResultCell() : ResultCell(d.dvh.dose_at(Cm3{0.03}).value());
    const Vec3 p = d.maximum_at_mm;
    return {d.name, d.volume().value(), at(98), at(95), at(50), at(2), d.minimum.value(), d.mean.value(),
            hot,    d.maximum.value(),  p.x,    p.y,    p.z};
}

/// Dose [Gy] and volume [%] in two columns per structure would not line up: long form instead.
void write_curves(const fs::path& file, const std::vector<StructureDose>& doses) {
    ResultTable curves{
        {{"structure", "", 0}, {"dose_Gy", "", 2}, {"volume_cm3", "", 4}, {"volume_percent", "", 3}}, {}, {}, {}};
    for (const auto& d : doses) {
        const auto volumes = d.dvh.at_least();
        const auto step = std::max<std::size_t>(1, static_cast<std::size_t>(0.1 / d.dvh.width().value() + 0.5));
        for (std::size_t e = 0; e < volumes.size() && !d.empty(); e += step)
            curves.rows.push_back(
                {d.name, static_cast<double>(e) * d.dvh.width().value(), volumes[e], 100 * volumes[e] / volumes[0]});
    }
    write_text_atomically(file, csv_of(curves));
}

void run_dvh(const Options& options, const Common& common) {
    par::set_threads(common.threads);
    ResultTable table{{{"structure", "structure", 0},
                       {"volume_cm3", "cm3", 2},
                       {"D98_Gy", "D98%", 2},
                       {"D95_Gy", "D95%", 2},
                       {"D50_Gy", "D50%", 2},
                       {"D2_Gy", "D2%", 2},
                       {"min_Gy", "Dmin", 2},
                       {"mean_Gy", "Dmean", 2},
                       {"D0_03cc_Gy", "D0.03cc", 2},
                       {"max_Gy", "Dmax [Gy]", 2},
                       {"max_x_mm", "at x", 1},
                       {"max_y_mm", "y", 1},
                       {"max_z_mm", "z [mm]", 1}},
                      {},
                      {},
                      {}};
    const auto doses = doses_of(options, common, table);
    for (const auto& d : doses) table.rows.push_back(dvh_row(d));
    end_progress();
    if (!options.curves.empty()) write_curves(options.curves, doses);
    show(table, options.csv, common.json);
}

void run_goals(const Options& options, const Common& common) {
    par::set_threads(common.threads);
    const Protocol protocol = find_protocol(options.protocol, data_folder() / "protocols");
    ResultTable table{{{"structure", "structure", 0},
                       {"goal", "goal", 0},
                       {"value", "value", 2},
                       {"unit", "", 0},
                       {"status", "verdict", 0},
                       {"priority", "priority", 0},
                       {"reason", "note", 0}},
                      {},
                      {},
                      {}};
    const auto results = evaluate_goals(protocol.goals, doses_of(options, common, table, &protocol));
    int count[3] = {0, 0, 0};
    for (const auto& r : results) {
        ++count[static_cast<int>(r.status)];
        const std::string whole = text_of(r.goal);
        table.rows.push_back({r.goal.structure, whole.substr(r.goal.structure.size() + 1), cell(r.value), r.unit,
                              std::string(text_of(r.status)), static_cast<double>(r.goal.priority), r.reason});
    }
    table.facts.insert(table.facts.begin(), {"protocol", protocol.name});
    for (const auto status : {GoalStatus::Pass, GoalStatus::Fail, GoalStatus::NotEvaluated})
        table.facts.push_back({std::string(text_of(status)), std::to_string(count[static_cast<int>(status)])});
    end_progress();
    show(table, options.csv, common.json);
}

/// The body on the grid of the reference, when structures are given.
std::optional<Mask> body_of(const Options& options, const Exchange& exchange, const Dose& reference,
                            ResultTable& table) {
    if (options.structures.empty()) return std::nullopt;
    const auto read = read_region_source(exchange, options.structures, std::nullopt, {options.body});
    check_same_origin(origin_of(reference, options.reference), read.origin);
    add_notes(table, read.notes);
    return resample(read.list.front().mask, reference.gy.grid());
}

void run_gamma(const Options& options, const Common& common) {
    par::set_threads(common.threads);
    const auto exchange = rtdicom::make_exchange();
    common.progress.at(0, "read");
    const Dose reference = read_dose_source(*exchange, options.reference),
               evaluated = read_dose_source(*exchange, options.evaluated);
    check_same_origin(origin_of(reference, options.reference), origin_of(evaluated, options.evaluated));
    ResultTable table;
    for (const auto* dose : {&reference, &evaluated}) add_notes(table, dose->notes);
    GammaCriteria criteria = options.gamma;
    if (options.normalisation_Gy > 0) criteria.normalisation = Gy{options.normalisation_Gy};
    const auto body = body_of(options, *exchange, reference, table);
    const auto result = gamma_index(reference.gy, evaluated.gy, criteria, body ? &*body : nullptr, common.progress);
    end_progress();
    if (!options.map.empty()) write_nifti(options.map, result.map, {.description = "gamma index, -1 where not judged"});
    const auto count = [](std::size_t n) { return static_cast<double>(n); };
    table.columns = {{"pass_percent", "passing [%]", 3},
                     {"voxels", "voxels", 0},
                     {"mean", "mean", 4},
                     {"maximum", "greatest", 3},
                     {"beyond", "outside", 0}};
    table.rows = {{result.pass_percent(), count(result.evaluated), result.mean, result.maximum, count(result.beyond)}};
    table.facts = {{"reference", options.reference.string()},
                   {"evaluated", options.evaluated.string()},
                   {"dose_percent", criteria.dose_percent},
                   {"distance_mm", criteria.distance_mm},
                   {"dose_difference", std::string(criteria.local ? "local" : "global")},
                   {"normalisation_Gy", result.normalisation.value()},
                   {"threshold_percent", criteria.threshold_percent},
                   {"cap", criteria.cap}};
    show(table, options.csv, common.json);
}

CLI::App* add_part(CLI::App* parent, Common& common, const std::shared_ptr<Options>& options, const char* name,
                   const char* words) {
    auto* part = with_common(parent->add_subcommand(name, words), common);
    part->add_option("--csv", options->csv, "write the table to this file");
    return part;
}

void add_dose_options(CLI::App* part, const std::shared_ptr<Options>& options) {
    part->add_option("--dose", options->dose, "RTDOSE or NIfTI [Gy]")->required();
    part->add_option("--structures", options->structures, "RTSTRUCT, label map, mask, or folder of masks")->required();
    part->add_option("--ct", options->ct,
                     "rasterise contours on this image; default: a fine grid around each structure");
    part->add_option("--only", options->only, "names of structures");
}

void add_gamma(CLI::App* parent, Common& common, const std::shared_ptr<Options>& options) {
    auto* part = add_part(parent, common, options, "gamma", "gamma index of two doses");
    part->add_option("--reference", options->reference, "measured, Monte Carlo or planned dose: RTDOSE or NIfTI [Gy]")
        ->required();
    part->add_option("--evaluated", options->evaluated, "dose to judge")->required();
    part->add_option("--dose-percent", options->gamma.dose_percent, "dose criterion [%]")->check(CLI::PositiveNumber);
    part->add_option("--distance", options->gamma.distance_mm, "distance criterion [mm]")->check(CLI::PositiveNumber);
    part->add_option("--threshold", options->gamma.threshold_percent, "leave out reference doses below [%]")
        ->check(CLI::Range(0.0, 99.9));
    part->add_option("--normalisation", options->normalisation_Gy, "100 % [Gy]; default: maximum of the reference")
        ->check(CLI::PositiveNumber);
    part->add_flag("--local", options->gamma.local, "percent of the reference dose at each point");
    part->add_option("--cap", options->gamma.cap, "greatest index searched for")->check(CLI::Range(1.01, 10.0));
    part->add_option("--steps", options->gamma.steps, "samples per distance criterion")->check(CLI::Range(10, 100));
    part->add_option("--structures", options->structures,
                     "judge inside a structure of this RTSTRUCT or label map only");
    part->add_option("--body", options->body, "that structure");
    part->add_option("--map", options->map, "write the index of each reference voxel (.nii.gz)");
    part->callback([options, &common] { run_gamma(*options, common); });
}

}  // namespace

void add_evaluate(CLI::App& app, Common& common) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("evaluate", "figures of doses, contours and registrations as table, CSV, JSON");
    command->require_subcommand(1);

    auto* dvh = add_part(command, common, options, "dvh", "dose statistics and histograms of structures");
    add_dose_options(dvh, options);
    dvh->add_option("--curves", options->curves, "write the histograms to this CSV (steps of 0.1 Gy)");
    dvh->callback([options, &common] { run_dvh(*options, common); });

    auto* goals =
        add_part(command, common, options, "goals", "clinical goals of a protocol: pass, fail, not evaluated");
    add_dose_options(goals, options);
    goals->add_option("--protocol", options->protocol, "name or JSON file")->required();
    goals->callback([options, &common] { run_goals(*options, common); });

    add_gamma(command, common, options);

    add_evaluate_contours(*command, common);
    add_evaluate_registration(*command, common);
    add_evaluate_adaptation(*command, common);
    add_evaluate_plan(*command, common);
    add_evaluate_leaves(*command, common);
}

}  // namespace coutard::gui
