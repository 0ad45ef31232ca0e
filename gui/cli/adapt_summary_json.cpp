#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/error.hpp"
#include "engine/base/version.hpp"
#include "gui/cli/adapt_output.hpp"

namespace coutard::gui {
namespace {
using nlohmann::json;

json goals_of(const std::vector<GoalResult>& goals) {
    json list = json::array();
    for (const auto& g : goals)
        list.push_back({{"goal", text_of(g.goal)},
                        {"priority", g.goal.priority},
                        {"status", text_of(g.status)},
                        {"value", g.value ? json(*g.value) : json()},
                        {"unit", g.unit}});
    return list;
}

json changes_of(const std::vector<StructureChange>& changes) {
    json list = json::array();
    for (const auto& c : changes)
        list.push_back({{"structure", c.name},
                        {"planned_cm3", c.planned_cm3},
                        {"today_cm3", c.today_cm3},
                        {"moved_mm", c.moved_mm},
                        {"network_dsc", c.network_dsc ? json(*c.network_dsc) : json()}});
    return list;
}

}  // namespace

std::string adapt_json(const AdaptRequest& request, const AdaptResult& result,
                       const registration::RegistrationFigures& figures, const StageTimes& times) {
    json seconds;
    for (const auto& [stage, s] : times) seconds[stage] = s;
    const Vec3& shift = result.couch_shift_mm;
    const json summary{{"version", version},
                       {"fractions_done", request.fractions_done},
                       {"fractions", request.plan.fractions},
                       {"couch_shift_mm", {shift.x, shift.y, shift.z}},
                       {"couch_correction", request.couch_correction},
                       {"registration", json::parse(registration::figures_json(figures))},
                       {"structures", changes_of(result.changes)},
                       {"goals",
                        {{"scheduled_today", goals_of(result.scheduled_goals)},
                         {"adapted_today", goals_of(result.adapted.goals)},
                         {"course_if_unchanged", goals_of(result.projected_goals)},
                         {"course_if_adapted", goals_of(result.adapted_course_goals)}}},
                       {"fractions_left", request.plan.fractions - request.fractions_done},
                       {"advice", text_of(result.advice)},
                       {"reasons", result.reasons},
                       {"warnings", result.warnings},
                       {"seconds", seconds}};
    return summary.dump(1) + "\n";
}

int fractions_done_of(const std::filesystem::path& adapt_json_file) {
    std::ifstream in(adapt_json_file);
    if (!in) throw InputError(adapt_json_file.string() + ": cannot be read");
    try {
        return json::parse(in).at("fractions_done").get<int>();
    } catch (const json::exception& problem) {
        throw InputError(adapt_json_file.string() + ": fractions_done: expected a whole number: " + problem.what());
    }
}

}  // namespace coutard::gui
