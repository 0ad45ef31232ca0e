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

GoalResult not_evaluated(const ClinicalGoal& goal, std::string reason) {
    return {goal, GoalStatus::NotEvaluated, std::nullopt, std::string(unit_of(goal.metric)), std::move(reason)};
}

GoalResult judge(const ClinicalGoal& goal, const StructureDose* dose) {
    if (!dose) return not_evaluated(goal, "no structure " + goal.structure);
    const auto measured = value_of(goal.metric, *dose);
    if (!measured.value) return not_evaluated(goal, measured.why_not);
    GoalResult result = not_evaluated(goal, {});
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
    std::vector<std::string> names;
    for (const auto& dose : doses) names.push_back(dose.name);
    const auto one = the_one_meant(names, name);
    return one ? &doses[*one] : nullptr;
}

std::vector<GoalResult> evaluate_goals(std::span<const ClinicalGoal> goals, std::span<const StructureDose> doses) {
    std::vector<GoalResult> results;
    results.reserve(goals.size());
    for (const auto& goal : goals) {
        try {
            results.push_back(judge(goal, find_structure(doses, goal.structure)));
        } catch (const InputError& ambiguous) {
            results.push_back(not_evaluated(goal, ambiguous.what()));
        }
    }
    return results;
}

std::string text_of(const ClinicalGoal& goal) {
    char limit[48];
    std::snprintf(limit, sizeof limit, "%.6g %s", goal.limit, std::string(unit_of(goal.metric)).c_str());
    return goal.structure + " " + text_of(goal.metric) + (goal.relation == Relation::AtMost ? " <= " : " >= ") + limit;
}

}  // namespace coutard
