#include "engine/eval/goals.hpp"

#include <gtest/gtest.h>

#include "engine/base/error.hpp"
#include "tests/engine/eval/shapes.hpp"

namespace coutard {
namespace {
using namespace test;

StructureDose uniform(const char* name, double gy, int n = 20) {
    const auto grid = cube_grid(n, 2);
    return structure_dose(name, Volume<float>(grid, static_cast<float>(gy)), Mask(grid, 255));
}

ClinicalGoal goal(const char* structure, const char* metric, Relation relation, double limit) {
    return {structure, metric_from_text(metric), relation, limit, 1, "test"};
}

GoalResult judge(const ClinicalGoal& one, const StructureDose& dose) {
    return evaluate_goals(std::span(&one, 1), std::span(&dose, 1)).front();
}

TEST(Goals, PassAndFailOnBothSidesOfTheLimit) {
    const auto cord = uniform("SpinalCord", 45.2);
    EXPECT_EQ(judge(goal("SpinalCord", "Dmean", Relation::AtMost, 45), cord).status, GoalStatus::Fail);
    EXPECT_EQ(judge(goal("SpinalCord", "Dmean", Relation::AtMost, 45.5), cord).status, GoalStatus::Pass);
    EXPECT_EQ(judge(goal("SpinalCord", "Dmean", Relation::AtLeast, 45), cord).status, GoalStatus::Pass);
    EXPECT_EQ(judge(goal("SpinalCord", "V45Gy", Relation::AtLeast, 99), cord).status, GoalStatus::Pass);
    EXPECT_EQ(judge(goal("SpinalCord", "V46Gy", Relation::AtMost, 1), cord).status, GoalStatus::Pass);
    EXPECT_NEAR(*judge(goal("SpinalCord", "Dmean", Relation::AtMost, 45), cord).value, 45.2, 1e-4);
}

TEST(Goals, ComparesAsPrinted) {  // 69.996 reads 70.00; 69.99 does not
    EXPECT_EQ(judge(goal("PTV", "Dmean", Relation::AtLeast, 70), uniform("PTV", 69.996)).status, GoalStatus::Pass);
    EXPECT_EQ(judge(goal("PTV", "Dmean", Relation::AtLeast, 70), uniform("PTV", 69.99)).status, GoalStatus::Fail);
    EXPECT_EQ(judge(goal("PTV", "Dmean", Relation::AtMost, 70), uniform("PTV", 70.004)).status, GoalStatus::Pass);
    EXPECT_EQ(judge(goal("PTV", "Dmean", Relation::AtMost, 70), uniform("PTV", 70.01)).status, GoalStatus::Fail);
}

TEST(Goals, NothingIsGuessed) {
    const auto missing = judge(goal("Brainstem", "D0.1cc", Relation::AtMost, 54), uniform("SpinalCord", 10));
    EXPECT_EQ(missing.status, GoalStatus::NotEvaluated);
    EXPECT_EQ(missing.reason, "no structure Brainstem");
    EXPECT_FALSE(missing.value);
    const auto grid = cube_grid(3, 1);
    const auto empty = structure_dose("Lens_L", Volume<float>(grid, 1), Mask(grid));
    EXPECT_EQ(judge(goal("Lens_L", "Dmax", Relation::AtMost, 10), empty).status, GoalStatus::NotEvaluated);
    const auto tiny =
        judge(goal("Cochlea_L", "D0.1cc", Relation::AtMost, 45), uniform("Cochlea_L", 10, 2));  // 0.064 cm3
    EXPECT_EQ(tiny.status, GoalStatus::NotEvaluated);
    EXPECT_NE(tiny.reason.find("0.064 cm3"), std::string::npos);
    EXPECT_TRUE(evaluate_goals({}, {}).empty());
}

TEST(Goals, UnderstandsSynonymsAfterExactNames) {
    const std::vector<StructureDose> doses{uniform("Cord", 20), uniform("PTV70", 71)};
    ASSERT_NE(find_structure(doses, "SpinalCord"), nullptr);
    EXPECT_EQ(find_structure(doses, "SpinalCord")->name, "Cord");
    EXPECT_EQ(find_structure(doses, "PTV_7000")->name, "PTV70");
    const std::vector<StructureDose> both{uniform("Cord", 20), uniform("SpinalCord", 30)};
    EXPECT_EQ(find_structure(both, "SpinalCord")->name, "SpinalCord");
    EXPECT_EQ(find_structure(both, "Heart"), nullptr);
}

TEST(Goals, AreNotEvaluatedWhereTwoStructuresCouldBeMeant) {
    const std::vector<StructureDose> doses{uniform("Cord", 20), uniform("Myelon", 50)};
    EXPECT_THROW(find_structure(doses, "SpinalCord"), InputError);
    const std::vector<ClinicalGoal> goals{goal("SpinalCord", "Dmean", Relation::AtMost, 45)};
    const auto result = evaluate_goals(goals, doses).front();
    EXPECT_EQ(result.status, GoalStatus::NotEvaluated);
    EXPECT_NE(result.reason.find("Cord and Myelon"), std::string::npos) << result.reason;
}

TEST(Goals, SaysWhatLiesOutsideTheDoseGrid) {
    const auto part = structure_dose("SpinalCord", Volume<float>(cube_grid(10, 2), 5), Mask(cube_grid(20, 2), 255));
    const auto result = judge(goal("SpinalCord", "Dmean", Relation::AtMost, 45), part);
    EXPECT_EQ(result.status, GoalStatus::Pass);
    EXPECT_NE(result.reason.find("87.5 % of the volume lies outside"), std::string::npos) << result.reason;
}

TEST(Goals, ReadAsText) {
    EXPECT_EQ(text_of(goal("SpinalCord", "D0.1cc", Relation::AtMost, 45)), "SpinalCord D0.1cc <= 45 Gy");
    EXPECT_EQ(text_of(goal("Lungs", "V20Gy", Relation::AtMost, 30)), "Lungs V20Gy <= 30 %");
    EXPECT_EQ(text_of(GoalStatus::NotEvaluated), "not evaluated");
}

/// A C-shaped target around a core, as in TG-119: a dose that wraps the C and spares the core must read so.
TEST(Goals, TellAWrappedCShapeFromAFilledOne) {
    const auto grid = cube_grid(50, 2);
    const auto radius = [](const Vec3& p) { return std::hypot(p.x, p.y); };
    const auto in_c = [&](const Vec3& p) { return radius(p) > 15 && radius(p) < 37 && p.y < 10 && std::abs(p.z) < 40; };
    const auto in_core = [&](const Vec3& p) { return radius(p) < 10 && std::abs(p.z) < 45; };
    const std::vector<ClinicalGoal> goals{goal("PTV", "D95%", Relation::AtLeast, 50),
                                          goal("PTV", "D10%", Relation::AtMost, 55),
                                          goal("Core", "D5%", Relation::AtMost, 25)};
    const auto verdicts = [&](const std::function<double(const Vec3&)>& gy) {
        const auto dose = field(grid, gy);
        const std::vector<StructureDose> doses{structure_dose("PTV", dose, covered(grid, in_c)),
                                               structure_dose("Core", dose, covered(grid, in_core))};
        std::vector<GoalStatus> status;
        for (const auto& r : evaluate_goals(goals, doses)) status.push_back(r.status);
        return status;
    };
    const auto wrapped = [&](const Vec3& p) {
        return radius(p) > 40 || radius(p) < 10 ? 20.0 : 20 + 32 * std::min(1.0, (radius(p) - 10) / 4);
    };
    const auto filled = [&](const Vec3& p) { return radius(p) > 40 ? 20.0 : 52.0; };
    EXPECT_EQ(verdicts(wrapped), (std::vector{GoalStatus::Pass, GoalStatus::Pass, GoalStatus::Pass}));
    EXPECT_EQ(verdicts(filled), (std::vector{GoalStatus::Pass, GoalStatus::Pass, GoalStatus::Fail}));
}

}  // namespace
}  // namespace coutard
