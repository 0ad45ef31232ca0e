// The Markdown of `coutard commission --report`.
#include <cmath>
#include <cstdio>
#include <tuple>

#include "dose/commissioning/fit_check.hpp"

namespace coutard::dose {
namespace {

template <class... T>
std::string line_of(const char* format, T... values) {
    char text[600];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& w : words) out += (out.empty() ? "" : ", ") + w;
    return out.empty() ? "none" : out;
}

std::string parameters(const BeamFit& fit) {
    std::string out = "| parameter | before | after | standard deviation | |\n|---|---|---|---|---|\n";
    for (const auto& p : fit.parameters)
        out += line_of("| `%s` | %.4g | %.4g | %.2g | %s |\n", p.name.c_str(), p.start, p.value, p.uncertainty,
                       p.at_bound        ? "**at its bound**"
                       : !p.determined() ? "hardly determined by these data: half of the assumed spread or more is left"
                                         : "");
    return out;
}

std::string cell(const CurveCheck::Region& r, const char* unit) {
    if (r.count == 0) return "";
    return line_of("%s%+.2f%s (rms %.2f)%s", r.passes() ? "" : "**", r.worst, unit, r.rms, r.passes() ? "" : "**");
}

/// Curves within the tolerance, of those that have the region.
std::string share(const std::vector<CurveCheck>& all, CurveCheck::Region CurveCheck::*region, bool held) {
    std::size_t has = 0, good = 0;
    double worst = 0;
    for (const auto& c : all) {
        const auto& r = c.*region;
        if (c.held_out != held || r.count == 0) continue;
        ++has;
        good += r.passes();
        if (std::abs(r.worst) > std::abs(worst)) worst = r.worst;
    }
    return has == 0 ? "" : line_of("%zu of %zu, worst %+.2f", good, has, worst);
}

}  // namespace

std::string commissioning_markdown(const BeamFit& fit, const std::string& machine, const MeasurementSet& measured,
                                   const FitOptions& options, const std::vector<std::string>& figures) {
    std::vector<CurveCheck> checks;
    for (const auto& c : fit.curves) checks.push_back(check_curve(c, fit.model.machine.sad_mm));
    std::string out = "# Beam model of " + machine + "\n\n";
    out += "Fitted by collapsed-cone superposition to " + std::to_string(measured.curves.size()) + " curves of " +
           joined(measured.files) + ". Held out, predicted and not fitted: " + joined(options.hold_out) +
           ". **Agreement is with these data only; a medical physicist decides whether the model may be used.**\n\n";
    out += line_of("Sum of squares over %zu residuals: %.0f before (coarse grid), %.0f after; %d rounds, %.0f s.\n\n",
                   fit.residuals, fit.start_chi2, fit.chi2, fit.rounds, fit.seconds);
    if (!measured.ignored.empty()) out += "Not read: " + joined(measured.ignored) + ".\n\n";
    out += "## Parameters\n\n" + parameters(fit);
    out += line_of(
        "\nCalibration: %.6e focal photons/cm2 per MU: 0.01 Gy per MU under the conditions in the machine "
        "file%s.\n",
        fit.model.fluence_per_mu, options.calibrate ? "" : " (not calculated anew)");
    out +=
        "\n## Tolerances of AAPM MPPG 5.b\n\n| region | tolerance | fitted: curves within | held out: curves within "
        "|\n|---|---|---|---|\n";
    using C = CurveCheck;
    for (const auto& [name, limit, region] :
         {std::tuple{"depth dose beyond the maximum; profile within the field", "2 %", &C::inside},
          std::tuple{"penumbra, shift of 20, 50 and 80 %", "2 mm", &C::penumbra},
          std::tuple{"outside of the field, of the axis", "3 %", &C::outside},
          std::tuple{"output factor", "2 %", &C::output}})
        out += std::string("| ") + name + " | " + limit + " | " + share(checks, region, false) + " | " +
               share(checks, region, true) + " |\n";
    out +=
        "\n## Curves\n\nWorst difference, calculated less measured, and root of the mean square. Depth doses: % of "
        "the local dose, build-up from 3 mm % of the maximum. Profiles: % of the axis. Bold: beyond the "
        "tolerance.\n\n| curve | within | build-up | penumbra | outside | output | rms before, % |\n"
        "|---|---|---|---|---|---|---|\n";
    for (std::size_t c = 0; c < checks.size(); ++c) {
        const CurveCheck& k = checks[c];
        out += "| " + k.title + (k.held_out ? " (held out)" : "") + " | " + cell(k.inside, " %") + " | " +
               cell(k.build_up, " %") + " | " + cell(k.penumbra, " mm") + " | " + cell(k.outside, " %") + " | " +
               cell(k.output, " %") + line_of(" | %.2f |\n", 100 * fit.curves[c].start_rms);
    }
    if (!figures.empty()) out += "\n## Figures\n\nDots measured, line calculated, below: calculated less measured.\n";
    for (std::size_t c = 0; c < figures.size(); ++c)
        if (!figures[c].empty()) out += "\n![" + checks[c].title + "](" + figures[c] + ")\n";
    return out;
}

}  // namespace coutard::dose
