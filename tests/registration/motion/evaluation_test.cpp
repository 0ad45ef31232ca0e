#include "registration/motion/evaluation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/error.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::registration {
namespace {

BreathingTrace wave(int samples, double after_s = 1e9) {
    std::vector<double> t_s, position_mm;
    for (int i = 0; i < samples; ++i) {
        const double t = i * 0.1, phase = 1.5 * t + 0.2 * std::sin(0.13 * t);
        t_s.push_back(t);
        position_mm.insert(position_mm.end(), {8 * std::sin(phase), 2 * std::cos(phase), t > after_s ? 50.0 : 0.0});
    }
    return {t_s, position_mm, 1};
}

TEST(MotionEvaluation, TuningSeesNothingOfTheTestPart) {
    const MotionProtocol protocol;
    EXPECT_EQ(tune_ridge(wave(700), 0.4, protocol), tune_ridge(wave(700, 59.95), 0.4, protocol));
}

TEST(MotionEvaluation, OrdersMethodsOnARegularWave) {
    const auto scores = evaluate_motion(wave(900), {0.4}, {}, {});
    ASSERT_EQ(scores.size(), 3U);
    EXPECT_EQ(scores[0].method, "hold-last-value");
    EXPECT_LT(scores[1].rmse_mm, scores[0].rmse_mm);
    EXPECT_LT(scores[2].rmse_mm, 0.2 * scores[1].rmse_mm);
    EXPECT_EQ(scores[2].predictions, 300U);
}

TEST(Announce, NothingIsSaidBeforeItsSettingsAreKnown) {
    const MotionProtocol protocol;
    const auto trace = wave(700);
    const auto said = announce(trace, 0.4, protocol);
    EXPECT_TRUE(said.tuned);
    ASSERT_EQ(said.predictions.size(), 100U);  // samples 601 to 700
    EXPECT_DOUBLE_EQ(said.predictions[0].made_s, trace.time_s(600));
    EXPECT_NE(announced_json("t", 0.4, said).find("\"first_made_s\": 60.0"), std::string::npos);
    // Another tail of the tune part chooses other settings; nothing said before it may know.
    for (const double after_s : {45.0, 59.85}) {
        const auto other = announce(wave(700, after_s), 0.4, protocol);
        for (const auto& p : other.predictions) EXPECT_GT(p.made_s, after_s);
    }
    const auto brief = announce(wave(600), 0.4, protocol);
    EXPECT_FALSE(brief.tuned);
    EXPECT_EQ(brief.settings, RidgeSettings{});
    EXPECT_EQ(brief.predictions.size(), 600U);
}

TEST(MotionEvaluation, JsonCountsTheSamplesOfTheProtocol) {
    std::vector<double> t_s, position_mm;
    for (int i = 0; i < 100; ++i) t_s.push_back(i * 0.02), position_mm.insert(position_mm.end(), {1.0 * i, 0, 0});
    const auto text = motion_json("t", {t_s, position_mm, 1}, {}, {});  // 50 Hz
    EXPECT_NE(text.find("\"samples\": 21"), std::string::npos) << text;
    EXPECT_NE(text.find("\"samples_read\": 100"), std::string::npos);
}

TEST(MotionEvaluation, RefusesShortTracesAndHorizonsThatAreNone) {
    EXPECT_THROW(evaluate_motion(wave(600), {0.5}, {}, {}), InputError);
    EXPECT_THROW(evaluate_motion(wave(700), {0.0}, {}, {}), InputError);
    EXPECT_THROW(evaluate_motion(wave(700), {-0.5}, {}, {}), InputError);
    EXPECT_THROW(evaluate_motion(wave(700), {std::nan("")}, {}, {}), InputError);
}

TEST(MotionEvaluation, BeatsHoldLastValueOnRealBreathing) {
    const auto shared = test::shared_data();
    if (!shared) GTEST_SKIP() << "real breathing traces: folder shared/breathing is absent";
    const auto scores = evaluate_motion(read_trace(*shared / "breathing/seq_2.csv"), {0.5}, {}, {});
    EXPECT_NEAR(scores[0].rmse_mm, 2.07, 0.05);  // depends on the trace alone
    EXPECT_LT(scores[2].rmse_mm, 0.5 * scores[0].rmse_mm);
    EXPECT_EQ(scores[2].predictions, 783U);
}

}  // namespace
}  // namespace coutard::registration
