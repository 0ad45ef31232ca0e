// coutard validate head: superposition beside Monte Carlo through the head of a machine.
#include <algorithm>
#include <cstdio>
#include <memory>

#include "dose/phantom/head_check.hpp"
#include "gui/cli/validate_parts.hpp"

namespace coutard::gui {
namespace {
using namespace dose;

const HeadCheck* reference_of(const std::vector<HeadCheck>& rows) {
    const auto at = std::find_if(rows.begin(), rows.end(), [](const auto& r) { return r.name == "square10"; });
    return at == rows.end() ? nullptr : &*at;
}

std::string markdown(const FieldOptions& options, const std::vector<HeadCheck>& rows) {
    char voxel[16];
    std::snprintf(voxel, sizeof voxel, "%g", options.voxel_mm);
    std::string text =
        "Machine " + options.machine + ", 100 MU, water 10 cm above the isocentre, voxels of " + voxel +
        " mm (superposition's: half of that, strips a third). Output: mean over 2x2 cm (3x3 cm field: 1x1; from 20x20 "
        "on "
        "4x4 cm) and 8 to 12 cm depth, over that of 10x10 cm. Both doses are averaged over the mirror images that an "
        "aperture has, which are taken as independent; standard errors are means over voxels above half of the "
        "maximum, after and before. In brackets how far superposition is from its images, at most, in % of the "
        "maximum.\n\n"
        "| case | images | standard error compared | of a voxel's own | output factor, Monte Carlo | superposition "
        "| difference | mean difference above 10 %, % of maximum | gamma 2 %/2 mm | time |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n";
    const HeadCheck* reference = reference_of(rows);
    for (const auto& r : rows) {
        char line[400], spread[24] = "";
        if (r.images > 1 || r.asymmetry_percent > 0)
            std::snprintf(spread, sizeof spread, " (%.2f)", r.asymmetry_percent);
        const double mc = reference != nullptr ? reference->output_monte_carlo : 1,
                     sp = reference != nullptr ? reference->output_superposition : 1;
        const double a = r.output_monte_carlo / mc, b = r.output_superposition / sp;
        std::snprintf(line, sizeof line,
                      "| %s: %s | %d%s | %.2f %% | %.2f %% | %.4f +- %.4f | %.4f | %+.2f %% | %+.2f | %.2f %% of %zu | "
                      "%.0f s |\n",
                      r.name.c_str(), r.what.c_str(), r.images, spread, 100 * r.uncertainty, 100 * r.own_uncertainty, a,
                      a * r.output_uncertainty, b, 100 * (b / a - 1), r.difference_percent, r.gamma.pass_percent(),
                      r.gamma.evaluated, r.seconds);
        text += line;
    }
    if (reference == nullptr) text += "\nWithout the 10x10 cm case outputs are doses [Gy].\n";
    return text;
}

}  // namespace

void add_field_options(CLI::App& command, FieldOptions& options) {
    command.add_option("--machine", options.machine, "of data/machines");
    command.add_option("--case", options.cases, "fields by name; default: all");
    command
        .add_option("--uncertainty", options.uncertainty,
                    "mean relative standard error above half of the maximum that Monte Carlo stops at, before images "
                    "are averaged")
        ->check(CLI::Range(1e-3, 0.1));
    command
        .add_option("--voxel", options.voxel_mm,
                    "side of Monte Carlo's voxels [mm]; superposition runs in finer ones and is averaged over them")
        ->check(CLI::IsMember({2.0, 2.5, 4.0, 5.0}));
    command.add_option("--out", options.out, "write the table (Markdown) to this file, field by field");
}

void validate_head(const FieldOptions& options, const Common& common) {
    const auto check = [&](const HeadCase& one, const Progress& progress) {
        return check_head(one, data_folder(), options.uncertainty, common.seed, Device::Cpu, progress);
    };
    run_fields(options, common, head_cases, check, markdown);
}

void add_validate_head(CLI::App& validate, Common& common) {
    auto options = std::make_shared<FieldOptions>();
    auto* head = with_common(
        validate.add_subcommand("head", "superposition against Monte Carlo through a machine's head, ten apertures"),
        common, Summary::None);
    add_field_options(*head, *options);
    head->callback([options, &common] { validate_head(*options, common); });
}

}  // namespace coutard::gui
