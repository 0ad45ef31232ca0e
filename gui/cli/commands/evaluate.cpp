// `coutard evaluate`: figures of doses and contours as a table, CSV and JSON.
#include <sstream>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/eval/contour_agreement.hpp"
#include "engine/eval/gamma.hpp"
#include "engine/eval/goals.hpp"
#include "engine/eval/target_levels.hpp"
#include "engine/image/resample.hpp"
#include "engine/par/for_each.hpp"
#include "engine/plan/protocol_json.hpp"
#include "engine/shape/tg263.hpp"
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
    double normalisation_Gy = 0, tolerance_mm = 2;
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

/// Where "voxels of the image grid" are: the CT, else whichever source is a NIfTI.
ImageGrid comparison_grid(const Options& options, const Exchange& exchange) {
    if (!options.ct.empty()) return read_image_grid(exchange, options.ct);
    for (const auto& source : {options.reference, options.evaluated})
        if (const auto nifti = first_nifti(source)) return read_image_grid(exchange, *nifti);
    throw InputError(
        "evaluate contours: found no image grid, expected --ct, or a NIfTI or a folder of them as --reference or "
        "--test");
}

const NamedRegion* same_structure(const std::vector<NamedRegion>& all, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& one : all) names.push_back(one.name);
    const auto at = the_one_meant(names, name);
    return at ? &all[*at] : nullptr;
}

void run_contours(const Options& options, const Common& common) {
    par::set_threads(common.threads);
    const auto exchange = rtdicom::make_exchange();
    common.progress.at(0, "read");
    const auto image = comparison_grid(options, *exchange);
    const auto first = read_region_source(*exchange, options.reference, image.grid, options.only);
    const auto second = read_region_source(*exchange, options.evaluated, image.grid, {});
    check_same_origin(first.origin, second.origin);
    for (const auto* read : {&first, &second}) check_same_origin(image.origin, read->origin);
    const auto &reference = first.list, &test = second.list;
    ResultTable table{{{"structure", "structure", 0},
                       {"dice", "DSC", 4},
                       {"hd95_mm", "HD95 [mm]", 2},
                       {"hd_mm", "HD [mm]", 2},
                       {"mean_surface_mm", "mean surface [mm]", 2},
                       {"surface_dice", "surface Dice", 4},
                       {"added_path_mm", "added path [mm]", 0},
                       {"reference_cm3", "reference [cm3]", 2},
                       {"test_cm3", "test [cm3]", 2}},
                      {},
                      {{"reference", options.reference.string()},
                       {"test", options.evaluated.string()},
                       {"tolerance_mm", options.tolerance_mm}},
                      {}};
    for (const auto* notes : {&image.notes, &first.notes, &second.notes}) add_notes(table, *notes);
    double sum = 0;
    int scored = 0, shared = 0;
    for (const auto& one : reference) {
        common.progress.at(static_cast<double>(table.rows.size()) / static_cast<double>(reference.size()), "compare");
        const auto* other = same_structure(test, one.name);
        // Only a label that the reference lacks is left out; one that the test lacks was not found, and scores 0.
        const auto a = compare_contours(one.mask, other ? other->mask : Mask(one.mask.grid()), options.tolerance_mm);
        table.rows.push_back({one.name, cell(a.dice), cell(a.hd95_mm), cell(a.hd_mm), cell(a.mean_surface_mm),
                              cell(a.surface_dice), a.added_path_mm, a.reference_volume.value(),
                              a.test_volume.value()});
        if (a.dice && a.reference_volume > Cm3{0}) sum += *a.dice, ++scored;
        if (!(a.reference_volume > Cm3{0})) table.notes.push_back(one.name + ": empty in the reference, not scored");
        if (other) ++shared;
        if (!a.dice && a.reference_volume > Cm3{0})
            table.notes.push_back(one.name + ": no voxel is more than half inside, not scored");
        else if (!other)
            table.notes.push_back(one.name + ": not in the test, scores 0");
    }
    end_progress();
    validate(shared > 0, "evaluate contours: no structure of the reference is in the test");
    if (scored > 0) table.facts.push_back({"mean_dice", sum / scored});
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

    auto* contours = add_part(command, common, options, "contours", "agreement of two delineations");
    contours->add_option("--reference", options->reference, "RTSTRUCT, label map, mask or folder of masks")->required();
    contours->add_option("--test", options->evaluated, "the same, to judge")->required();
    contours->add_option("--ct", options->ct,
                         "image whose voxels count; needed when both are RTSTRUCT, else the grid of the first NIfTI");
    contours->add_option("--tolerance", options->tolerance_mm, "of surface Dice [mm]")->check(CLI::NonNegativeNumber);
    contours->add_option("--only", options->only, "names of structures");
    contours->callback([options, &common] { run_contours(*options, common); });

    add_evaluate_registration(*command, common);
    add_evaluate_adaptation(*command, common);
    add_evaluate_plan(*command, common);
    add_evaluate_leaves(*command, common);
}

}  // namespace coutard::gui
