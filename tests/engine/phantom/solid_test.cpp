#include "engine/phantom/solid.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace coutard::phantom {
namespace {

/// Volume [mm3] by counting points of a fine lattice.
double volume(const Solid& solid, double step) {
    const Bounds b = solid.bounds();
    long n = 0;
    for (double z = b.low.z + step / 2; z < b.high.z; z += step)
        for (double y = b.low.y + step / 2; y < b.high.y; y += step)
            for (double x = b.low.x + step / 2; x < b.high.x; x += step) n += solid.distance({x, y, z}) < 0;
    return static_cast<double>(n) * step * step * step;
}

TEST(Solid, EllipsoidHasItsVolumeAndExactAxes) {
    const auto s = ellipsoid({1, 2, 3}, {10, 20, 15});
    EXPECT_NEAR(volume(*s, 0.5) / (4.0 / 3 * std::numbers::pi * 3000), 1, 0.005);
    EXPECT_NEAR(s->distance({11, 2, 3}), 0, 1e-9);
    EXPECT_NEAR(s->distance({1, 22.1, 3}), 0.1, 1e-3);
}

TEST(Solid, TubeIsACapsuleAndStretches) {
    const double r = 5, length = 30;
    const auto s = tube({{0, 0, 0}, {0, 0, length}}, r);
    EXPECT_NEAR(volume(*s, 0.5) / (std::numbers::pi * r * r * length + 4.0 / 3 * std::numbers::pi * r * r * r), 1,
                0.01);
    EXPECT_NEAR(tube({{0, 0, 0}, {0, 0, 30}}, 5, {2, 1, 1})->distance({10, 0, 15}), 0, 1e-9);
}

TEST(Solid, ProfileJoinsItsSections) {
    const auto s = profile({{0, 50, 40, 0}, {100, 50, 40, 0}}, 2);
    EXPECT_NEAR(volume(*s, 1) / (std::numbers::pi * 2000 * 100), 1, 0.005);
    EXPECT_NEAR(s->distance({50, 0, 50}), 0, 1e-9);
    EXPECT_GT(s->distance({0, 0, 101}), 0);
}

TEST(Solid, RulesCombine) {
    const auto a = box({0, 0, 0}, {10, 10, 10}), b = box({10, 0, 0}, {10, 10, 10});
    EXPECT_NEAR(volume(*both(a, b), 0.5), 10 * 20 * 20, 1);
    EXPECT_NEAR(volume(*either({a, b}), 0.5), 30 * 20 * 20, 1);
    EXPECT_NEAR(volume(*without(a, b), 0.5), 10 * 20 * 20, 1);
    EXPECT_NEAR(volume(*shell(a, 2), 0.5), 8000 - 16 * 16 * 16, 1);
    EXPECT_LT(mirrored(b)->distance({-15, 0, 0}), 0);
    EXPECT_GT(mirrored(b)->distance({15, 0, 0}), 0);
    EXPECT_NEAR(volume(*repeated(a, 0, 5, 2), 0.25), 20 * 20 * 8, 20);
}

TEST(Solid, PlacedScalesTurnsAndShifts) {
    const Mat3 quarter{{0, 1, 0}, {-1, 0, 0}, {0, 0, 1}};  // x -> y
    const auto s = placed(box({0, 0, 0}, {10, 2, 2}), quarter, {2, 2, 2}, {1, 0, 0});
    // the original point q = R (p / scale) + shift lies inside for q = (9, 0, 0): p = 2 R^T (8, 0, 0)
    const Vec3 p = quarter.transposed() * Vec3{8, 0, 0} * 2;
    EXPECT_LT(s->distance(p), 0);
    EXPECT_GT(s->distance(quarter.transposed() * Vec3{10, 0, 0} * 2), 0);
    EXPECT_NEAR(volume(*s, 1), 20 * 4 * 4 * 8, 300);
}

}  // namespace
}  // namespace coutard::phantom
