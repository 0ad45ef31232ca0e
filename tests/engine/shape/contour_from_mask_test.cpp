#include "engine/shape/contour_from_mask.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/shape/boolean.hpp"
#include "engine/shape/rasterise.hpp"
#include "tests/harness/solids.hpp"

namespace coutard {
namespace {

const Grid grid({40, 40, 20}, {-20, -20, 0}, {1, 1, 3});
const Grid one_slice({24, 24, 1}, {-12, -12, 0}, {1, 1, 1});

TEST(ContoursFromMask, ABallComesBack) {
    const auto ball = test::sphere(grid, {0.3, -0.7, 29}, 12.4);
    const auto back = rasterise(contours_from_mask(ball), grid);
    EXPECT_GT(test::dice(ball, back), 0.997);
    EXPECT_NEAR(volume_cm3(back), volume_cm3(ball), 0.01 * volume_cm3(ball));
}

TEST(ContoursFromMask, BinaryMasksWithHolesAndCornersComeBack) {
    auto ring = test::solid(grid, [](const Vec3& p) {
        const double r = std::hypot(p.x, p.y);
        return (r < 14 && r > 6) || (std::abs(p.x) < 2 && std::abs(p.y) < 2);
    });
    for (auto& part : ring.values()) part = part >= 128 ? 255 : 0;
    const auto contours = contours_from_mask(ring);
    EXPECT_EQ(contours.size(), 3U * 20) << "outside, hole and island in every slice";
    EXPECT_GT(test::dice(ring, rasterise(contours, grid)), 0.995);
}

TEST(ContoursFromMask, EdgesOfTheGridCloseAndStraightLinesAreTwoPoints) {
    const Mask all(grid, 255);
    const auto contours = contours_from_mask(all);
    ASSERT_EQ(contours.size(), 20U);
    EXPECT_LE(contours[0].points_mm.size(), 8U) << "a rectangle with cut corners";
    EXPECT_GT(test::dice(all, rasterise(contours, grid)), 0.995);
    EXPECT_TRUE(contours_from_mask(Mask(grid)).empty());
    const auto structure = structure_from_mask("Cord", all);
    EXPECT_EQ(structure.name, "SpinalCord");
    EXPECT_EQ(structure.role, Role::Organ);
}

void make_binary(Mask& mask) {
    for (auto& part : mask.values()) part = part >= 128 ? 255 : 0;
}

Mask disc(const Vec3& centre, double radius, bool binary) {
    auto mask = test::solid(
        one_slice, [&](const Vec3& p) { return std::hypot(p.x - centre.x, p.y - centre.y) < radius; }, 7);
    if (binary) make_binary(mask);
    return mask;
}

/// Where in a pixel a centre lies decides what a small disc's mask looks like.
std::vector<Vec3> centres() {
    std::mt19937 generator(7);
    std::uniform_real_distribution<double> within(-0.5, 0.5);
    std::vector<Vec3> all;
    for (int c = 0; c < 20; ++c) {
        const double x = within(generator);
        all.push_back({x, within(generator), 0});
    }
    return all;
}

TEST(ContoursFromMask, SmallDiscsKeepTheirArea) {
    for (const bool binary : {false, true})
        for (const double radius : {1.2, 1.8, 4.5})
            for (const auto& centre : centres()) {
                const auto mask = disc(centre, radius, binary);
                const double back = volume_cm3(rasterise(contours_from_mask(mask), one_slice));
                EXPECT_NEAR(back / volume_cm3(mask), 1, 0.02)
                    << radius << (binary ? " binary" : "") << " at " << centre.x << ' ' << centre.y;
            }
}

TEST(ContoursFromMask, ARingKeepsItsAreaAndItsHoles) {
    for (const bool binary : {false, true})
        for (const auto& centre : centres()) {
            const auto outer = disc(centre, 6, binary), inner = disc(centre, 2.5, binary);
            const auto contours = contours_from_mask(subtract(outer, inner));
            ASSERT_EQ(contours.size(), 2U);
            const double a = volume_cm3(rasterise(std::vector{contours[0]}, one_slice)),
                         b = volume_cm3(rasterise(std::vector{contours[1]}, one_slice));
            EXPECT_NEAR(std::max(a, b) / volume_cm3(outer), 1, 0.01);
            EXPECT_NEAR(std::min(a, b) / volume_cm3(inner), 1, 0.02);
        }
}

TEST(ContoursFromMask, ASliceCoveredInPartKeepsItsOutline) {
    const auto whole = disc({}, 6, true);
    auto part = whole;
    for (auto& value : part.values()) value = value ? 160 : 0;  // the end slice of a solid that ends inside it
    const double back = volume_cm3(rasterise(contours_from_mask(part), one_slice));
    EXPECT_NEAR(back / volume_cm3(whole), 1, 0.11) << "outlined, not shrunk to 63 %";
    // A slope over many pixels has its outline at one half, and no islands.
    Mask slope(one_slice);
    for (int j = 0; j < 24; ++j)
        for (int i = 0; i < 24; ++i)
            slope.at(i, j, 0) = static_cast<std::uint8_t>(std::clamp(255 - 16 * (i - 4), 0, 255));
    const auto contours = contours_from_mask(slope);
    ASSERT_EQ(contours.size(), 1U);
    for (const auto& p : contours[0].points_mm)
        if (p.x > -11 && std::abs(p.y) < 10) {
            EXPECT_NEAR(p.x, -12 + 4 + 127.5 / 16, 0.01);
        }
}

TEST(ContoursFromMask, AGapOfOnePixelStaysOpen) {
    auto two = unite(disc({-6, 0, 0}, 5.4, true), disc({6, 0, 0}, 5.4, true));
    for (int j = 0; j < 24; ++j) two.at(12, j, 0) = 0;
    EXPECT_EQ(contours_from_mask(two).size(), 2U);
}

}  // namespace
}  // namespace coutard
