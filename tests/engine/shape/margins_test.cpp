#include "engine/shape/margins.hpp"

#include <gtest/gtest.h>

#include <numbers>

#include "engine/shape/boolean.hpp"
#include "engine/shape/distance.hpp"
#include "tests/harness/solids.hpp"

namespace coutard {
namespace {

const Vec3 centre{0.4, -0.3, 0.7};
const Grid fine({100, 100, 60}, {-49.5, -49.5, -59}, {1, 1, 2});

double radius_of(double cm3) {
    return std::cbrt(cm3 * 1000 * 3 / (4 * std::numbers::pi));
}

TEST(Margins, SpheresGrowAndShrinkByTheMargin) {
    for (const double radius : {8.0, 20.0})
        for (const double mm : {1.0, 3.0, 5.0, 10.0, -1.0, -3.0, -5.0}) {
            const auto grown = with_margin(test::sphere(fine, centre, radius), mm);
            const double found = radius_of(volume_cm3(grown)), wanted = radius + mm;
            RecordProperty("r" + std::to_string(radius) + "m" + std::to_string(mm), std::to_string(found - wanted));
            EXPECT_NEAR(found, wanted, 0.13) << radius << " mm by " << mm;
            EXPECT_GT(test::dice(grown, test::sphere(fine, centre, wanted)), 1 - 0.3 / wanted)
                << radius << " mm by " << mm;
        }
}

TEST(Margins, AThreeMillimetreSliceHoldsTheMarginToo) {
    const Grid coarse({60, 60, 36}, {-58, -58, -52}, {2, 2, 3});
    for (const double mm : {3.0, 5.0, 10.0, -5.0}) {
        const auto grown = with_margin(test::sphere(coarse, centre, 25), mm);
        EXPECT_NEAR(radius_of(volume_cm3(grown)), 25 + mm, 0.2) << mm;
    }
}

TEST(Margins, ABoxGrowsRoundCorners) {
    const auto grown = with_margin(test::box(fine, {-10, -12, -14}, {10, 12, 14}), 5);
    // Steiner's formula for a box
    const double a = 20, b = 24, c = 28, m = 5;
    const double wanted = a * b * c + 2 * (a * b + b * c + a * c) * m + std::numbers::pi * (a + b + c) * m * m +
                          4.0 / 3 * std::numbers::pi * m * m * m;
    EXPECT_NEAR(volume_cm3(grown), wanted / 1000, 0.02 * wanted / 1000);
    const auto shrunk = with_margin(test::box(fine, {-10, -12, -14}, {10, 12, 14}), -3);
    EXPECT_NEAR(volume_cm3(shrunk), 14 * 18 * 22 / 1000.0, 0.01 * 14 * 18 * 22 / 1000.0);
}

TEST(Margins, EachSideItsOwn) {
    const auto at = [](const Mask& m, const Vec3& p) {
        const Vec3 i = m.grid().index(p);
        return inside(m, m.grid().flat(static_cast<int>(std::lround(i.x)), static_cast<int>(std::lround(i.y)),
                                       static_cast<int>(std::lround(i.z))));
    };
    const Margin margin{.left = 8, .right = 0, .anterior = 5, .posterior = 2, .superior = 10, .inferior = 4};
    for (const Mat3& direction : {Mat3{}, Mat3{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}}}) {
        const Grid grid({100, 100, 60}, direction * Vec3{-49.5, -49.5, -59}, {1, 1, 2}, direction);
        const auto grown = with_margin(test::box(grid, {-10, -10, -10}, {10, 10, 10}), margin);
        EXPECT_TRUE(at(grown, {17, 0, 0}) && !at(grown, {19, 0, 0})) << "left";
        EXPECT_TRUE(at(grown, {-9, 0, 0}) && !at(grown, {-11, 0, 0})) << "right";
        EXPECT_TRUE(at(grown, {0, -14, 0}) && !at(grown, {0, -16, 0})) << "anterior";
        EXPECT_TRUE(at(grown, {0, 11, 0}) && !at(grown, {0, 13, 0})) << "posterior";
        EXPECT_TRUE(at(grown, {0, 0, 18}) && !at(grown, {0, 0, 22})) << "superior";
        EXPECT_TRUE(at(grown, {0, 0, -12}) && !at(grown, {0, 0, -16})) << "inferior";
    }
    const auto half_and_half = with_margin(test::box(fine, {-10, -10, -10}, {10, 10, 10}), {.left = 5, .right = -5});
    EXPECT_NEAR(volume_cm3(half_and_half), 8.0, 0.1) << "grown on one side, shrunk on the other";
}

TEST(Margins, AnEllipsoidFromASmallBall) {
    const auto grown =
        with_margin(test::sphere(fine, centre, 2),
                    {.left = 10, .right = 10, .anterior = 6, .posterior = 6, .superior = 16, .inferior = 16});
    const double wanted = 4.0 / 3 * std::numbers::pi * 12 * 8 * 18 / 1000;  // Minkowski sum is close to this
    EXPECT_NEAR(volume_cm3(grown), wanted, 0.08 * wanted);
}

TEST(Margins, WhatFillsNoVoxelByHalfGrowsToo) {
    Mask speck(fine);
    speck.at(50, 50, 30) = 90, speck.at(51, 50, 30) = 60;  // a seed, or a nerve on a coarse grid
    const auto grown = with_margin(speck, 5);
    EXPECT_NEAR(radius_of(volume_cm3(grown)), 5 + radius_of(speck.grid().voxel_cm3()), 0.6);
    EXPECT_TRUE(inside(grown, fine.flat(54, 50, 30)));
    EXPECT_EQ(volume_cm3(with_margin(speck, 0)), volume_cm3(speck));
}

TEST(Margins, EmptyAndWholeStay) {
    EXPECT_EQ(volume_cm3(with_margin(Mask(fine), 5)), 0);
    EXPECT_EQ(volume_cm3(with_margin(Mask(fine, 255), -5)), volume_cm3(Mask(fine, 255))) << "the edge is no surface";
    const auto ball = test::sphere(fine, centre, 8);
    EXPECT_EQ(volume_cm3(with_margin(ball, 0)), volume_cm3(ball));
    EXPECT_THROW(with_margin(ball, std::nan("")), ContractError);
}

TEST(SignedDistance, OfASphereIsTheRadius) {
    const auto distance = signed_distance(test::sphere(fine, centre, 20));
    double worst = 0;
    for (std::size_t v = 0; v < distance.count(); ++v) {
        const Vec3 p = fine.point(static_cast<double>(v % 100), static_cast<double>(v / 100 % 100),
                                  static_cast<double>(v / 10000));
        const double wanted = norm(p - centre) - 20;
        if (std::abs(wanted) > 3 && norm(p - centre) > 5) worst = std::max(worst, std::abs(distance[v] - wanted));
    }
    EXPECT_LT(worst, 0.3);
}

}  // namespace
}  // namespace coutard
