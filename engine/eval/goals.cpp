#include "engine/eval/goals.hpp"

#include <cstdio>

#include "engine/base/error.hpp"
#include "engine/eval/metric.hpp"
#include "engine/shape/tg263.hpp"

namespace coutard {
namespace {

constexpr double half_last_digit = 0.005;

bool holds(Relation relation, double value, double limit) {
    return relation == Relation::AtMost ? value <= limit + half_last_digit : value >= limit - half_last_digit;
}

GoalResult judge(const ClinicalGoal& goal, const StructureDose* dose) {
    GoalResult result{goal, GoalStatus::NotEvaluated, std::nullopt, std::string(unit_of(goal.metric)), {}};
    if (!dose) {
        result.reason = "no structure " + goal.structure;
        return result;
    }
    const auto measured = value_of(goal.metric, *dose);
    if (!measured.value) {
        result.reason = measured.why_not;
        return result;
    }
    result.value = measured.value;
    result.status = holds(goal.relation, *measured.value, goal.limit) ? GoalStatus::Pass : GoalStatus::Fail;
    const double outside = 100 * (dose->outside_dose_grid / dose->volume());
    if (outside >= 0.05) {
        char text[96];
        std::snprintf(text, sizeof text, "%.1f %% of the volume lies outside the dose grid, counted as 0 Gy", outside);
        result.reason = text;
    }
    return result;
}

}  // namespace

std::string_view text_of(GoalStatus status) {
    switch (status) {
        case GoalStatus::Pass:
            return "pass";
        case GoalStatus::Fail:
            return "fail";
        case GoalStatus::NotEvaluated:
            return "not evaluated";
    }
    throw ContractError("text_of: unknown goal status");
}

const StructureDose* find_structure(std::span<const StructureDose> doses, std::string_view name) {
    for (const auto& dose : doses)
        if (dose.name == name) return &dose;
    const std::string wanted = standard_name(name).name;
    for (const auto& dose : doses)
        if (standard_name(dose.name).name == wanted) return &dose;
    return nullptr;
}

std::vector<GoalResult> evaluate_goals(std::span<const ClinicalGoal> goals, std::span<const StructureDose> doses) {
    std::vector<GoalResult> results;
    results.reserve(goals.size());
    for (const auto& goal : goals) results.push_back(judge(goal, find_structure(doses, goal.structure)));
    return results;
}

std::string text_of(const ClinicalGoal& goal) {
    char limit[48];
    std::snprintf(limit, sizeof limit, "%.6g %s", goal.limit, std::string(unit_of(goal.metric)).c_str());
    return goal.structure + " " + text_of(goal.metric) + (goal.relation == Relation::AtMost ? " <= " : " >= ") + limit;
}

}  // namespace coutard
