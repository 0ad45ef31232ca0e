// Dose of a course under deformations that are known on paper.
#include "engine/workflow/accumulation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/error.hpp"
#include "engine/image/invert.hpp"
#include "engine/workflow/adaptation_truth.hpp"

namespace coutard {
namespace {

Grid cube(int n = 24, double mm = 4) {
    return Grid({n, n, n}, {0, 0, 0}, {mm, mm, mm});
}

/// A dose that is a linear function of the place: interpolation is exact.
Volume<float> ramp(const Grid& grid, double scale, const Vec3& shift = {}) {
    Volume<float> dose(grid);
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) {
                const Vec3 p = grid.point(i, j, k) + shift;
                dose.at(i, j, k) = static_cast<float>(scale * (100 + p.x + 2 * p.y + 3 * p.z));
            }
    return dose;
}

Mask all_of(const Grid& grid) {
    Mask mask(grid);
    for (std::size_t v = 0; v < mask.count(); ++v) mask[v] = 255;
    return mask;
}

TEST(Accumulation, ADayThatOnlyShiftedAddsItsPartOfThePlan) {
    const Grid grid = cube();
    const Vec3 shift{5, -3, 2};  // today's x lies at x + shift on the planning CT
    const auto planned = ramp(grid, 1), day = ramp(grid, 1.0 / 35, shift);
    const auto field = field_of(grid, [&](const Vec3& x) { return x + shift; });
    const auto sum = accumulate_dose(planned, day, field, {35, 10});
    for (int k = 3; k < 21; ++k)
        for (int j = 3; j < 21; ++j)
            for (int i = 3; i < 21; ++i) {
                EXPECT_NEAR(sum.so_far_Gy.at(i, j, k), planned.at(i, j, k) * 11 / 35, 1e-3);
                EXPECT_NEAR(sum.course_Gy.at(i, j, k), planned.at(i, j, k), 5e-3);
            }
}

TEST(Accumulation, TheWrongWayRoundWouldShow) {
    const Grid grid = cube();
    const auto planned = ramp(grid, 1), day = ramp(grid, 1.0 / 35, {5, -3, 2});
    const auto backwards = field_of(grid, [&](const Vec3& x) { return x - Vec3{5, -3, 2}; });
    const auto sum = accumulate_dose(planned, day, backwards, {35, 0});
    // two shifts of (5 - 6 + 6) mm along the ramp
    EXPECT_NEAR(sum.course_Gy.at(12, 12, 12) - planned.at(12, 12, 12), 2 * (5 - 2 * 3 + 3 * 2), 0.02);
}

TEST(Accumulation, TissueThatSwelledTakesItsDoseWithIt) {
    const Grid grid = cube();
    const Vec3 middle{46, 46, 46};
    const auto to_planning = [&](const Vec3& x) { return middle + (x - middle) * 0.9; };  // larger today
    const auto planned = ramp(grid, 1);
    Volume<float> day(grid);
    for (int k = 0; k < 24; ++k)
        for (int j = 0; j < 24; ++j)
            for (int i = 0; i < 24; ++i) {
                const Vec3 then = to_planning(grid.point(i, j, k));
                day.at(i, j, k) = static_cast<float>((100 + then.x + 2 * then.y + 3 * then.z) / 35);
            }
    const auto sum = accumulate_dose(planned, day, field_of(grid, to_planning), {35, 34});
    for (int at = 4; at < 20; ++at) EXPECT_NEAR(sum.so_far_Gy.at(at, at, at), planned.at(at, at, at), 0.02);
}

TEST(Accumulation, TissueBeyondTodaysDoseKeepsWhatWasPlannedAndIsCounted) {
    const Grid grid = cube(), lower({24, 24, 12}, {0, 0, 0}, {4, 4, 4});
    const auto planned = ramp(grid, 1), day = ramp(lower, 1.0 / 35);
    const auto sum = accumulate_dose(planned, day, DisplacementField(grid), {35, 10});
    EXPECT_NEAR(sum.so_far_Gy.at(12, 12, 20), planned.at(12, 12, 20) * 11 / 35, 1e-3);
    EXPECT_NEAR(sum.beyond_day.value(), 24 * 24 * 12 * 0.064, 1e-6);
    EXPECT_EQ(accumulate_dose(planned, ramp(grid, 1.0 / 35), DisplacementField(grid), {35, 10}).beyond_day.value(), 0);
}

TEST(Accumulation, AFieldThatFoldsIsFoundOut) {
    const Grid grid = cube();
    const auto dose = ramp(grid, 1);
    const auto smooth = field_of(grid, [](const Vec3& x) { return x + Vec3{3 * std::sin(x.x / 20), 0, 0}; });
    const auto folding = field_of(grid, [](const Vec3& x) { return x + Vec3{30 * std::sin(x.x / 8), 0, 0}; });
    EXPECT_LT(accumulate_dose(dose, dose, smooth, {35, 0}).inverse_p95_mm, 0.05);
    EXPECT_GT(accumulate_dose(dose, dose, folding, {35, 0}).inverse_p95_mm, 1);
}

TEST(Accumulation, RefusesACourseThatIsOver) {
    const Grid grid = cube(4);
    const auto dose = ramp(grid, 1);
    const DisplacementField still(grid);
    for (const CourseState bad : {CourseState{35, 35}, CourseState{35, -1}, CourseState{0, 0}})
        EXPECT_THROW(accumulate_dose(dose, dose, still, bad), ContractError);
}

TEST(DoseAgreement, AConstantOffsetIsItsOwnMeanPercentileAndMaximum) {
    const Grid grid = cube();
    const auto truth = ramp(grid, 0.1);
    Volume<float> found = truth;
    for (auto& d : found.values()) d += 0.5F;
    const auto same = compare_doses(truth, truth, all_of(grid)), off = compare_doses(truth, found, all_of(grid));
    EXPECT_EQ(same.max_Gy, 0);
    EXPECT_EQ(same.strict.pass_percent(), 100);
    EXPECT_NEAR(off.mean_Gy, 0.5, 1e-5);
    EXPECT_NEAR(off.p95_Gy, 0.5, 1e-5);
    EXPECT_NEAR(off.max_Gy, 0.5, 1e-5);
}

TEST(DoseAgreement, CountsTheBodyOnlyAndRefusesToJudgeNothing) {
    const Grid grid = cube();
    const auto truth = ramp(grid, 0.1);
    Volume<float> found = truth;
    found.at(0, 0, 0) += 30;
    Mask body = all_of(grid);
    body.at(0, 0, 0) = 0;
    EXPECT_EQ(compare_doses(truth, found, body).max_Gy, 0);
    EXPECT_NEAR(compare_doses(truth, found, all_of(grid)).max_Gy, 30, 1e-4);
    EXPECT_THROW(compare_doses(truth, found, Mask(grid)), InputError);
    EXPECT_THROW(compare_doses(truth, ramp(cube(4), 1), body), ContractError);
}

}  // namespace
}  // namespace coutard
