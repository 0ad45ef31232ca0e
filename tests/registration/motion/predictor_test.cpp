#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <numbers>

#include "engine/base/error.hpp"
#include "registration/motion/baselines.hpp"
#include "registration/motion/evaluation.hpp"
#include "registration/motion/ridge_predictor.hpp"

namespace coutard::registration {
namespace {

BreathingTrace trace_of(const std::function<double(double)>& wave, int samples) {
    std::vector<double> t_s, position_mm;
    for (int i = 0; i < samples; ++i) {
        const double t = i * 0.1;
        t_s.push_back(t);
        position_mm.insert(position_mm.end(), {wave(t), 0.5 * wave(t - 0.3), 100.0});
    }
    return {t_s, position_mm, 1};
}

double sine(double t) {
    return 10 * std::sin(2 * std::numbers::pi * t / 4);
}

using Make = std::function<std::unique_ptr<MotionPredictor>()>;
const std::vector<Make>& all_predictors() {
    static const std::vector<Make> all{[] { return std::make_unique<HoldLastValue>(0.5); },
                                       [] { return std::make_unique<LinearExtrapolation>(0.5); },
                                       [] { return std::make_unique<RidgePredictor>(0.5); }};
    return all;
}

TEST(Predictor, AStillMarkerStays) {
    const auto trace = trace_of([](double) { return 3.0; }, 200);
    for (const auto& make : all_predictors()) {
        const auto predictor = make();
        for (const auto& said : replay(*predictor, trace, trace.samples()))
            for (std::size_t c = 0; c < 3; ++c)
                EXPECT_NEAR(said.position_mm[c], trace.at(0)[c], 1e-9) << predictor->name();
    }
}

TEST(Predictor, HoldErrorOnASineIsItsClosedForm) {
    // |sin(a + w h) - sin(a)| has mean square 2 sin^2(w h / 2); two moving axes of amplitude 10 and 5 mm.
    const auto trace = trace_of(sine, 2001);
    HoldLastValue hold(0.5);
    const auto found = score(replay(hold, trace, trace.samples()), trace, 400, 2000);
    const double expected = std::sqrt(2.0) * std::sin(std::numbers::pi * 0.5 / 4) * std::sqrt(125.0);
    EXPECT_NEAR(found.rmse_mm, expected, 0.01);
    EXPECT_NEAR(found.nrmse, expected / std::sqrt(125.0 / 2), 0.001);
    EXPECT_EQ(found.predictions, 1600U);
}

TEST(Predictor, LineIsExtrapolatedExactly) {
    const auto trace = trace_of([](double t) { return 2 * t; }, 50);
    LinearExtrapolation line(0.5);
    const auto said = replay(line, trace, 50);
    EXPECT_NEAR(said.back().position_mm[0], 2 * (4.9 + 0.5), 1e-9);
}

TEST(Predictor, RidgeLearnsASineAlmostExactly) {
    const auto trace = trace_of(sine, 900);
    RidgeSettings settings;
    settings.ridge = 1e-6;
    RidgePredictor ridge(0.5, settings);
    const auto found = score(replay(ridge, trace, 900), trace, 600, 900);
    EXPECT_LT(found.rmse_mm, 0.02);  // hold-last-value: 6 mm
}

TEST(Predictor, StrongRidgeIsHoldLastValue) {
    const auto trace = trace_of(sine, 300);
    RidgeSettings settings;
    settings.ridge = 1e9;
    RidgePredictor ridge(0.5, settings);
    HoldLastValue hold(0.5);
    const auto a = replay(ridge, trace, 300), b = replay(hold, trace, 300);
    EXPECT_NEAR(a.back().position_mm[0], b.back().position_mm[0], 1e-4);
}

TEST(Predictor, TheFutureCannotChangeWhatWasSaid) {
    const auto noise = [](double t) { return sine(t) + std::sin(17.3 * t * t); };
    const auto trace = trace_of(noise, 400);
    for (const int cut : {7, 120, 250, 399}) {
        const auto other = trace_of([&](double t) { return t < cut * 0.1 - 1e-6 ? noise(t) : 1e3 * std::cos(t); }, 400);
        for (const auto& make : all_predictors()) {
            const auto one = make(), two = make();
            const auto a = replay(*one, trace, 400), b = replay(*two, other, 400);
            for (int i = 0; i < cut; ++i) EXPECT_EQ(a[i].position_mm, b[i].position_mm) << one->name() << " at " << i;
            EXPECT_NE(a[cut].position_mm, b[cut].position_mm) << one->name();
        }
    }
}

TEST(Predictor, RefusesWhatCannotBe) {
    EXPECT_THROW(HoldLastValue(0), ContractError);
    EXPECT_THROW(LinearExtrapolation(-1), ContractError);
    EXPECT_THROW(RidgePredictor(0), ContractError);
    const std::vector<double> one{1, 2, 3}, two{1, 2}, bad{1, 2, std::nan("")};
    for (const auto& make : all_predictors()) {
        const auto predictor = make();
        EXPECT_THROW(predictor->predict(), ContractError);
        predictor->observe(0, one);
        EXPECT_THROW(predictor->observe(0, one), ContractError);
        EXPECT_THROW(predictor->observe(0.1, two), ContractError);
        EXPECT_THROW(predictor->observe(0.1, bad), ContractError);
    }
}

}  // namespace
}  // namespace coutard::registration
