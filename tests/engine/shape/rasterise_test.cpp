#include "engine/shape/rasterise.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numbers>

#include "engine/shape/boolean.hpp"
#include "engine/shape/contour_planes.hpp"

namespace coutard {
namespace {

const Grid grid({40, 40, 20}, {-20, -20, 0}, {1, 1, 3});

Contour rectangle(double x0, double y0, double x1, double y1, double z) {
    return {{{x0, y0, z}, {x1, y0, z}, {x1, y1, z}, {x0, y1, z}}, ""};
}
Contour circle(double radius, double z, int points = 720) {
    Contour contour;
    for (int p = 0; p < points; ++p) {
        const double a = 2 * std::numbers::pi * p / points;
        contour.points_mm.push_back({radius * std::cos(a), radius * std::sin(a), z});
    }
    return contour;
}

TEST(Rasterise, ABoxHasItsVolumeWithEndCaps) {
    std::vector<Contour> box;
    for (int k = 5; k <= 9; ++k) box.push_back(rectangle(-3.25, -2.5, 4.75, 7, grid.point(0, 0, k).z));
    std::swap(box[0], box[3]);  // any order
    const auto mask = rasterise(box, grid);
    EXPECT_NEAR(volume_cm3(mask), 8 * 9.5 * 15 / 1000, 0.002);
    EXPECT_EQ(mask.at(20, 20, 5), 255) << "half a slice of end cap fills the end slices wholly";
    EXPECT_EQ(mask.at(20, 20, 4), 0);
    EXPECT_EQ(mask.at(17, 20, 6), 191) << "-3.25 leaves three quarters of the voxel at -3";
    EXPECT_EQ(mask.at(20, 27, 6), 128) << "y = 7 cuts the voxel at 7 in half";
}

TEST(Rasterise, ACircleIsExactToAThousandth) {
    for (const double radius : {2.3, 7.7, 15.1}) {
        const auto mask = rasterise(std::vector{circle(radius, 30)}, grid);
        const double wanted = std::numbers::pi * radius * radius * 3 / 1000;
        EXPECT_NEAR(volume_cm3(mask), wanted, 2e-3 * wanted + 1e-5) << radius;
    }
}

TEST(Rasterise, HolesByXorAndByKeyhole) {
    const double wanted = (20 * 20 - 8 * 8) * 3 / 1000.0;
    const auto xor_hole = rasterise(std::vector{rectangle(-10, -10, 10, 10, 30), rectangle(-4, -4, 4, 4, 30)}, grid);
    EXPECT_NEAR(volume_cm3(xor_hole), wanted, 1e-3);
    const Contour keyhole{{{-10, -10, 30},
                           {10, -10, 30},
                           {10, 10, 30},
                           {-10, 10, 30},
                           {-10, 0.3, 30},
                           {-4, 0.3, 30},
                           {-4, 4, 30},
                           {4, 4, 30},
                           {4, -4, 30},
                           {-4, -4, 30},
                           {-4, 0.3, 30},
                           {-10, 0.3, 30}},
                          ""};
    const auto key_hole = rasterise(std::vector{keyhole}, grid);
    EXPECT_NEAR(volume_cm3(key_hole), wanted, 1e-3);
    EXPECT_EQ(key_hole.at(20, 20, 10), 0);
    EXPECT_EQ(key_hole.at(13, 20, 10), 255) << "the channel has no width";
}

TEST(Rasterise, PlanesBetweenSlicesAndGaps) {
    // Planes 5 mm apart on slices 3 mm apart: the slab [27.5, 42.5] mm.
    const auto between = rasterise(
        std::vector{rectangle(0, 0, 10, 10, 30), rectangle(0, 0, 10, 10, 40), rectangle(0, 0, 10, 10, 35)}, grid);
    EXPECT_NEAR(volume_cm3(between), 10 * 10 * 15 / 1000.0, 2e-3);
    EXPECT_EQ(between.at(25, 25, 9), 85) << "slice 9 spans 25.5 to 28.5 mm, a third inside";
    // Two parts with a gap stay two parts.
    std::vector<Contour> parts;
    for (const double z : {9.0, 12.0, 15.0, 36.0, 39.0}) parts.push_back(rectangle(0, 0, 10, 10, z));
    const auto two = rasterise(parts, grid);
    EXPECT_NEAR(volume_cm3(two), 10 * 10 * 15 / 1000.0, 2e-3);
    EXPECT_EQ(components(two).size(), 2U);
}

/// Squares of 10 mm at these heights.
std::vector<Contour> squares(std::initializer_list<double> heights_mm) {
    std::vector<Contour> all;
    for (const double z : heights_mm) all.push_back(rectangle(0, 0, 10, 10, z));
    return all;
}

TEST(Rasterise, AStrayLoopStaysASlice) {
    EXPECT_NEAR(volume_cm3(rasterise(squares({6, 9, 51}), grid)), 10 * 10 * 9 / 1000.0, 2e-3) << "gaps of 1 and 14";
    const auto lone = rasterise(squares({6, 51}), grid);
    EXPECT_LT(volume_cm3(lone), 10 * 10 * 10.1 / 1000.0) << "two lone slices are no column";
    EXPECT_EQ(components(lone).size(), 2U);
    const Grid thin({40, 40, 60}, {-20, -20, 0}, {1, 1, 1});
    EXPECT_NEAR(volume_cm3(rasterise(squares({20, 25}), thin)), 10 * 10 * 10 / 1000.0, 2e-3)
        << "two slices of 5 mm on a fine grid touch";
    EXPECT_NEAR(volume_cm3(rasterise(squares({6, 26, 46}), grid)), 10 * 10 * 30 / 1000.0, 6e-3)
        << "20 mm apart nothing says what lies between";
}

TEST(Rasterise, AHoleALittleOffThePlaneIsAHole) {
    std::vector<Contour> slices;
    for (const double z : {27.0, 30.0, 33.0}) {
        slices.push_back(rectangle(-10, -10, 10, 10, z));
        slices.push_back(rectangle(-4, -4, 4, 4, z + 0.06));
    }
    const double wanted = (20 * 20 - 8 * 8) * 9 / 1000.0;
    EXPECT_NEAR(volume_cm3(rasterise(slices, grid)), wanted, 2e-3);
    slices.resize(2);
    EXPECT_NEAR(volume_cm3(rasterise(slices, grid)), wanted / 3, 2e-3);
}

TEST(Rasterise, AContourThatIsThereTwiceCountsOnce) {
    auto twice = squares({30, 30, 33});
    EXPECT_NEAR(volume_cm3(rasterise(twice, grid)), 10 * 10 * 6 / 1000.0, 2e-3);
    std::rotate(twice[1].points_mm.begin(), twice[1].points_mm.begin() + 2, twice[1].points_mm.end());
    std::reverse(twice[1].points_mm.begin(), twice[1].points_mm.end());
    EXPECT_NEAR(volume_cm3(rasterise(twice, grid)), 10 * 10 * 6 / 1000.0, 2e-3) << "begun elsewhere, the other way";
}

TEST(StrayPlanes, AreThoseJoinedToNoOther) {
    Structure structure;
    structure.contours = squares({6, 9, 12, 60});
    structure.contours.push_back({{{0, 0, 90}}, ""});
    EXPECT_EQ(stray_planes(structure), std::vector<double>{60});
    structure.contours = squares({6, 9, 9.05, 12});
    EXPECT_TRUE(stray_planes(structure).empty());
    structure.contours = squares({6});
    EXPECT_TRUE(stray_planes(structure).empty()) << "a single slice is all there is";
    structure.contours = {{{{7, 0, 0}, {7, 5, 0}, {7, 5, 5}}, ""}, {{{40, 0, 0}, {40, 5, 0}, {40, 5, 5}}, ""}};
    EXPECT_EQ(stray_planes(structure), (std::vector<double>{7, 40})) << "sagittal";
}

TEST(Rasterise, ATiltedGridAgrees) {
    const Grid turned({40, 40, 20}, {20, 20, 0}, {1, 1, 3}, {{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}});
    const auto a = rasterise(std::vector{rectangle(-3.25, -2.5, 4.75, 7, 30)}, grid);
    const auto b = rasterise(std::vector{rectangle(-3.25, -2.5, 4.75, 7, 30)}, turned);
    EXPECT_NEAR(volume_cm3(a), volume_cm3(b), 1e-6);
    EXPECT_EQ(b.at(23, 20, 10), a.at(17, 20, 10));
}

TEST(Rasterise, WhatSticksOutIsCutAndNonsenseRefused) {
    const auto cut = rasterise(std::vector{rectangle(-100, -100, 100, 100, 30)}, grid);
    EXPECT_NEAR(volume_cm3(cut), 40 * 40 * 3 / 1000.0, 1e-6);
    EXPECT_EQ(volume_cm3(rasterise(std::vector{rectangle(100, 100, 120, 120, 30)}, grid)), 0);
    EXPECT_EQ(volume_cm3(rasterise(std::vector{Contour{{{0, 0, 30}}, ""}}, grid)), 0) << "a marker";
    auto slanted = rectangle(0, 0, 10, 10, 30);
    slanted.points_mm[2].z = 33;
    EXPECT_THROW(rasterise(std::vector{slanted}, grid), InputError);
    slanted.points_mm[2].z = std::nan("");
    EXPECT_THROW(rasterise(std::vector{slanted}, grid), InputError);
}

}  // namespace
}  // namespace coutard
