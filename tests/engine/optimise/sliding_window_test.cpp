#include "engine/optimise/sliding_window.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "engine/base/error.hpp"
#include "engine/optimise/leaf_fluence.hpp"
#include "tests/engine/optimise/sequencing_cases.hpp"

namespace coutard {
namespace {

TEST(DeliveredFluence, StaticFieldByHand) {
    const Machine m = test::leaf_machine();
    const auto field = test::beamlet_field(m, 29, 30, 4, false);  // two rows about y = 0, x from -20 to 20
    Beam beam;
    beam.monitor_units = 100;
    ControlPoint cp;
    cp.jaws = {-50, 50, -5, 5};
    cp.leaves_x1.assign(60, -12.5 + m.dosimetric_leaf_gap_mm / 2);  // effective edges -12.5 and 10 mm
    cp.leaves_x2.assign(60, 10 - m.dosimetric_leaf_gap_mm / 2);
    cp.leaves_x1[30] = -0.25;  // the upper row nearly closed: effective gap 0.5 mm + DLG
    cp.leaves_x2[30] = 0.25;
    beam.control_points = {cp, cp};
    beam.control_points[1].cumulative = 1;
    const auto f = delivered_fluence(beam, field, m);
    const double leak = 1.5;
    const std::vector<double> lower{leak, 100 - 0.5 * (100 - leak), 100, 100, 100, 100, leak, leak};
    for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(f[i], lower[i], 1e-9) << i;
    const double slit = leak + (100 - leak) * (0.25 + 0.85) / 5;
    EXPECT_NEAR(f[8 + 3], slit, 1e-9);
    EXPECT_NEAR(f[8 + 4], slit, 1e-9);
    EXPECT_NEAR(f[8 + 6], leak, 1e-9);
    for (auto& point : beam.control_points) point.jaws.y2 = 0;  // the upper row now under the jaw
    EXPECT_NEAR(delivered_fluence(beam, field, m)[8 + 6], leak * m.jaw_transmission, 1e-9);
}

TEST(DeliveredFluence, MovingSlitGivesItsWidthOverItsSpeed) {
    const Machine m = test::leaf_machine();
    const auto field = test::beamlet_field(m, 29, 29, 4, false);
    Beam beam;
    beam.delivery = Delivery::SlidingWindow;
    beam.monitor_units = 50;
    ControlPoint cp;
    cp.jaws = {-60, 60, -5, 5};
    cp.leaves_x1.assign(60, -50);
    cp.leaves_x2.assign(60, -40);
    beam.control_points = {cp, cp};
    beam.control_points[1].cumulative = 1;
    beam.control_points[1].leaves_x1.assign(60, 40);
    beam.control_points[1].leaves_x2.assign(60, 50);
    const double open = 50 * (10 + m.dosimetric_leaf_gap_mm) / 90;  // MU x effective slit / travel
    for (const double f : delivered_fluence(beam, field, m)) EXPECT_NEAR(f, open + (50 - open) * 0.015, 1e-9);
}

TEST(SlidingWindow, DeliversTheMapWithinTheLimits) {
    const Machine m = test::leaf_machine();
    const auto field = test::beamlet_field(m, 8, 50, 14);  // 140 mm wide, 10 mm leaves at one end
    const auto wanted = test::bumpy_fluence(field);
    const SlidingWindowOptions options;
    const Beam beam = sliding_window(field, wanted, m, options);
    EXPECT_TRUE(broken_limits(beam, m, options.dose_rate_mu_min).empty())
        << broken_limits(beam, m, options.dose_rate_mu_min).front();
    const auto got = delivered_fluence(beam, field, m);
    double worst = 0, sum = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        worst = std::max(worst, std::abs(got[i] - wanted[i]));
        sum += got[i] - wanted[i];
    }
    EXPECT_LT(worst, 1.2);  // of 60 MU; the valley (2 MU) lies near the slit that must stay open
    EXPECT_LT(std::abs(sum / static_cast<double>(got.size())), 0.15);
    EXPECT_GT(beam.control_points.size(), 100U);
    EXPECT_EQ(beam.control_points.front().jaws.x1, -70);
    EXPECT_EQ(beam.control_points.front().jaws.y2, 110);
}

TEST(SlidingWindow, RowsWithoutFluenceStayClosedUnderTheJaw) {
    const Machine m = test::leaf_machine();
    const auto field = test::beamlet_field(m, 28, 31, 6, false);
    std::vector<double> wanted(field.beamlets.size(), 0.0);
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (field.beamlets[i].row == 29) wanted[i] = 30;
    const Beam beam = sliding_window(field, wanted, m);
    const auto got = delivered_fluence(beam, field, m);
    for (std::size_t i = 0; i < got.size(); ++i)
        EXPECT_NEAR(got[i], field.beamlets[i].row == 29 ? 30 : beam.monitor_units * m.leaf_transmission, 0.3) << i;
    // one row: its rise (30 MU less the transmitted part), and 64.4 mm of travel at 0.2 MU/mm
    const double open = (30 - 0.015 * beam.monitor_units) / 0.985;
    EXPECT_NEAR(beam.monitor_units, open + 0.2 * (60 + 2 * 2.22), 0.01);
}

TEST(SlidingWindow, RefusesWhatTheMachineCannot) {
    const Machine m = test::leaf_machine();
    const auto wide = test::beamlet_field(m, 20, 30, 16, false);
    EXPECT_THROW(sliding_window(wide, test::bumpy_fluence(wide), m), InputError);
    const auto field = test::beamlet_field(m, 20, 30, 5);
    EXPECT_THROW(sliding_window(field, std::vector<double>(3), m), ContractError);
}

TEST(BrokenLimits, NamesEachBreach) {
    const Machine m = test::leaf_machine();
    const auto field = test::beamlet_field(m, 20, 40, 10);
    const Beam good = sliding_window(field, test::bumpy_fluence(field), m);
    const auto breaches = [&](auto change) {
        Beam beam = good;
        change(beam);
        const auto broken = broken_limits(beam, m, 300);
        return broken.empty() ? std::string() : broken.front();
    };
    EXPECT_EQ(breaches([](Beam&) {}), "");
    EXPECT_NE(breaches([](Beam& b) {
                  b.control_points[60].leaves_x2[30] = b.control_points[60].leaves_x1[30] + 0.3;
              }).find("gap"),
              std::string::npos);
    EXPECT_NE(breaches([](Beam& b) { b.control_points[0].leaves_x2[0] = 110; }).find("span"), std::string::npos);
    EXPECT_NE(breaches([](Beam& b) {
                  for (auto& x : b.control_points[0].leaves_x2) x += 260;
              }).find("leaf position"),
              std::string::npos);
    EXPECT_NE(breaches([](Beam& b) { b.control_points[5].jaws.x2 = 210; }).find("jaws"), std::string::npos);
    EXPECT_NE(breaches([](Beam& b) { b.control_points[5].cumulative = 0.9; }).find("meterset"), std::string::npos);
    EXPECT_NE(breaches([](Beam& b) { b.monitor_units /= 2; }).find("travel"), std::string::npos);
    EXPECT_NE(breaches([](Beam& b) { b.monitor_units = 0; }).find("monitor units"), std::string::npos);
}

}  // namespace
}  // namespace coutard
