// Even motion between control points.
#include "engine/plan/motion.hpp"

#include <gtest/gtest.h>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

ControlPoint point(double gantry, double x1, double x2, double cumulative) {
    ControlPoint p;
    p.gantry_deg = gantry;
    p.jaws = {-50, 50, -40, 40};
    p.leaves_x1 = {x1, x1 - 10};
    p.leaves_x2 = {x2, x2 + 10};
    p.cumulative = cumulative;
    return p;
}

TEST(Motion, GantryGoesTheShorterWayAndClockwiseForHalfATurn) {
    EXPECT_DOUBLE_EQ(gantry_way_deg(350, 10), 20);
    EXPECT_DOUBLE_EQ(gantry_way_deg(10, 350), -20);
    EXPECT_DOUBLE_EQ(gantry_way_deg(90, 270), 180);
    EXPECT_DOUBLE_EQ(gantry_way_deg(270, 90), 180);
    EXPECT_DOUBLE_EQ(gantry_way_deg(181, 0), 179);
}

TEST(Motion, AQuarterOfTheWayMovesEverythingByAQuarter) {
    ControlPoint b = point(10, 0, 40, 0.9);
    b.jaws.y2 = 80;
    const ControlPoint p = between(point(350, -20, 20, 0.5), b, 0.25);
    EXPECT_DOUBLE_EQ(p.gantry_deg, 355);
    EXPECT_DOUBLE_EQ(p.leaves_x1[0], -15);
    EXPECT_DOUBLE_EQ(p.leaves_x2[1], 35);
    EXPECT_DOUBLE_EQ(p.jaws.y2, 50);
    EXPECT_DOUBLE_EQ(p.jaws.x1, -50);
    EXPECT_DOUBLE_EQ(p.cumulative, 0.6);
}

TEST(Motion, StateFollowsTheMonitorUnits) {
    Beam beam;
    beam.control_points = {point(0, -20, 20, 0), point(0, -10, 30, 0.25), point(0, -10, 30, 0.25),
                           point(90, -10, 50, 1)};
    EXPECT_DOUBLE_EQ(state_at(beam, 0.125).leaves_x1[0], -15);
    EXPECT_DOUBLE_EQ(state_at(beam, 0.625).leaves_x2[0], 40);
    EXPECT_DOUBLE_EQ(state_at(beam, 0.625).gantry_deg, 45);
    EXPECT_DOUBLE_EQ(state_at(beam, 1).gantry_deg, 90);
}

TEST(Motion, RefusesABeamOfOneControlPoint) {
    Beam beam;
    beam.control_points = {point(0, -20, 20, 0)};
    EXPECT_THROW(state_at(beam, 0.5), ContractError);
}

}  // namespace
}  // namespace coutard
