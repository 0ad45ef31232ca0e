#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "dose/commissioning/fit_check.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

using Json = nlohmann::ordered_json;
constexpr double fwhm_per_sigma = 2.3548200450309493;  // 2 sqrt(2 ln 2)

/// Objects over several lines, lists of numbers on one: as people write machine files.
void write(const Json& json, std::string& out, int depth) {
    const std::string pad(static_cast<std::size_t>(depth + 1), ' ');
    if (json.is_object() || (json.is_array() && !json.empty() && json.front().is_string())) {
        out += json.is_object() ? "{\n" : "[\n";
        bool first = true;
        for (const auto& [key, value] : json.items()) {
            if (!first) out += ",\n";
            first = false;
            out += pad;
            if (json.is_object()) out += Json(key).dump() + ": ";
            write(value, out, depth + 1);
        }
        out += "\n" + std::string(static_cast<std::size_t>(depth), ' ') + (json.is_object() ? "}" : "]");
    } else if (json.is_array()) {
        out += "[";
        for (std::size_t i = 0; i < json.size(); ++i) out += (i > 0 ? ", " : "") + json[i].dump();
        out += "]";
    } else {
        out += json.dump();
    }
}

/// Six figures: what a fit can know.
double rounded(double value) {
    if (value == 0) return 0;
    const double scale = std::pow(10, 5 - std::floor(std::log10(std::abs(value))));
    return std::round(value * scale) / scale;
}

void remark(Json& object, const std::string& what) {
    const std::string old = object.contains("note") ? object["note"].get<std::string>() : "";
    object["note"] = old.empty() ? what : what + "; the start said: " + old;
}

}  // namespace

std::string fitted_machine_json(const std::filesystem::path& start, const BeamFit& fit, const std::string& name,
                                const std::string& source) {
    std::ifstream in(start);
    Json json = Json::parse(in, nullptr, false);
    validate(json.is_object() && json.contains("beam_model"), start.string() + ": is no machine file");
    const BeamModel& m = fit.model;
    const std::string by = "fitted by coutard commission to " + source;
    json["name"] = name;
    Json& beam = json["beam_model"];
    const auto fits = [&](FitTarget target) {
        for (const auto& p : fit.parameters)
            if (p.target == target) return true;
        return false;
    };
    if (fits(FitTarget::SpectrumPower)) {
        Json with;  // beside the spectrum that it changes
        for (const auto& [key, value] : beam.items()) {
            if (key == "spectrum_power") continue;
            with[key] = value;
            if (key == "spectrum") with["spectrum_power"] = rounded(m.spectrum_power);
        }
        beam = with;
    }
    std::string shape = fits(FitTarget::SpectrumPower) ? "spectrum_power" : "";
    const auto name_it = [&](const char* key) { shape += (shape.empty() ? "" : ", ") + std::string(key); };
    if (fits(FitTarget::SpotX) || fits(FitTarget::SpotY)) {
        beam["focal_spot_fwhm_mm"] =
            Json::array({rounded(m.focal.sigma_x_mm * fwhm_per_sigma), rounded(m.focal.sigma_y_mm * fwhm_per_sigma)});
        name_it("focal_spot_fwhm_mm");
    }
    if (fits(FitTarget::OffAxis)) {
        beam["off_axis_factor"] = Json::array();
        for (double f : m.off_axis_factor) beam["off_axis_factor"].push_back(rounded(f));
        name_it("off_axis_factor");
    }
    if (!shape.empty()) remark(beam, shape + " " + by);
    if (fits(FitTarget::ExtraFluence) || fits(FitTarget::ExtraWidth)) {
        beam["extra_focal"]["fluence"] = rounded(m.extra_focal->fluence);
        beam["extra_focal"]["fwhm_mm"] = rounded(m.extra_focal->sigma_x_mm * fwhm_per_sigma);
        remark(beam["extra_focal"], "fluence and fwhm_mm " + by);
    }
    if (fits(FitTarget::ElectronFluence)) {
        beam["electrons"]["fluence"] = rounded(m.electrons->disc.fluence);
        remark(beam["electrons"], "fluence " + by);
    }
    if (fits(FitTarget::Backscatter)) {
        beam["monitor_backscatter"]["upper_jaws"] = rounded(m.backscatter.upper);
        beam["monitor_backscatter"]["lower_jaws"] = rounded(m.backscatter.lower);
        remark(beam["monitor_backscatter"], "one factor on both " + by);
    }
    beam["calibration"]["command"] = "coutard phantom --calibrate " + name;
    beam["calibration"]["fluence_per_mu_cm2"] = m.fluence_per_mu;
    if (!json.contains("notes")) json["notes"] = Json::array();
    json["notes"].insert(json["notes"].begin(), "Beam model " + by + "; see the report of that fit.");
    std::string out;
    write(json, out, 0);
    return out + "\n";
}

}  // namespace coutard::dose
