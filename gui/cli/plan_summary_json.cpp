#include "gui/cli/plan_summary_json.hpp"

#include <nlohmann/json.hpp>

#include "engine/base/version.hpp"
#include "engine/eval/metric.hpp"

namespace coutard::gui {
namespace {

using nlohmann::ordered_json;

ordered_json goal_list(const std::vector<GoalResult>& goals) {
    ordered_json list = ordered_json::array();
    for (const auto& result : goals) {
        ordered_json one{{"structure", result.goal.structure},
                         {"metric", text_of(result.goal.metric)},
                         {"relation", result.goal.relation == Relation::AtMost ? "at_most" : "at_least"},
                         {"limit", result.goal.limit},
                         {"unit", result.unit},
                         {"priority", result.goal.priority},
                         {"status", std::string(text_of(result.status))}};
        one["value"] = result.value ? ordered_json(*result.value) : ordered_json();
        if (!result.reason.empty()) one["reason"] = result.reason;
        one["source"] = result.goal.source;
        list.push_back(std::move(one));
    }
    return list;
}

ordered_json round_list(const std::vector<PlanningRound>& rounds) {
    ordered_json list = ordered_json::array();
    for (const auto& r : rounds) {
        int failing = 0;
        for (const auto& goal : r.goals) failing += goal.status == GoalStatus::Fail;
        list.push_back({{"objective", r.objective},
                        {"kkt", r.kkt},
                        {"iterations", r.iterations},
                        {"end", r.solver_end},
                        {"monitor_units", r.monitor_units},
                        {"normalisation", r.normalisation},
                        {"rms_percent", r.rms_percent},
                        {"failing_goals", failing}});
    }
    return list;
}

}  // namespace

std::string goals_json(const Protocol& protocol, const std::vector<GoalResult>& goals) {
    return ordered_json{{"protocol", protocol.name}, {"goals", goal_list(goals)}, {"note", std::string(disclaimer)}}
               .dump(1) +
           "\n";
}

std::string plan_json(const Protocol& protocol, const PlanningResult& result, const StageTimes& times) {
    ordered_json beams = ordered_json::array();
    for (const auto& beam : result.plan.beams)
        beams.push_back({{"number", beam.number},
                         {"name", beam.name},
                         {"gantry_deg", beam.control_points.front().gantry_deg},
                         {"monitor_units", beam.monitor_units},
                         {"control_points", beam.control_points.size()}});
    ordered_json seconds;
    for (const auto& [stage, value] : times) seconds[stage] = value;
    return ordered_json{{"protocol", protocol.name},
                        {"version", std::string(version)},
                        {"fractions", result.plan.fractions},
                        {"monitor_units", result.plan.monitor_units()},
                        {"gamma_percent", result.gamma.pass_percent()},
                        {"gamma_uncorrected_percent", result.plain_gamma_percent},
                        {"goals", goal_list(result.goals)},
                        {"beams", beams},
                        {"rounds", round_list(result.rounds)},
                        {"notes", result.notes},
                        {"seconds", seconds},
                        {"note", std::string(disclaimer)}}
               .dump(1) +
           "\n";
}

}  // namespace coutard::gui
