// What probabilities are worth: temperature, calibration error, the list to review.
#include <gtest/gtest.h>

#include <cmath>

#include "contouring/train/score.hpp"

namespace coutard::contouring {
namespace {

float sigmoid(double logit) {
    return static_cast<float>(1 / (1 + std::exp(-logit)));
}

/// Voxels that say sigmoid(logit) and are inside with sigmoid((logit + shift) / truth).
Reliability overconfident(double truth, double shift = 0) {
    Reliability r;
    for (double logit = -5.975; logit < 6; logit += 0.05) {
        const double inside = 1000 * double(sigmoid((logit + shift) / truth));
        r.add(sigmoid(logit), true, inside);
        r.add(sigmoid(logit), false, 1000 - inside);
    }
    return r;
}

double error(const Reliability& voxels, double temperature, double shift = 0) {
    CalibrationError e;
    e.add(voxels, {temperature, shift});
    return e.value();
}

TEST(Reliability, FindsTheTemperatureThatVoxelsWereMadeWith) {
    const auto r = overconfident(2);
    EXPECT_NEAR(r.best_calibration().temperature, 2, 0.01);
    EXPECT_NEAR(r.best_calibration().shift, 0, 0.01);
    EXPECT_LT(error(r, 2), 1e-3);
    EXPECT_GT(error(r, 1), 0.05);
    EXPECT_NEAR(overconfident(1).best_calibration().temperature, 1, 0.01);
    EXPECT_EQ(Reliability().best_calibration(), Calibration{});
    EXPECT_EQ(error(Reliability(), 1), 0);
}

TEST(Reliability, FindsTheShiftOfANetworkThatDrawsTooMuch) {
    const auto r = overconfident(3, -2);
    EXPECT_NEAR(r.best_calibration().temperature, 3, 0.02);
    EXPECT_NEAR(r.best_calibration().shift, -2, 0.02);
    EXPECT_LT(error(r, 3, -2), 1e-3);
    EXPECT_GT(error(r, 3), 0.05);
}

TEST(Reliability, StaysFiniteWhereEverythingIsInside) {
    Reliability r;
    r.add(0.9F, true, 1e6);
    const Calibration sure = r.best_calibration();
    EXPECT_TRUE(std::isfinite(sure.shift));
    EXPECT_LT(error(r, sure.temperature, sure.shift), 1e-3);
}

TEST(Reliability, SaysTheShareWhereTheNetworkIsNoHelp) {
    Reliability r;  // three of ten are inside, whatever is said: the temperature ends at its bound
    for (const float p : {0.1F, 0.9F}) r.add(p, true, 3e5), r.add(p, false, 7e5);
    const Calibration none = r.best_calibration();
    EXPECT_NEAR(none.temperature, 10, 1e-9);
    EXPECT_NEAR((calibrated(0.1F, none) + calibrated(0.9F, none)) / 2, 0.3, 2e-3);
}

TEST(Reliability, ErrorIsTheMeanDistanceOfWhatIsSaidAndWhatIs) {
    Reliability r;
    r.add(0.9F, true, 50), r.add(0.9F, false, 50), r.add(0.2F, false, 100);
    EXPECT_NEAR(error(r, 1), 0.5 * 0.4 + 0.5 * 0.2, 2e-3);
    Reliability twice = r;
    twice.add(r);
    EXPECT_DOUBLE_EQ(twice.voxels(), 400);
    EXPECT_NEAR(error(twice, 1), error(r, 1), 1e-12);
}

TEST(Reliability, CrossedErrorCalibratesEachPatientByTheOthers) {
    const auto alike = crossed_error({overconfident(2), overconfident(2), overconfident(2)});
    EXPECT_NEAR(alike.before, error(overconfident(2), 1), 1e-9);
    EXPECT_LT(alike.after, 1e-3);
    // The odd one gets the others' calibration, not its own.
    const auto mixed = crossed_error({overconfident(1), overconfident(2)});
    CalibrationError by_hand;
    by_hand.add(overconfident(1), overconfident(2).best_calibration());
    by_hand.add(overconfident(2), overconfident(1).best_calibration());
    EXPECT_NEAR(mixed.after, by_hand.value(), 1e-12);
    EXPECT_GT(mixed.after, 0.02);
    EXPECT_EQ(crossed_error({}).after, 0);
}

TEST(Reliability, LooksAroundEitherSurfaceOnly) {
    const Grid grid({41, 41, 41}, {}, {2, 2, 2});
    Mask ball(grid);
    for (int k = 0; k < 41; ++k)
        for (int j = 0; j < 41; ++j)
            for (int i = 0; i < 41; ++i)
                if (std::hypot(i - 20, std::hypot(j - 20, k - 20)) < 10) ball.at(i, j, k) = 255;
    Reliability r;
    r.add(Chances(grid, 1), 0, ball, ball);
    const double outer = std::pow(28, 3), inner = std::pow(12, 3);  // 20 mm +- 8
    EXPECT_NEAR(r.voxels(), 4.0 / 3 * std::acos(-1.0) * (outer - inner) / 8, 0.03 * r.voxels());
}

TEST(FittedLine, IsLeastSquaresWithItsCorrelation) {
    const Line line = fitted_line({0, 1, 2, 3}, {1, 3, 5, 7});
    EXPECT_NEAR(line.offset, 1, 1e-12);
    EXPECT_NEAR(line.slope, 2, 1e-12);
    EXPECT_NEAR(line.correlation, 1, 1e-12);
    EXPECT_EQ(fitted_line({1, 1}, {0, 4}).offset, 2);
    EXPECT_EQ(fitted_line({1, 1}, {0, 4}).correlation, 0);
}

TEST(ReviewList, CountsTheWorstTenthInTheFirstFifth) {
    std::vector<CaseScore> cases;
    for (int k = 0; k < 20; ++k) {
        CaseScore c;
        c.patient = "pt_" + std::to_string(k), c.structure = "Larynx";
        c.dice = c.expected_dice = 0.5 + 0.02 * k;
        cases.push_back(c);
    }
    std::swap(cases[1].expected_dice, cases[15].expected_dice);  // the second worst was thought good
    const auto review = review_find(cases);
    EXPECT_EQ(review.worst, 2);
    EXPECT_EQ(review.looked_at, 4);
    EXPECT_EQ(review.found, 1);
    cases[1].dice_bound = 0.3;  // but its volume is no larynx's
    EXPECT_EQ(review_find(cases).found, 2);
    EXPECT_EQ(review_find({}).worst, 0);
}

}  // namespace
}  // namespace coutard::contouring
