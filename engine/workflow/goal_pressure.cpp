#include "engine/workflow/goal_pressure.hpp"

#include <algorithm>

namespace coutard {
namespace {

constexpr double first_pressure = 2.5, later_pressure = 1.6;

bool lifts(const Objective& o) {
    return o.kind == ObjectiveKind::MinDose || o.kind == ObjectiveKind::MinDvh ||
           (o.kind == ObjectiveKind::Geud && o.a < 0);
}

bool pulls(const Objective& o, const ClinicalGoal& goal) {
    if (goal.structure != o.structure) return false;
    return o.kind == ObjectiveKind::UniformDose || lifts(o) == (goal.relation == Relation::AtLeast);
}

}  // namespace

void press_failing(std::vector<ObjectiveTerm>& terms, std::span<const GoalResult> goals, int lowest_priority) {
    for (auto& term : terms) {
        double pressure = 1;
        for (const GoalResult& g : goals)
            if (g.status == GoalStatus::Fail && g.goal.priority <= lowest_priority && pulls(term.objective, g.goal))
                pressure = std::max(pressure, g.goal.priority == 1 ? first_pressure : later_pressure);
        term.objective.weight *= pressure;
    }
}

}  // namespace coutard
