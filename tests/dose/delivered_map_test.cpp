// Fluence that a beam delivers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "dose/machine/delivered_map.hpp"
#include "dose/machine/head_shadow.hpp"
#include "engine/base/error.hpp"
#include "tests/dose/cylinder_scene.hpp"

namespace coutard::dose {
namespace {

double sum(const FluenceMap& map) {
    double all = 0;
    for (double v : map.values) all += v;
    return all * map.pixel_mm * map.pixel_mm;
}

TEST(DeliveredMap, AnOpenFieldIsItsMonitorUnitsWithJawLeak) {
    const auto maps = delivered_maps(jaw_beam(0, 40, 100), test::bare_model());
    ASSERT_EQ(maps.size(), 1U);
    const auto& m = maps[0].fluence.focal;
    EXPECT_NEAR(m.at(m.nx / 2, m.ny / 2), 100, 0.1);
    EXPECT_NEAR(m.at(3, m.ny / 2), 100 * 0.003, 0.01);  // under the jaw
    EXPECT_NEAR(sum(m) / (100 * 80 * 80), 1, 0.01);
}

TEST(DeliveredMap, ASlidingGapGivesItsWidthPlusTheLeafGap) {  // truth on paper: every point is open for the same time
    Beam beam = jaw_beam(0, 50, 200);
    beam.delivery = Delivery::SlidingWindow;
    for (int k = 0; k < 2; ++k) {
        auto& p = beam.control_points[static_cast<std::size_t>(k)];
        p.leaves_x1.assign(60, k == 0 ? -60.0 : 50.0);
        p.leaves_x2.assign(60, k == 0 ? -50.0 : 60.0);
    }
    const auto map = delivered_maps(beam, test::bare_model())[0].fluence.focal;
    const double open = 200 * (10 + 1.7) / 110, closed = 200 - open;
    double mean = 0;
    for (int j = 0; j < 10; ++j) mean += map.at(map.nx / 2, map.ny / 2 + j) / 10;  // two leaves with their gaps
    EXPECT_NEAR(mean, open + 0.015 * closed, 0.1);
}

TEST(DeliveredMap, ArcsAreCutAndMetersetsKept) {
    Beam beam = jaw_beam(350, 20, 90);
    beam.control_points.clear();
    for (int k = 0; k <= 10; ++k) {
        ControlPoint p;
        p.gantry_deg = std::fmod(350 + 2.0 * k, 360);
        p.jaws = {-20, 20, -20, 20};
        p.cumulative = k / 10.0;
        beam.control_points.push_back(p);
    }
    const auto maps = delivered_maps(beam, model(), 4);
    EXPECT_EQ(maps.size(), 5U);
    double mu = 0;
    for (const auto& m : maps) mu += m.monitor_units;
    EXPECT_NEAR(mu, 90, 1e-9);
    EXPECT_NEAR(maps[0].gantry_deg, 352, 1e-9);
}

TEST(DeliveredMap, JawsThatTrackAGapLeaveItsWidth) {  // truth on paper: open for 10 mm of 100 mm of way
    Beam beam = jaw_beam(0, 50, 100);
    for (int k = 0; k < 2; ++k) {
        auto& p = beam.control_points[static_cast<std::size_t>(k)];
        const double at = k == 0 ? -50 : 50;
        p.jaws = {at - 5, at + 5, -50, 50};
        p.leaves_x1.assign(60, at - 5);
        p.leaves_x2.assign(60, at + 5);
    }
    BeamModel point = test::bare_model();
    point.focal.sigma_x_mm = point.focal.sigma_y_mm = 1e-3;
    const auto map = delivered_maps(beam, point)[0].fluence.focal;
    EXPECT_NEAR(map.at(map.nx / 2, map.ny / 2) / 100, 0.100, 0.0005);
    EXPECT_NEAR(map.at(map.nx / 2 - 30, map.ny / 2) / 100, 0.100, 0.0005);
}

TEST(DeliveredMap, ACoarseArcIsCutEvenly) {
    Beam beam = jaw_beam(10, 20, 90);
    beam.control_points[1].gantry_deg = 200;  // 170 degrees counter-clockwise
    beam.control_points[1].jaws = {-20, 37, -20, 20};
    const auto maps = delivered_maps(beam, model(), 4);
    ASSERT_EQ(maps.size(), 43U);
    double mu = 0, last = 0;
    for (const auto& m : maps) {
        EXPECT_GT(sum(m.fluence.focal), last);  // the jaw opens evenly on the way
        last = sum(m.fluence.focal);
        mu += m.monitor_units;
    }
    EXPECT_NEAR(mu, 90, 1e-9);
    EXPECT_NEAR(maps.front().gantry_deg, 10 - 170.0 / 86, 1e-9);
    EXPECT_NEAR(maps.back().gantry_deg, 10 - 170 + 170.0 / 86, 1e-9);
}

TEST(DeliveredMap, AFullTurnInThreeControlPointsGoesRound) {  // and not half a turn there and back
    Beam beam = jaw_beam(0, 20, 90);
    beam.control_points.push_back(beam.control_points[1]);
    beam.control_points[1].gantry_deg = 180;
    beam.control_points[1].cumulative = 0.5;
    const auto maps = delivered_maps(beam, model(), 4);
    ASSERT_EQ(maps.size(), 90U);
    for (std::size_t k = 0; k < maps.size(); ++k)
        EXPECT_NEAR(maps[k].gantry_deg, 2 + 4.0 * static_cast<double>(k), 1e-9);
}

TEST(DeliveredMap, ClosedJawsAndLeavesThatTouchAreLegal) {  // a plan may park a field; files round their decimals
    Beam closed = jaw_beam(0, 20, 100);
    for (auto& p : closed.control_points) p.jaws.x1 = p.jaws.x2;
    const auto shut = delivered_maps(closed, test::bare_model())[0].fluence.focal;
    for (double v : shut.values) EXPECT_LT(v, 100 * 0.003 + 1e-3);
    Beam touching = jaw_beam(0, 20, 100);
    for (auto& p : touching.control_points) {
        p.leaves_x1.assign(60, 5.0005);
        p.leaves_x2.assign(60, 5.0);
    }
    EXPECT_NEAR(sum(delivered_maps(touching, test::bare_model())[0].fluence.focal) / (100 * 40),
                0.015 * 40 + 0.985 * 1.7 + MeetingEnds(test::bare_model().head).width_mm(0),
                0.03);  // strips take rays between the leaves as straight: 2 % of the leak
}

TEST(DeliveredMap, RefusesWrongBeamsByName) {
    Beam falling = jaw_beam(0, 20, 10);
    falling.control_points.insert(falling.control_points.begin() + 1, falling.control_points[0]);
    falling.control_points[1].cumulative = -0.5;
    EXPECT_THROW(delivered_maps(falling, model()), InputError);
    Beam crossed = jaw_beam(0, 20, 10);
    for (auto& p : crossed.control_points) {
        p.leaves_x1.assign(60, 5);
        p.leaves_x2.assign(60, 0);
    }
    EXPECT_THROW(delivered_maps(crossed, model()), InputError);
    for (auto& p : crossed.control_points) {
        p.leaves_x1.assign(40, 0);
        p.leaves_x2.assign(40, 5);
    }
    EXPECT_THROW(delivered_maps(crossed, model()), InputError);
    EXPECT_THROW(read_beam_model(test::repository("data"), "tomotherapy"), InputError);
}

TEST(DeliveredMap, RefusesABeamOfAnotherMachineByAttribute) {
    const auto refusal = [](const std::function<void(Beam&)>& spoil) -> std::string {
        Beam beam = jaw_beam(0, 20, 10);
        beam.leaf_edges_mm = model().machine.leaf_edges_mm;
        spoil(beam);
        try {
            delivered_maps(beam, model());
        } catch (const InputError& error) {
            return error.what();
        }
        return {};
    };
    EXPECT_EQ(refusal([](Beam&) {}), "");
    EXPECT_EQ(refusal([](Beam& b) { b.leaf_edges_mm[7] += 0.005; }), "");  // a rounded text
    EXPECT_EQ(refusal([](Beam& b) { b.energy_MV = 10; }),
              "beam 1 '': NominalBeamEnergy [MV]: found 10, expected 6 of generic_6mv");
    EXPECT_EQ(refusal([](Beam& b) { b.flattening_filter = false; }),
              "beam 1 '': FluenceMode: found NON_STANDARD (FFF), expected STANDARD of generic_6mv");
    EXPECT_EQ(refusal([](Beam& b) { b.sad_mm = 1001; }),
              "beam 1 '': SourceAxisDistance [mm]: found 1001, expected 1000 of generic_6mv");
    EXPECT_EQ(refusal([](Beam& b) { b.leaf_edges_mm.pop_back(); }),
              "beam 1 '': LeafPositionBoundaries: edges: found 60, expected 61 of generic_6mv");
    EXPECT_EQ(refusal([](Beam& b) { b.leaf_edges_mm[1] = -187.5; }),
              "beam 1 '': LeafPositionBoundaries [mm]: edge 2: found -187.5, expected -190 of generic_6mv");
}

TEST(DeliveredMap, KeepsTheFluenceOfAWideFocalSpot) {
    BeamModel wide = test::bare_model();
    wide.focal.sigma_x_mm = wide.focal.sigma_y_mm = 4.2;  // shadows of 7 and 9 mm standard deviation
    wide.head.jaw_y = {318, 319};                         // thin: of a thick jaw a wide spot lights both edges
    wide.head.jaw_x = {405, 406};
    wide.head.jaw_x_per_mm = wide.head.jaw_y_per_mm = 10;
    EXPECT_NEAR(sum(delivered_maps(jaw_beam(0, 40, 100), wide)[0].fluence.focal) / (100 * 80 * 80), 1, 0.005);
}

}  // namespace
}  // namespace coutard::dose
