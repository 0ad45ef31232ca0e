// coutard validate head: superposition beside Monte Carlo through the head of a machine.
#include <algorithm>
#include <cstdio>
#include <memory>

#include "dose/phantom/head_check.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/validate_parts.hpp"

namespace coutard::gui {
namespace {
using namespace dose;

struct HeadOptions {
    std::string machine = "generic_6mv";
    std::vector<std::string> cases;
    double uncertainty = 0.01, voxel_mm = 2.5;
    std::filesystem::path out;
};

const HeadCheck* reference_of(const std::vector<HeadCheck>& rows) {
    const auto at = std::find_if(rows.begin(), rows.end(), [](const auto& r) { return r.name == "square10"; });
    return at == rows.end() ? nullptr : &*at;
}

std::string markdown(const HeadOptions& options, const std::vector<HeadCheck>& rows) {
    char voxel[16];
    std::snprintf(voxel, sizeof voxel, "%g", options.voxel_mm);
    std::string text =
        "Machine " + options.machine + ", 100 MU, water 10 cm above the isocentre, voxels of " + voxel +
        " mm. Output: mean over 2x2 cm (3x3 cm field: 1x1; from 20x20 on 4x4 cm) and 8 to 12 cm depth, over that of "
        "10x10 cm. Both doses "
        "are averaged over the "
        "mirror "
        "images that an aperture has, which are taken as independent; standard errors are means over voxels above half "
        "of the maximum, after and before. In brackets how far superposition is from its images, at most, in % of the "
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

void run(const HeadOptions& options, const Common& common) {
    par::set_threads(common.threads);
    expect_folder_of(options.out);
    const BeamModel model = read_beam_model(data_folder(), options.machine);
    const auto cases = chosen_cases(head_cases(model.machine, options.voxel_mm), options.cases);
    std::vector<HeadCheck> rows;
    for (std::size_t c = 0; c < cases.size(); ++c) {
        const double parts = static_cast<double>(cases.size());
        rows.push_back(
            check_head(cases[c], data_folder(), options.uncertainty, common.seed, Device::Cpu,
                       common.progress.part(static_cast<double>(c) / parts, static_cast<double>(c + 1) / parts)));
        // what is known so far is kept: the whole takes long
        if (!options.out.empty()) write_text_atomically(options.out, markdown(options, rows));
    }
    end_progress();
    std::fputs(markdown(options, rows).c_str(), stdout);
}

}  // namespace

void add_validate_head(CLI::App& validate, Common& common) {
    auto options = std::make_shared<HeadOptions>();
    auto* head = with_common(
        validate.add_subcommand("head", "superposition against Monte Carlo through a machine's head, ten apertures"),
        common, Summary::None);
    head->add_option("--machine", options->machine, "of data/machines");
    head->add_option("--case", options->cases, "apertures by name; default: all");
    head->add_option(
            "--uncertainty", options->uncertainty,
            "mean relative standard error above half of the maximum that Monte Carlo stops at, before images are "
            "averaged")
        ->check(CLI::Range(1e-3, 0.1));
    head->add_option("--voxel", options->voxel_mm, "side of the voxels of both engines [mm]")
        ->check(CLI::IsMember({2.0, 2.5, 4.0, 5.0}));
    head->add_option("--out", options->out, "write the table (Markdown) to this file, case by case");
    head->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
