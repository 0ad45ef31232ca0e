// coutard validate mppg: fields after AAPM MPPG 5.b, superposition against our own Monte Carlo.
#include <cmath>
#include <cstdio>
#include <memory>

#include "dose/phantom/mppg_check.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "gui/cli/command.hpp"
#include "gui/cli/console.hpp"
#include "gui/cli/validate_parts.hpp"

namespace coutard::gui {
namespace {
using namespace dose;

struct MppgOptions {
    std::string machine = "generic_6mv";
    std::vector<std::string> cases;
    double uncertainty = 0.01, voxel_mm = 2.5;
    std::filesystem::path out;
};

template <class... T>
std::string line_of(const char* format, T... values) {
    char text[600];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

std::string cell(const RegionCheck& r, const char* unit) {
    if (r.voxels == 0) return "no voxel";
    const char* bold = r.verdict() == Verdict::Missed ? "**" : "";
    return line_of("%s%+.2f +- %.2f %s (%g); %.1f %% of %zu, by noise %.1f%s", bold, r.mean, r.sigma, unit, r.tolerance,
                   r.within, r.voxels, r.expected, bold);
}

std::string cell(const RayCheck& r, double tolerance) {
    const char* bold = judged(r.mean, r.sigma, tolerance) == Verdict::Missed ? "**" : "";
    return line_of("%s%+.2f +- %.2f %%%s", bold, r.mean, r.sigma, bold);
}

std::string markdown(const MppgOptions& options, const std::vector<MppgCheck>& rows) {
    std::string text =
        "# Fields after AAPM MPPG 5.b: " + options.machine + "\n\nWritten by\n\n    coutard validate mppg --machine " +
        options.machine + line_of(" --voxel %g --uncertainty %g", options.voxel_mm, options.uncertainty) +
        "\n\n**Superposition against our own Monte Carlo through one model of the head, not against "
        "measurements: until someone brings those, this says how well superposition does what the model of "
        "the machine says, and nothing of the model.**\n\n"
        "Tests and tolerances: Geurts et al., J Appl Clin Med Phys 23 (2022) e13641 (MPPG 5.b), table 1; the "
        "fields' wording is that of Smilowitz et al., J Appl Clin Med Phys 16(5) (2015) 14 (5.a, whose "
        "penumbra tolerance was 3 mm). Doses are absolute, 100 MU, 2 to 18 cm deep. *Middle*: along the ray through "
        "the middle of the field, 5 mm wide, in the upper and the lower half of the depths, % (tolerance that of "
        "high). *High*: in the field, % of "
        "the local dose (2; 5 where several parameters change; 3 behind lung). *Penumbra*: where the gradient "
        "over 2 mm outweighs the dose tolerance; the common shift, outwards positive. *Tail*: to 5 cm from the "
        "edge, % of the maximum (3). Each: mean difference with its standard error (tolerance); voxels off by "
        "at most the tolerance and two sigma of Monte Carlo, and what noise alone would leave of them. Errors of means "
        "are scored as such, not put together from voxels. A region "
        "is met when its mean is within the tolerance and 95 % of its voxels are (MPPG names no share); open where two "
        "standard errors would change that: run it longer. Bold: missed.\n\nNot there: 5.1 to 5.3 (calibration and "
        "spot checks: head.md), 5.8 oblique incidence (slab "
        "phantoms do not turn the beam), wedges (no machine has them), 7.3 and later.\n\n"
        "| test | field | middle, upper half | lower half | high | penumbra | tail | | Monte Carlo's standard error, "
        "images | time |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n";
    for (const auto& r : rows)
        text += "| " + r.test + " | " + r.name + ": " + r.what + " | " + cell(r.shallow, r.regions.high.tolerance) +
                " | " + cell(r.deep, r.regions.high.tolerance) + " | " + cell(r.regions.high, "%") + " | " +
                cell(r.regions.penumbra, "mm") + " | " + cell(r.regions.tail, "%") +
                (r.verdict() == Verdict::Met    ? " | met"
                 : r.verdict() == Verdict::Open ? " | open"
                                                : " | **missed**") +
                line_of(" | %.2f %%, %d | %.0f s |\n", 100 * r.uncertainty, r.images, r.seconds);
    return text;
}

void run(const MppgOptions& options, const Common& common) {
    par::set_threads(common.threads);
    expect_folder_of(options.out);
    const BeamModel model = read_beam_model(data_folder(), options.machine);
    const auto cases = chosen_cases(mppg_cases(model.machine, options.voxel_mm), options.cases);
    std::vector<MppgCheck> rows;
    for (std::size_t c = 0; c < cases.size(); ++c) {
        const double parts = static_cast<double>(cases.size());
        rows.push_back(check_mppg(
            cases[c], data_folder(), {.uncertainty = options.uncertainty, .seed = common.seed, .regions = {}},
            common.progress.part(static_cast<double>(c) / parts, static_cast<double>(c + 1) / parts)));
        // what is known so far is kept: the whole takes long
        if (!options.out.empty()) write_text_atomically(options.out, markdown(options, rows));
    }
    end_progress();
    std::fputs(markdown(options, rows).c_str(), stdout);
}

}  // namespace

void add_validate_mppg(CLI::App& validate, Common& common) {
    auto options = std::make_shared<MppgOptions>();
    auto* mppg = with_common(
        validate.add_subcommand("mppg", "fields after AAPM MPPG 5.b: superposition against our own Monte Carlo"),
        common, Summary::None);
    mppg->add_option("--machine", options->machine, "of data/machines");
    mppg->add_option("--case", options->cases, "fields by name; default: all");
    mppg->add_option(
            "--uncertainty", options->uncertainty,
            "mean relative standard error above half of the maximum that Monte Carlo stops at, before images are "
            "averaged")
        ->check(CLI::Range(1e-3, 0.1));
    mppg->add_option("--voxel", options->voxel_mm, "side of the voxels of both engines [mm]")
        ->check(CLI::IsMember({2.0, 2.5, 4.0, 5.0}));
    mppg->add_option("--out", options->out, "write the table (Markdown) to this file, field by field");
    mppg->callback([options, &common] { run(*options, common); });
}

}  // namespace coutard::gui
