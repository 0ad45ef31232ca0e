#include <nlohmann/json.hpp>

#include "engine/base/version.hpp"
#include "gui/cli/journey_summary.hpp"

namespace coutard::gui {
using nlohmann::json;

std::string demo_json(const std::vector<JourneyStep>& steps, const std::filesystem::path& out) {
    json list = json::array();
    double sum = 0;
    for (const auto& step : steps) {
        list.push_back({{"what", step.what}, {"command", step.words}, {"wall_time_s", step.seconds}});
        sum += step.seconds;
    }
    const auto in = [&](const char* name) { return (out / name).string(); };
    return json{{"steps", list},
                {"wall_time_s", sum},
                {"patient", in("patient")},
                {"contours", in("contours.dcm")},
                {"plan", in("plan")},
                {"day", in("day")},
                {"adapted", in("adapted")},
                {"reports", {in("plan/report.html"), in("adapted/report.html")}},
                {"version", version}}
               .dump(1) +
           "\n";
}

std::string patient_json(const PhantomWritten& written) {
    return json{{"recipe", written.recipe},
                {"kind", written.kind},
                {"folder", written.folder.string()},
                {"individual", written.individual},
                {"seed", written.seed},
                {"count", written.count},
                {"slices", written.slices},
                {"structures", written.structures},
                {"version", version}}
               .dump(1) +
           "\n";
}

std::string label_names_json(const std::vector<std::string>& names) {
    json bits = json::array();
    for (std::size_t b = 0; b < names.size(); ++b) bits.push_back({{"bit", b}, {"structure", names[b]}});
    return json{{"bits", bits}}.dump(1) + "\n";
}

}  // namespace coutard::gui
