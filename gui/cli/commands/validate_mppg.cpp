// coutard validate mppg: fields after AAPM MPPG 5.b, superposition against our own Monte Carlo.
#include <cmath>
#include <cstdio>
#include <memory>

#include "dose/phantom/mppg_check.hpp"
#include "gui/cli/validate_parts.hpp"

namespace coutard::gui {
namespace {
using namespace dose;

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

std::string markdown(const FieldOptions& options, const std::vector<MppgCheck>& rows) {
    std::string text =
        "# Fields after AAPM MPPG 5.b: " + options.machine + "\n\nWritten by\n\n    coutard validate mppg --machine " +
        options.machine + line_of(" --voxel %g --uncertainty %g", options.voxel_mm, options.uncertainty) +
        "\n\n**Superposition against our own Monte Carlo through one model of the head, not against "
        "measurements: until someone brings those, this says how well superposition does what the model of "
        "the machine says, and nothing of the model.**\n\n"
        "Tests and tolerances: Geurts et al., J Appl Clin Med Phys 23 (2022) e13641 (MPPG 5.b), table 1; the "
        "fields' wording is that of Smilowitz et al., J Appl Clin Med Phys 16(5) (2015) 14 (5.a, whose "
        "penumbra tolerance was 3 mm). Doses are absolute, 100 MU, 2 to 18 cm deep; superposition runs in voxels of "
        "half the side and is averaged over Monte Carlo's. *Middle*: along the ray through "
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

}  // namespace

void validate_mppg(const FieldOptions& options, const Common& common) {
    const auto check = [&](const MppgCase& one, const Progress& progress) {
        return check_mppg(one, data_folder(), {.uncertainty = options.uncertainty, .seed = common.seed, .regions = {}},
                          progress);
    };
    run_fields(options, common, mppg_cases, check, markdown);
}

void add_validate_mppg(CLI::App& validate, Common& common) {
    auto options = std::make_shared<FieldOptions>();
    auto* mppg = with_common(
        validate.add_subcommand("mppg", "fields after AAPM MPPG 5.b: superposition against our own Monte Carlo"),
        common, Summary::None);
    add_field_options(*mppg, *options);
    mppg->callback([options, &common] { validate_mppg(*options, common); });
}

}  // namespace coutard::gui
