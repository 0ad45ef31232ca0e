// Predicted DSC and slices to look at: closed forms.
#include <gtest/gtest.h>

#include <cmath>

#include "contouring/pipeline/doubt.hpp"
#include "contouring/pipeline/upsample.hpp"

namespace coutard::contouring {
namespace {

TEST(Calibrated, ShiftsAndDividesTheLogit) {
    const double logit = std::log(0.9 / 0.1);
    EXPECT_NEAR(calibrated(0.9F, {2, 0}), 1 / (1 + std::exp(-logit / 2)), 1e-6);
    EXPECT_NEAR(calibrated(0.3F, {1, 0}), 0.3, 1e-6);
    EXPECT_FLOAT_EQ(calibrated(0.5F, {3, 0}), 0.5F);
    EXPECT_NEAR(calibrated(0.5F, {2, -1}), 1 / (1 + std::exp(0.5)), 1e-6);
    EXPECT_EQ(calibrated(0, {2, 0}), 0);
    EXPECT_EQ(calibrated(1, {2, 0}), 1);
}

TEST(ExpectedDice, FollowsItsFormula) {
    const std::vector<float> sure{1, 1, 0, 0}, raw{0.9F, 0.6F, 0.4F, 0.01F}, cleaned{0.9F, 0.499F, 0.4F, 0.01F};
    EXPECT_DOUBLE_EQ(expected_dice(sure, sure), 1);
    EXPECT_NEAR(expected_dice(raw, raw), 2 * 1.5 / (2 + 1.9), 1e-6);
    EXPECT_NEAR(expected_dice(raw, cleaned), 2 * 0.9 / (1 + 1.9), 1e-6);  // what was left out is missed in part
    EXPECT_EQ(expected_dice(std::vector<float>{0.4F}, std::vector<float>{0.4F}), 0);
}

TEST(Slices, TheMostDoubtfulComesFirst) {
    const Grid grid({2, 1, 3}, {0, 0, -30}, {10, 10, 10});
    const std::vector<float> p{1, 0, 0.5F, 0.9F, 0.8F, 0};
    const auto slices = slices_to_look_at(p, p, grid, {}, 5);
    ASSERT_EQ(slices.size(), 2U);  // nothing is doubtful in the first
    EXPECT_DOUBLE_EQ(slices[0].z_mm, -20);
    EXPECT_NEAR(slices[0].wrong_cm3, 0.6, 1e-6);
    EXPECT_NEAR(slices[1].wrong_cm3, 0.2, 1e-6);
    EXPECT_EQ(slices_to_look_at(p, p, grid, {}, 1).size(), 1U);
}

TEST(DoubtOf, PutsTheLineOfKnownPatientsToWhatIsExpected) {
    Chances chances(Grid({2, 1, 1}, {}, {1, 1, 1}), 1);
    chances.values = {0.8F, 0};
    const auto doubt = doubt_of("Larynx", chances, chances, 0, {{1.5, 0}, -0.1, 1.2}, 1);
    EXPECT_NEAR(doubt.expected_dice, 1.6 / 1.8, 1e-6);
    EXPECT_NEAR(doubt.predicted_dice, -0.1 + 1.2 * 1.6 / 1.8, 1e-6);
    EXPECT_EQ(doubt_of("Larynx", chances, chances, 0, {}, 0.3).predicted_dice, 0.3);  // its volume allows no more
    chances.values = {0.3F, 0};
    EXPECT_EQ(doubt_of("Larynx", chances, chances, 0, {{}, 0.5, 1}, 1).predicted_dice, 0);  // nothing is drawn
}

TEST(DiceBound, IsThatOfConcentricContoursOfTheNearestUsualVolume) {
    EXPECT_EQ(dice_bound(25, {20, 30}), 1);
    EXPECT_DOUBLE_EQ(dice_bound(5, {20, 30}), 2 * 5.0 / 25);
    EXPECT_DOUBLE_EQ(dice_bound(90, {20, 30}), 2 * 30.0 / 120);
    EXPECT_EQ(dice_bound(0, {20, 30}), 0);
}

TEST(ChanceOf, InterpolatesLogitsAndIsZeroOutside) {
    Chances chances(Grid({2, 1, 1}, {0, 0, 0}, {4, 4, 4}), 2);
    chances.values = {0, 0, 0.2F, 0.6F};
    const auto fine = chance_of(chances, 1, Grid({4, 1, 1}, {0, 0, 0}, {2, 2, 2}));
    EXPECT_FLOAT_EQ(fine[0], 0.2F);
    const double half_way = (std::log(0.2 / 0.8) + std::log(0.6 / 0.4)) / 2;
    EXPECT_NEAR(fine[1], 1 / (1 + std::exp(-half_way)), 1e-6);
    chances.values[2] = 0.999F, chances.values[3] = 0.001F;  // sure, but undecided half way
    EXPECT_NEAR(entropy_of(chances, {0, 1}, Grid({1, 1, 1}, {2, 0, 0}, {2, 2, 2}))[0], 1, 1e-4);
    EXPECT_EQ(chance_of(chances, 1, Grid({1, 1, 1}, {50, 0, 0}, {2, 2, 2}))[0], 0);
}

}  // namespace
}  // namespace coutard::contouring
