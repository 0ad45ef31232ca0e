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

/// REG or NIfTI. \throws InputError a REG without a deformable part
DisplacementField read_field_source(const Exchange& exchange, const fs::path& source) {
    if (is_nifti(source)) return read_nifti_field(source);
    const RegistrationObject object = exchange.read_registration(source);
    validate(object.field.has_value(), source.string() + ": found a rigid registration, expected a displacement field");
    return *object.field;
}

std::vector<ResultCell> row(const std::string& what, const Spread& s) {
    return {what, s.mean, s.median, s.p95, s.max, static_cast<double>(s.count)};
}

void run(const Options& options, const Common& common) {
    par::set_threads(common.threads);
    const auto exchange = rtdicom::make_exchange();
    common.progress.at(0, "read");
    const DisplacementField field = read_field_source(*exchange, options.field);
    std::optional<Mask> body;
    if (!options.structures.empty())
        body = resample(read_regions(*exchange, options.structures, {}, {options.body}).front().mask, field.grid());
    common.progress.at(0.3, "figures");
    ResultTable table{{{"figure", "", 0},
                       {"mean_mm", "mean [mm]", 2},
                       {"median_mm", "median", 2},
                       {"p95_mm", "p95", 2},
                       {"max_mm", "max", 2},
                       {"voxels", "voxels", 0}},
                      {},
                      {{"field", options.field.string()}},
                      {}};
    table.rows.push_back(row("displacement", length_figures(field, body)));
    if (!options.back.empty())
        table.rows.push_back(
            row("inverse consistency", consistency_figures(field, read_field_source(*exchange, options.back), body)));
    if (!options.truth.empty()) {
        const auto truth = resample(read_field_source(*exchange, options.truth), field.grid());
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
