#include "engine/workflow/goal_pressure.hpp"

#include <gtest/gtest.h>

namespace coutard {
namespace {

ObjectiveTerm term(const char* structure, ObjectiveKind kind) {
    ObjectiveTerm t{{}, {{0}, {1}}, {}};
    t.objective.structure = structure, t.objective.kind = kind, t.objective.weight = 10;
    return t;
}

GoalResult goal(const char* structure, Relation relation, int priority, GoalStatus status) {
    GoalResult g;
    g.goal.structure = structure, g.goal.relation = relation, g.goal.priority = priority, g.status = status;
    return g;
}

TEST(PressFailing, RaisesWhatPullsAFailingGoalItsWay) {
    std::vector<ObjectiveTerm> terms{term("PTV", ObjectiveKind::MinDose), term("PTV", ObjectiveKind::MaxDose),
                                     term("PTV", ObjectiveKind::UniformDose), term("Cord", ObjectiveKind::MaxDose),
                                     term("Parotid", ObjectiveKind::MeanDose)};
    const std::vector<GoalResult> goals{goal("PTV", Relation::AtLeast, 1, GoalStatus::Fail),
                                        goal("Cord", Relation::AtMost, 1, GoalStatus::Pass),
                                        goal("Parotid", Relation::AtMost, 2, GoalStatus::Fail)};
    press_failing(terms, goals, 1);
    EXPECT_DOUBLE_EQ(terms[0].objective.weight, 25);
    EXPECT_DOUBLE_EQ(terms[1].objective.weight, 10);
    EXPECT_DOUBLE_EQ(terms[2].objective.weight, 25);  // both ways
    EXPECT_DOUBLE_EQ(terms[3].objective.weight, 10);
    EXPECT_DOUBLE_EQ(terms[4].objective.weight, 10);  // of too low a priority
    press_failing(terms, goals, 2);
    EXPECT_DOUBLE_EQ(terms[4].objective.weight, 16);
}

}  // namespace
}  // namespace coutard
