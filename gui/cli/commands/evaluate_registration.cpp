// `coutard evaluate registration`: figures of a displacement field, against a known truth where there is one.
#include "engine/base/error.hpp"
#include "engine/image/resample.hpp"
#include "engine/par/for_each.hpp"
#include "engine/store/nifti.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/evaluate_parts.hpp"
#include "gui/cli/evaluate_sources.hpp"
#include "gui/cli/result_table.hpp"
#include "registration/quality/field_quality.hpp"
#include "rtdicom/exchange.hpp"

namespace coutard::gui {
namespace {
namespace fs = std::filesystem;
using namespace registration;

struct Options {
    fs::path field, truth, back, structures, csv;
    std::string body = "External";
};

/// A displacement field and the frames of reference that it joins; NIfTI names none.
struct Field {
    DisplacementField u;
    Origin fixed, moving;
};

/// REG or NIfTI. \throws InputError a REG without a deformable part
Field read_field_source(const Exchange& exchange, const fs::path& source) {
    const std::string name = source.string();
    if (is_nifti(source)) return {read_nifti_field(source), {name, {}, {}}, {name, {}, {}}};
    const RegistrationObject object = exchange.read_registration(source);
    validate(object.field.has_value(), name + ": found a rigid registration, expected a displacement field");
    return {*object.field, {name, {}, object.fixed_frame_uid}, {name, {}, object.moving_frame_uid}};
}

/// The true field on the grid of the one that was found, between the same two images.
DisplacementField read_truth(const Exchange& exchange, const fs::path& source, const Field& found) {
    const Field truth = read_field_source(exchange, source);
    check_same_origin(found.fixed, truth.fixed);
    check_same_origin(found.moving, truth.moving);
    return resample(truth.u, found.u.grid());
}

/// The field found the other way round.
DisplacementField read_back(const Exchange& exchange, const fs::path& source, const Field& found) {
    const Field back = read_field_source(exchange, source);
    check_same_origin(found.moving, back.fixed);
    check_same_origin(found.fixed, back.moving);
    return back.u;
}

std::vector<ResultCell> row(const std::string& what, const Spread& s) {
    return {what, s.mean, s.median, s.p95, s.max, static_cast<double>(s.count)};
}

void run(const Options& options, const Common& common) {
    par::set_threads(common.threads);
    const auto exchange = rtdicom::make_exchange();
    common.progress.at(0, "read");
    const Field found = read_field_source(*exchange, options.field);
    const DisplacementField& field = found.u;
    std::optional<Mask> body;
    std::vector<std::string> notes;
    if (!options.structures.empty()) {
        const auto read = read_region_source(*exchange, options.structures, {}, {options.body});
        check_same_origin(found.fixed, read.origin);
        body = resample(read.list.front().mask, field.grid());
        notes = read.notes;
    }
    common.progress.at(0.3, "figures");
    ResultTable table{{{"figure", "", 0},
                       {"mean_mm", "mean [mm]", 2},
                       {"median_mm", "median", 2},
                       {"p95_mm", "p95", 2},
                       {"max_mm", "max", 2},
                       {"voxels", "voxels", 0}},
                      {},
                      {{"field", options.field.string()}},
                      notes};
    table.rows.push_back(row("displacement", length_figures(field, body)));
    if (!options.back.empty())
        table.rows.push_back(
            row("inverse consistency", consistency_figures(field, read_back(*exchange, options.back, found), body)));
    if (!options.truth.empty()) {
        const auto truth = read_truth(*exchange, options.truth, found);
        table.facts.push_back({"truth", options.truth.string()});
        table.rows.push_back(row("true displacement", length_figures(truth, body)));
        table.rows.push_back(row("error", error_figures(field, truth, body)));
    }
    const auto jacobian = jacobian_figures(field, body);
    table.facts.insert(table.facts.end(), {{"jacobian_min", jacobian.min},
                                           {"jacobian_mean", jacobian.mean},
                                           {"jacobian_max", jacobian.max},
                                           {"folded_voxels", static_cast<double>(jacobian.folded)}});
    table.facts.push_back({"where", body ? options.body : std::string("the whole field")});
    end_progress();
    show(table, options.csv, common.json);
}

}  // namespace

void add_evaluate_registration(CLI::App& evaluate, Common& common) {
    auto options = std::make_shared<Options>();
    auto* command = with_common(
        evaluate.add_subcommand("registration", "displacement, folding, inverse consistency, error [mm]"), common);
    command->add_option("--field", options->field, "REG or displacement field (NIfTI)")->required();
    command->add_option("--truth", options->truth,
                        "the true field, on any grid, from the same image to the same image");
    command->add_option("--back", options->back, "the field found the other way round, for inverse consistency");
    command->add_option("--structures", options->structures, "judge inside a structure of the fixed image only");
    command->add_option("--body", options->body, "that structure");
    command->add_option("--csv", options->csv, "write the table to this file");
    command->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
