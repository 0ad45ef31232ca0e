// A day on the cylinder with toy rooms: a registrar that knows the truth and a toy dose engine.
#include "engine/workflow/adapt_workflow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.hpp"
#include "engine/image/invert.hpp"
#include "engine/image/resample.hpp"
#include "engine/shape/rasterise.hpp"
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

TEST(Adapt, WithoutCouchCorrectionTheTargetIsMissedAndAdaptingIsAdvised) {
    const Course course({20, 0, 0});
    const KnowingRegistrar registrar({-20, 0, 0});
    AdaptRequest request = course.request(0);
    request.couch_correction = false;
    const AdaptResult day = adapt(request, registrar, nullptr, course.engine, {});
    EXPECT_EQ(day.scheduled_goals.front().status, GoalStatus::Fail);
    EXPECT_EQ(day.advice, Advice::Adapt);
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

TEST(Adapt, RefusesByName) {
    const Course course({0, 0, 0});
    const auto refused = [&](AdaptRequest request, const char* names) {
        EXPECT_THAT([&] { adapt(request, KnowingRegistrar({}), nullptr, course.engine, {}); },
                    ::testing::ThrowsMessage<InputError>(HasSubstr(names)));
    };
    refused(course.request(35), "fractions done");
    refused(course.request(-1), "fractions done");
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
    EXPECT_EQ(advise({goal(1, NotEvaluated)}, {goal(1, NotEvaluated)}, reasons), Advice::Review);
    EXPECT_THROW(advise({goal(1, Pass)}, {}, reasons), ContractError);
}

}  // namespace
}  // namespace coutard
