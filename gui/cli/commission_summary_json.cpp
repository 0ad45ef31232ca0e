#include <nlohmann/json.hpp>

#include "engine/base/version.hpp"
#include "gui/cli/commission_summary.hpp"

namespace coutard::gui {
using nlohmann::json;

namespace {

json region(const dose::CurveCheck::Region& r) {
    if (r.count == 0) return nullptr;
    return {{"points", r.count}, {"rms", r.rms}, {"worst", r.worst}, {"at_mm", r.at_mm}, {"passes", r.passes()}};
}

}  // namespace

std::string commission_json(const dose::BeamFit& fit, const std::string& machine, const dose::MeasurementSet& measured,
                            const dose::FitOptions& options) {
    json parameters = json::array(), curves = json::array();
    for (const auto& p : fit.parameters)
        parameters.push_back({{"name", p.name},
                              {"before", p.start},
                              {"after", p.value},
                              {"standard_deviation", p.uncertainty},
                              {"determined", p.determined()},
                              {"at_bound", p.at_bound}});
    for (const auto& c : fit.curves) {
        const auto check = dose::check_curve(c, fit.model.machine.sad_mm);
        curves.push_back({{"curve", check.title},
                          {"held_out", check.held_out},
                          {"within_percent", region(check.inside)},
                          {"build_up_percent", region(check.build_up)},
                          {"penumbra_mm", region(check.penumbra)},
                          {"outside_percent", region(check.outside)},
                          {"output_percent", region(check.output)},
                          {"passes", check.passes()}});
    }
    return json{{"machine", machine},
                {"files", measured.files},
                {"held_out", options.hold_out},
                {"parameters", parameters},
                {"curves", curves},
                {"residuals", fit.residuals},
                {"chi2_before_coarse", fit.start_chi2},
                {"chi2", fit.chi2},
                {"fluence_per_mu_cm2", fit.model.fluence_per_mu},
                {"wall_time_s", fit.seconds},
                {"version", version}}
               .dump(1) +
           "\n";
}

}  // namespace coutard::gui
