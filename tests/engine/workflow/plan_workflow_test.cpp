// The planning journey on a cylinder with a toy dose engine: goals, machine limits, and what is refused.
#include "engine/workflow/plan_workflow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.hpp"
#include "engine/optimise/leaf_fluence.hpp"
#include "engine/workflow/planning_setup.hpp"
#include "tests/engine/workflow/cylinder_patient.hpp"
#include "tests/harness/toy_dose_engine.hpp"

namespace coutard {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using Patient = test::CylinderPatient;
using test::tube;
std::string refusal(const Patient& patient) {
    try {
        make_plan(patient.request(), test::ToyDoseEngine(patient.machine), {});
    } catch (const InputError& problem) {
        return problem.what();
    }
    return "";
}

void expect_deliverable(const PlanningResult& result, const Machine& machine, double rate) {
    for (const auto& beam : result.plan.beams) {
        const auto broken = broken_limits(beam, machine, rate);
        EXPECT_TRUE(broken.empty()) << beam.name << ": " << broken.front();
    }
}

TEST(PlanWorkflow, SlidingWindowMeetsItsGoalsAndSaysWhatWasMissing) {
    const Patient patient;
    const auto result = make_plan(patient.request(), test::ToyDoseEngine(patient.machine), {});
    ASSERT_EQ(result.goals.size(), 5U);
    for (int g = 0; g < 4; ++g)
        EXPECT_EQ(result.goals[static_cast<std::size_t>(g)].status, GoalStatus::Pass)
            << text_of(result.goals[static_cast<std::size_t>(g)].goal) << " "
            << *result.goals[static_cast<std::size_t>(g)].value;
    EXPECT_EQ(result.goals[4].status, GoalStatus::NotEvaluated);
    EXPECT_THAT(result.notes, ::testing::Contains(HasSubstr("Parotid_L")));
    EXPECT_NEAR(*result.goals[0].value, 70, 0.3);  // normalised
    EXPECT_GT(result.gamma.pass_percent(), 99);
    EXPECT_GT(result.plain_gamma_percent, 95);
    EXPECT_EQ(result.plan.beams.size(), 5U);
    EXPECT_EQ(result.plan.target, "PTV_7000");
    EXPECT_NEAR(result.plan.beams[0].isocentre_mm.y, -15, 1.5);
    expect_deliverable(result, patient.machine, 300);
}

TEST(PlanWorkflow, ArcsMeetTheGoalsOfTheirFields) {
    const Patient patient;
    auto request = patient.request();
    request.technique = Technique::Vmat;
    request.arcs.arcs = 1;
    request.arcs.directions = 15;
    request.arcs.interval_deg = 4;
    const auto result = make_plan(request, test::ToyDoseEngine(patient.machine), {});
    for (int g = 0; g < 4; ++g)
        EXPECT_EQ(result.goals[static_cast<std::size_t>(g)].status, GoalStatus::Pass)
            << text_of(result.goals[static_cast<std::size_t>(g)].goal) << " "
            << *result.goals[static_cast<std::size_t>(g)].value;
    ASSERT_EQ(result.plan.beams.size(), 1U);
    EXPECT_EQ(result.plan.beams[0].delivery, Delivery::Vmat);
    EXPECT_EQ(result.plan.beams[0].control_points.size(), 91U);
    EXPECT_GT(result.gamma.pass_percent(), 97);
    expect_deliverable(result, patient.machine, 300);
}

TEST(PlanWorkflow, TargetsAreOptimisedDeeperThanFourMillimetresOnEveryGrid) {
    Patient patient;
    patient.structures.structures[1] = tube(2, "PTV_7000", Role::Ptv, {0, -55, 0}, 25, -20, 20);  // reaches the skin
    for (const double grid_mm : {3.0, 4.0, 5.0}) {
        auto request = patient.request();
        request.influence_grid_mm = grid_mm;
        const auto setup = set_up(request);
        const Mask &cropped = find_mask(setup.masks, "PTV_7000")->mask,
                   &drawn = find_mask(setup.goal_masks, "PTV_7000")->mask;
        int kept = 0, cut = 0;
        for (int k = 0; k < cropped.grid().size().z; ++k)
            for (int j = 0; j < cropped.grid().size().y; ++j)
                for (int i = 0; i < cropped.grid().size().x; ++i) {
                    const Vec3 p = cropped.grid().point(i, j, k);
                    const double depth_mm = 80 - std::hypot(p.x, p.y);
                    if (drawn.at(i, j, k) == 0) continue;
                    if (depth_mm < 3.7) {
                        EXPECT_EQ(cropped.at(i, j, k), 0) << grid_mm << " mm grid, depth " << depth_mm;
                        ++cut;
                    } else if (depth_mm > 4.5) {
                        EXPECT_EQ(cropped.at(i, j, k), drawn.at(i, j, k)) << grid_mm << " mm grid, depth " << depth_mm;
                        ++kept;
                    }
                }
        EXPECT_GT(cut, 10);
        EXPECT_GT(kept, 100);
        EXPECT_THAT(setup.notes, ::testing::Contains(HasSubstr("within 4 mm of the skin")));
    }
}

TEST(PlanWorkflow, CorrectsForDoseThatTheMatrixDoesNotKnow) {
    const Patient patient;
    const auto result = make_plan(patient.request(), test::ToyDoseEngine(patient.machine, 0.06), {});
    EXPECT_LT(result.plain_gamma_percent, 95);  // 6 % off at first
    EXPECT_GT(result.gamma.pass_percent(), 98);
    EXPECT_LT(result.rounds.back().rms_percent, result.rounds.front().rms_percent / 3);
    EXPECT_NEAR(*result.goals[0].value, 70, 0.3);
}

TEST(PlanWorkflow, StepAndShootAndConformalAreDeliverableToo) {
    const Patient patient;
    auto request = patient.request();
    request.delivery = Delivery::StepAndShoot;
    request.correction_rounds = 1;
    const auto steps = make_plan(request, test::ToyDoseEngine(patient.machine), {});
    expect_deliverable(steps, patient.machine, 600);
    EXPECT_EQ(steps.goals[1].status, GoalStatus::Pass) << *steps.goals[1].value;
    EXPECT_EQ(steps.plan.beams.front().delivery, Delivery::StepAndShoot);
    request.technique = Technique::Conformal;
    const auto plain = make_plan(request, test::ToyDoseEngine(patient.machine), {});
    expect_deliverable(plain, patient.machine, 600);
    EXPECT_EQ(plain.plan.beams.front().control_points.size(), 2U);
    EXPECT_EQ(plain.goals[0].status, GoalStatus::Pass);
    EXPECT_NE(plain.goals[3].status, GoalStatus::NotEvaluated);
}

const Mask& find(const PlanningResult& result, const std::string& name) {
    for (const auto& one : result.masks)
        if (one.name == name) return one.mask;
    throw std::runtime_error("no mask " + name);
}

TEST(PlanWorkflow, StartsFromARunningPlanAndAddsToDoseAlreadyGiven) {
    const Patient patient;
    auto request = patient.request();
    request.correction_rounds = 0;
    const auto first = make_plan(request, test::ToyDoseEngine(patient.machine), {});
    request.running = first.plan;
    request.iterations = 5;
    const auto again = make_plan(request, test::ToyDoseEngine(patient.machine), {});
    EXPECT_EQ(again.plan.beams.size(), first.plan.beams.size());
    EXPECT_LT(again.rounds.front().objective, 2 * first.rounds.front().objective + 1);
    EXPECT_EQ(again.goals[3].status, GoalStatus::Pass);
    request.iterations = 60;
    request.background_Gy = first.dose.gy;
    for (auto& value : request.background_Gy->values()) value *= 0.5F;
    const auto rest = make_plan(request, test::ToyDoseEngine(patient.machine), {});
    const double own = structure_dose("PTV_7000", rest.dose.gy, find(rest, "PTV_7000")).mean.value();
    EXPECT_NEAR(own / structure_dose("PTV_7000", first.dose.gy, find(first, "PTV_7000")).mean.value(), 0.5, 0.02);
    EXPECT_NEAR(*rest.goals[0].value, 70, 0.3);
}

TEST(PlanWorkflow, RefusesByName) {
    Patient missing;
    missing.structures.structures.erase(missing.structures.structures.begin() + 1);
    EXPECT_THAT(refusal(missing), AllOf(HasSubstr("PTV_7000"), HasSubstr("small")));
    Patient outside;
    outside.structures.structures[1] = tube(2, "PTV_7000", Role::Ptv, {0, -85, 0}, 4, -10, 10);
    EXPECT_THAT(refusal(outside), AllOf(HasSubstr("PTV_7000"), HasSubstr("inside the body")));
    Patient flat;
    for (auto& contour : flat.structures.structures[1].contours) contour.points_mm.resize(2);
    EXPECT_THAT(refusal(flat), AllOf(HasSubstr("PTV_7000"), HasSubstr("volume")));
    Patient bare;
    bare.structures.structures.erase(bare.structures.structures.begin());
    EXPECT_THAT(refusal(bare), HasSubstr("External"));
    Patient other;
    other.machine.name = "another";
    EXPECT_THAT(refusal(other), AllOf(HasSubstr("another"), HasSubstr("generic_6mv")));
}

TEST(PlanWorkflow, StopsWhenAsked) {
    const Patient patient;
    std::stop_source stop;
    const Progress progress(
        [&](double done, std::string_view) {
            if (done > 0.3) stop.request_stop();
        },
        stop.get_token());
    EXPECT_THROW(make_plan(patient.request(), test::ToyDoseEngine(patient.machine), progress), Interrupted);
}

}  // namespace
}  // namespace coutard
