#include "engine/eval/structure_dose.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "engine/base/error.hpp"
#include "tests/engine/eval/shapes.hpp"

namespace coutard {
namespace {
using namespace test;

/// 1 Gy per mm along x, 50 Gy at the origin.
double slope(const Vec3& p) {
    return 50 + p.x;
}

/// Part of a ball of radius r that lies beyond x: the cap.
double cap_part(double x, double r) {
    return (r - x) * (r - x) * (2 * r + x) / (4 * r * r * r);
}

TEST(StructureDose, BallInALinearGradientHasItsAnalyticHistogram) {  // V(50 + x) = the cap beyond x
    const auto dose = field(cube_grid(41, 2.5), slope);
    const double r = 20;
    const auto result = structure_dose("ball", dose, covered(cube_grid(45, 1), ball({}, r)));
    EXPECT_NEAR(result.volume().value(), 4 * std::numbers::pi / 3 * 8, 0.05);
    EXPECT_NEAR(result.mean.value(), 50, 1e-3);
    for (const double x : {-18.0, -10.0, 0.0, 5.0, 15.0, 18.0})
        EXPECT_NEAR(result.percent_at(Gy{50 + x}), 100 * cap_part(x, r), 0.1) << x;
    EXPECT_NEAR(result.maximum.value(), 70, 0.6);
    EXPECT_NEAR(result.minimum.value(), 30, 0.6);
    EXPECT_NEAR(result.maximum_at_mm.x, 20, 0.6);
    EXPECT_NEAR(result.maximum_at_mm.y, 0, 3);
}

TEST(StructureDose, SmallBallInACoarseDoseIsRight) {  // radius 3 mm, dose voxels of 3 mm: 0.113 cm3
    const auto dose = field(cube_grid(21, 3), slope);
    const double r = 3;
    const Vec3 centre{0.7, -0.4, 1.1};
    const auto result = structure_dose("lens", dose, covered(cube_grid(13, 1), ball(centre, r)));
    EXPECT_NEAR(result.volume().value(), 4 * std::numbers::pi / 3 * 0.027, 0.001);
    EXPECT_NEAR(result.mean.value(), 50.7, 0.02);
    for (const double x : {-2.0, -1.0, 0.0, 1.0, 2.0})
        EXPECT_NEAR(result.percent_at(Gy{50.7 + x}), 100 * cap_part(x, r), 1.0) << x;
}

/// The plane inside partly covered voxels: without it the edge dose smears over a whole voxel.
TEST(StructureDose, PartVoxelsSitOnTheirSide) {
    const auto dose = field(cube_grid(21, 3), slope);
    const auto mask = covered(cube_grid(21, 3), box({-10, -10, -10}, {10, 10, 10}));
    const auto result = structure_dose("box", dose, mask);
    EXPECT_NEAR(result.dose_at_percent(99).value(), 40 + 0.2, 0.15);
    EXPECT_NEAR(result.dose_at_percent(2).value(), 60 - 0.4, 0.15);
    EXPECT_NEAR(result.maximum.value(), 60, 0.51);
}

TEST(StructureDose, ObliqueGridsGiveTheSame) {
    const double s = std::sqrt(0.5);
    const Mat3 turned{{s, s, 0}, {-s, s, 0}, {0, 0, 1}};
    const Grid plain = cube_grid(31, 2);
    const Grid oblique(plain.size(), turned * plain.origin_mm(), plain.spacing_mm(), turned);
    const auto along = [&](const Vec3& p) { return 50 + dot(turned.cx, p); };
    const auto a = structure_dose("a", field(plain, slope), covered(plain, ball({1, 2, 3}, 17)));
    const auto b = structure_dose("b", field(oblique, along), covered(oblique, ball(turned * Vec3{1, 2, 3}, 17)));
    EXPECT_NEAR(a.mean.value(), b.mean.value(), 1e-4);
    EXPECT_NEAR(a.dose_at_percent(5).value(), b.dose_at_percent(5).value(), 0.02);
    EXPECT_NEAR(a.maximum_at_mm.x, dot(turned.cx, b.maximum_at_mm), 1e-6);  // y and z are a tie
}

TEST(StructureDose, MeetsTheHottestVoxelItself) {
    Volume<float> dose(cube_grid(9, 3), 20);
    dose.at(4, 4, 5) = 61.5F;
    const auto result = structure_dose("all", dose, Mask(cube_grid(9, 3), 255));
    EXPECT_FLOAT_EQ(static_cast<float>(result.maximum.value()), 61.5F);
    EXPECT_LT(norm(result.maximum_at_mm - Vec3{0, 0, 3}), 1e-9);
}

TEST(StructureDose, BooksWhatLiesOutsideTheDoseGrid) {
    const auto dose = field(cube_grid(10, 2), [](const Vec3&) { return 5.0; });  // covers -10 .. 10
    const auto mask = covered(cube_grid(40, 1), box({-15, -5, -5}, {5, 5, 5}));
    const auto result = structure_dose("long", dose, mask);
    EXPECT_NEAR(result.outside_dose_grid.value(), 0.5, 1e-6);
    EXPECT_NEAR(result.mean.value(), 5 * 0.75, 1e-6);
    EXPECT_EQ(result.minimum, Gy{0});
}

TEST(StructureDose, AnEmptyStructureIsEmpty) {
    const auto result = structure_dose("none", Volume<float>(cube_grid(3, 1), 1), Mask(cube_grid(3, 1)));
    EXPECT_TRUE(result.empty());
    EXPECT_EQ(result.mean, Gy{0});
}

TEST(StructureDose, RefusesWhatIsNoDose) {
    for (const float bad : {-0.001F, std::nanf(""), INFINITY}) {
        Volume<float> dose(cube_grid(3, 1), 1);
        dose.at(2, 1, 0) = bad;
        try {
            structure_dose("x", dose, Mask(cube_grid(3, 1), 255));
            FAIL() << bad;
        } catch (const InputError& error) {
            EXPECT_NE(std::string(error.what()).find("voxel (2, 1, 0)"), std::string::npos) << error.what();
        }
    }
    EXPECT_THROW(structure_dose("x", Volume<float>(), Mask(cube_grid(3, 1), 255)), ContractError);
    EXPECT_THROW(structure_dose("x", Volume<float>(cube_grid(3, 1), 1), Mask(cube_grid(3, 1)), {Gy{0.1}, 0}),
                 ContractError);
}

}  // namespace
}  // namespace coutard
