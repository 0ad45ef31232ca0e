// A day on the cylinder with toy rooms: a registrar that knows the truth and a toy dose engine.
#include "engine/workflow/adapt_workflow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.hpp"
#include "engine/image/invert.hpp"
#include "engine/image/resample.hpp"
#include "engine/shape/rasterise.hpp"
#include "engine/workflow/adaptation_truth.hpp"
#include "tests/engine/workflow/cylinder_patient.hpp"
#include "tests/harness/toy_dose_engine.hpp"

namespace coutard {
namespace {

using ::testing::HasSubstr;
using Patient = test::CylinderPatient;

/// Says that the moving image is the fixed one shifted: moving = fixed + shift.
class KnowingRegistrar final : public Registrar {
  public:
    explicit KnowingRegistrar(Vec3 shift) : shift_(shift) {}
    RigidTransform rigid(const RegistrationRequest&, const Progress&) const override { return {{}, shift_}; }
    DisplacementField deformable(const RegistrationRequest& request, const RigidTransform& start,
                                 const Progress&) const override {
        return field_of(request.fixed.grid(), start);
    }

  private:
    Vec3 shift_;
};

/// The cylinder in water, planned, and the same one lying elsewhere today.
struct Course {
    Patient patient;
    test::ToyDoseEngine engine{patient.machine};
    PlanningResult planned;
    CtImage today;

    explicit Course(Vec3 moved_today) {
        for (std::size_t v = 0; v < patient.ct.hu.count(); ++v)
            if (inside(rasterised("External"), v)) patient.ct.hu[v] = 0;
        planned = make_plan(patient.request(), engine, {});
        today = patient.ct;
        const Grid& grid = patient.ct.hu.grid();
        today.hu = warp(patient.ct.hu, field_of(grid, [&](const Vec3& p) { return p - moved_today; }), -1000);
    }
    const Mask& rasterised(const std::string& name) {
        if (body.empty()) body = rasterise(*patient.structures.find(name), patient.ct.hu.grid());
        return body;
    }
    AdaptRequest request(int done) const {
        AdaptRequest r{.planning_ct = patient.ct,
                       .structures = patient.structures,
                       .plan = planned.plan,
                       .planned_Gy = planned.dose.gy,
                       .protocol = patient.protocol,
                       .machine = patient.machine,
                       .daily_ct = today};
        r.fractions_done = done;
        r.grid_mm = 4;
        r.influence_grid_mm = 5;
        r.iterations = 40;
        r.correction_rounds = 1;
        return r;
    }
    Mask body;
};

TEST(Adapt, ARigidShiftIsUndoneByTheCouchAndNothingElseChanges) {
    const Course course({8, 0, 5});  // two voxels and one slice: today's image is exact
    const KnowingRegistrar registrar({-8, 0, -5});
    const AdaptResult day = adapt(course.request(10), registrar, nullptr, course.engine, {});
    EXPECT_NEAR(day.couch_shift_mm.x, -8, 1e-9);
    EXPECT_NEAR(day.couch_shift_mm.z, -5, 1e-9);
    for (const auto& change : day.changes) {
        EXPECT_NEAR(change.today_cm3 / change.planned_cm3, 1, 0.06) << change.name;
        // the cord leaves the image with one slice, so its centre moves by half of that
        EXPECT_LT(change.moved_mm, change.name == "SpinalCord" ? 2.6 : 1.0) << change.name;
    }
    // the course as planned is the course as projected, but for interpolation
    double worst = 0, most = 0;
    const Mask target = rasterise(*course.patient.structures.find("PTV_7000"), day.projected.gy.grid());
    for (std::size_t v = 0; v < target.count(); ++v) {
        most = std::max<double>(most, course.planned.dose.gy[v]);
        if (target[v] == 255)
            worst = std::max<double>(worst, std::abs(day.projected.gy[v] - course.planned.dose.gy[v]));
    }
    EXPECT_LT(worst, 0.03 * most);
    EXPECT_EQ(day.accumulated.fractions, 11);
    EXPECT_EQ(day.projected.fractions, 35);
    EXPECT_EQ(day.scheduled_goals.size(), day.adapted.goals.size());
}

TEST(Adapt, APlanForTheRestOfACourseIsJudgedAsAWholeOne) {
    Course course({0, 0, 0});
    const AdaptResult whole = adapt(course.request(10), KnowingRegistrar({}), nullptr, course.engine, {});
    course.planned.plan.fractions = 20;
    course.planned.plan.prescription_Gy *= 20.0 / 35;
    for (auto& d : course.planned.dose.gy.values()) d *= 20.0F / 35;
    const AdaptResult rest = adapt(course.request(5), KnowingRegistrar({}), nullptr, course.engine, {});
    ASSERT_EQ(rest.scheduled_goals.size(), whole.scheduled_goals.size());
    for (std::size_t g = 0; g < rest.scheduled_goals.size(); ++g)
        EXPECT_EQ(rest.scheduled_goals[g].value, whole.scheduled_goals[g].value);
    EXPECT_TRUE(rest.projected_goals.empty());  // what was given before this plan is not known
    for (std::size_t v = 0; v < rest.day_dose.gy.count(); v += 97)
        EXPECT_FLOAT_EQ(rest.day_dose.gy[v], whole.day_dose.gy[v]);
    EXPECT_FALSE(whole.adapted_course_goals.empty());
    EXPECT_NEAR(*whole.adapted_course_goals.front().value, 70, 1.5);
}

TEST(Adapt, AStepAndShootCourseStaysOne) {
    Course course({0, 0, 0});
    for (auto& beam : course.planned.plan.beams) beam.delivery = Delivery::StepAndShoot;
    const AdaptResult day = adapt(course.request(0), KnowingRegistrar({}), nullptr, course.engine, {});
    for (const auto& beam : day.adapted.plan.beams) EXPECT_EQ(beam.delivery, Delivery::StepAndShoot);
}

TEST(Adapt, WithoutCouchCorrectionTheTargetIsMissedAndAdaptingIsAdvised) {
    Course course({20, 0, 0});
    course.patient.protocol.goals.pop_back();  // of an organ that nobody drew: with it a person decides
    const KnowingRegistrar registrar({-20, 0, 0});
    AdaptRequest request = course.request(0);
    request.couch_correction = false;
    const AdaptResult day = adapt(request, registrar, nullptr, course.engine, {});
    EXPECT_EQ(day.scheduled_goals.front().status, GoalStatus::Fail);
    EXPECT_EQ(day.advice, Advice::Adapt) << ::testing::PrintToString(day.reasons);
    EXPECT_FALSE(day.reasons.empty());
}

TEST(Adapt, OneFractionIsItsPartOfTheCourse) {
    const Course course({0, 0, 0});
    const AdaptResult day = adapt(course.request(3), KnowingRegistrar({}), nullptr, course.engine, {});
    for (std::size_t v = 0; v < day.day_dose.gy.count(); v += 97)
        EXPECT_NEAR(day.day_dose.gy[v] * 35, day.scheduled_dose.gy[v], 1e-3);
    for (std::size_t v = 0; v < day.accumulated.gy.count(); v += 97)
        EXPECT_NEAR(day.accumulated.gy[v] * 35 / 4, day.projected.gy[v], 0.02 * 70);
}

/// What adapting found, judged by a truth.
AdaptationJudgement judge(const Course& course, const AdaptResult& day, const DisplacementField& truth, int done) {
    DoseScene scene;
    scene.hu = course.today.hu;
    scene.counts = rasterise(*day.structures.find("External"), course.today.hu.grid());
    scene.dose_grid = day.day_dose.gy.grid();
    std::vector<NamedMask> masks;
    for (const auto* name : {"External", "PTV_7000"})
        masks.push_back({name, rasterise(*course.patient.structures.find(name), course.patient.ct.hu.grid())});
    return judge_adaptation({truth, scene},
                            {course.planned.dose.gy, day.day_dose.gy, day.accumulated.gy, day.scheduled, {35, done}},
                            masks, course.engine, {});
}

TEST(JudgeAdaptation, ARegistrarThatKnowsTheTruthIsRightAndOneThatDoesNotIsFoundOut) {
    const Course course({8, 0, 5});
    const auto truth = field_of(course.today.hu.grid(), [](const Vec3& x) { return x - Vec3{8, 0, 5}; });
    const AdaptRequest request = course.request(10);
    const auto right =
        judge(course, adapt(request, KnowingRegistrar({-8, 0, -5}), nullptr, course.engine, {}), truth, 10);
    EXPECT_EQ(right.day.strict.pass_percent(), 100);
    EXPECT_EQ(right.accumulated.strict.pass_percent(), 100);
    EXPECT_LT(right.accumulated.max_Gy, 0.02);
    ASSERT_EQ(right.structures.size(), 2U);
    EXPECT_NEAR(right.structures[1].found.mean.value(), right.structures[1].truth.mean.value(), 1e-3);
    AdaptRequest first_day = course.request(0);  // the wrong map has no delivered dose to hide in
    first_day.couch_correction = false;          // both are treated where they lie; only the carried dose is wrong
    const auto wrong =
        judge(course, adapt(first_day, KnowingRegistrar({0, 0, 0}), nullptr, course.engine, {}), truth, 0);
    EXPECT_EQ(wrong.day.strict.pass_percent(), 100);
    EXPECT_LT(wrong.accumulated.strict.pass_percent(), 99);
    EXPECT_GT(wrong.accumulated.max_Gy, 0.3);
}

TEST(Adapt, RefusesByName) {
    const Course course({0, 0, 0});
    const auto refused = [&](AdaptRequest request, const char* names) {
        EXPECT_THAT([&] { adapt(request, KnowingRegistrar({}), nullptr, course.engine, {}); },
                    ::testing::ThrowsMessage<InputError>(HasSubstr(names)));
    };
    refused(course.request(35), "fractions done");
    refused(course.request(-1), "fractions done");
    Course arc({0, 0, 0}), two({0, 0, 0}), other({0, 0, 0}), fast({0, 0, 0});
    arc.planned.plan.beams.front().delivery = Delivery::Static;
    refused(arc.request(0), "delivered in different ways");
    two.planned.plan.beams.back().isocentre_mm.x += 20;
    refused(two.request(0), "isocentre");
    other.planned.plan.beams.back().machine = "generic_10mv";
    refused(other.request(0), "generic_10mv");
    fast.planned.plan.fractions = 20;  // 3.5 Gy each
    refused(fast.request(0), "dose per fraction");
    for (auto& beam : arc.planned.plan.beams) beam.delivery = Delivery::Vmat;
    EXPECT_THROW(adapt(arc.request(0), KnowingRegistrar({}), nullptr, course.engine, {}), NotBuilt);
    AdaptRequest no_body = course.request(0);
    StructureSet without;
    without.structures = {*course.patient.structures.find("PTV_7000")};
    const AdaptRequest bodyless{.planning_ct = no_body.planning_ct,
                                .structures = without,
                                .plan = no_body.plan,
                                .planned_Gy = no_body.planned_Gy,
                                .protocol = no_body.protocol,
                                .machine = no_body.machine,
                                .daily_ct = no_body.daily_ct};
    refused(bodyless, "External");
}

GoalResult goal(int priority, GoalStatus status) {
    GoalResult g;
    g.goal.structure = "PTV_7000";
    g.goal.priority = priority;
    g.status = status;
    g.value = 1;
    g.unit = "Gy";
    return g;
}

TEST(Advise, WeighsGoalsOfPriorityOne) {
    using enum GoalStatus;
    std::vector<std::string> reasons;
    EXPECT_EQ(advise({goal(1, Pass), goal(2, Fail)}, {goal(1, Pass), goal(2, Pass)}, reasons), Advice::Deliver);
    EXPECT_EQ(advise({goal(1, Fail), goal(2, Pass)}, {goal(1, Pass), goal(2, Pass)}, reasons), Advice::Adapt);
    EXPECT_EQ(advise({goal(1, Fail), goal(2, Pass)}, {goal(1, Fail), goal(2, Pass)}, reasons), Advice::Review);
    // a goal of priority 1 must hold: fewer failures are no reason, nor is one that nobody could look at
    EXPECT_EQ(
        advise({goal(1, Fail), goal(1, Fail), goal(1, Pass)}, {goal(1, Pass), goal(1, Pass), goal(1, Fail)}, reasons),
        Advice::Review);
    EXPECT_EQ(advise({goal(1, Fail), goal(1, NotEvaluated)}, {goal(1, Pass), goal(1, NotEvaluated)}, reasons),
              Advice::Review);
    EXPECT_EQ(advise({goal(1, NotEvaluated)}, {goal(1, NotEvaluated)}, reasons), Advice::Review);
    EXPECT_THROW(advise({goal(1, Pass)}, {}, reasons), ContractError);
}

}  // namespace
}  // namespace coutard
