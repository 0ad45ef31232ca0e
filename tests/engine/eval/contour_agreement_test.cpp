#include "engine/eval/contour_agreement.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <random>

#include "engine/base/error.hpp"
#include "engine/eval/surface_elements.hpp"
#include "tests/engine/eval/shapes.hpp"

namespace coutard {
namespace {
using namespace test;

/// A box of whole voxels [low, high].
Mask voxels(const Grid& grid, Size3 low, Size3 high) {
    Mask mask(grid);
    for (int k = low.z; k <= high.z; ++k)
        for (int j = low.y; j <= high.y; ++j)
            for (int i = low.x; i <= high.x; ++i) mask.at(i, j, k) = 255;
    return mask;
}

TEST(CellAreas, KnownCellsHaveTheirArea) {
    const auto areas = cell_areas({1, 1, 1});
    EXPECT_EQ(areas[0], 0);
    EXPECT_EQ(areas[255], 0);
    const double triangle = std::sqrt(3.0) / 8;  // sides of sqrt(1/2)
    for (int c = 0; c < 8; ++c) EXPECT_NEAR(areas[std::size_t{1} << c], triangle, 1e-12);
    EXPECT_NEAR(areas[0b00001111], 1, 1e-12);               // a flat wall
    EXPECT_NEAR(areas[0b00000011], std::sqrt(0.5), 1e-12);  // an edge: a rectangle cut at 45 degrees
    EXPECT_NEAR(areas[0b10000001], 2 * triangle, 1e-12);    // two opposite corners
    EXPECT_NEAR(areas[0b01101001], 4 * triangle, 1e-12);    // four corners that share no edge
    EXPECT_NEAR(cell_areas({2, 3, 5})[0b00001111], 6, 1e-12);
    EXPECT_NEAR(cell_areas({2, 3, 5})[0b00110011], 10, 1e-12);
}

TEST(CellAreas, InsideOutIsTheSameOnUnambiguousCells) {
    const auto areas = cell_areas({1, 2, 3});
    for (const unsigned code : {0b1U, 0b11U, 0b111U, 0b1111U, 0b10111U})
        EXPECT_NEAR(areas[code], areas[255U - code], 1e-12) << code;
}

TEST(SurfaceElements, ABallHasAboutItsArea) {  // binary marching cubes read high by up to a tenth
    const auto surface = surface_elements(covered(cube_grid(50, 1), ball({}, 20)));
    const double area = std::accumulate(surface.area_mm2.begin(), surface.area_mm2.end(), 0.0);
    EXPECT_GT(area, 4 * std::numbers::pi * 400);
    EXPECT_LT(area, 4 * std::numbers::pi * 400 * 1.11);
}

TEST(SurfaceElements, DistanceEqualsThePlainSearch) {
    std::mt19937 random(1922);
    Mask mask(Grid({6, 5, 4}, {}, {1, 1.5, 3}));
    for (auto& v : mask.values()) v = random() % 30 == 0 ? 255 : 0;
    const auto surface = surface_elements(mask);
    const auto found = distance_to(surface, {1, 1.5, 3});
    const auto place = [&](std::size_t c) {
        const auto nx = static_cast<std::size_t>(surface.cells.x), ny = static_cast<std::size_t>(surface.cells.y);
        return Vec3{double(c % nx) * 1, double(c / nx % ny) * 1.5, double(c / nx / ny) * 3};
    };
    for (std::size_t c = 0; c < found.size(); ++c) {
        double least = 1e9;
        for (std::size_t o = 0; o < found.size(); ++o)
            if (surface.area_mm2[o] > 0) least = std::min(least, norm(place(c) - place(o)));
        EXPECT_NEAR(found[c], least, 1e-4);
    }
}

TEST(ContourAgreement, OfAMaskWithItselfIsPerfect) {
    const auto mask = covered(cube_grid(30, 2), ball({}, 20));
    const auto result = compare_contours(mask, mask, 0);
    EXPECT_EQ(result.dice, 1);
    EXPECT_EQ(result.hd95_mm, 0);
    EXPECT_EQ(result.surface_dice, 1);
    EXPECT_EQ(result.added_path_mm, 0);
    EXPECT_NEAR(result.reference_volume.value(), 4 * std::numbers::pi / 3 * 8, 0.05);
}

/// A box of 20 x 12 x 8 voxels moved along x by three voxels of 2 mm.
TEST(ContourAgreement, OfAShiftedBoxIsItsClosedForm) {
    const Grid grid({40, 20, 12}, {}, {2, 1, 3});
    const auto a = voxels(grid, {5, 4, 2}, {24, 15, 9}), b = voxels(grid, {8, 4, 2}, {27, 15, 9});
    const auto result = compare_contours(a, b, 2);
    EXPECT_NEAR(*result.dice, 17.0 / 20, 1e-12);
    EXPECT_NEAR(*result.hd95_mm, 6, 1e-5);
    EXPECT_NEAR(*result.hd_mm, 6, 1e-5);
    EXPECT_NEAR(result.reference_volume.value(), 20 * 12 * 8 * 6.0 / 1000, 1e-9);
    // Missed in each slice: the wall at x = 5 (12 voxels), and of the two walls along x those three
    // columns less the corner already counted (2 each); pixel size sqrt(2 x 1).
    EXPECT_NEAR(result.added_path_mm, 8 * (12 + 2 * 2 + 10) * std::sqrt(2.0), 1e-9);  // + 10 at x = 24: inside b
}

/// Box of 60 x 40 x 40 mm moved along x by 6 mm, tolerance 2.5 mm. Of each surface these lie beyond: the
/// end face outside the other box, 3.5 mm of the sides next to it, and the other end face where it is
/// more than 2.5 mm from the other box's sides. Marching cubes bevel the edges: 1.3 % of the area.
TEST(ContourAgreement, SurfaceDiceOfAShiftedBoxIsItsClosedForm) {
    const Grid grid = cube_grid(80, 1);
    const auto a = voxels(grid, {5, 10, 10}, {64, 49, 49}), b = voxels(grid, {11, 10, 10}, {70, 49, 49});
    const double beyond = 40 * 40 + 3.5 * 160 + 35 * 35, all = 2 * 40 * 40 + 60 * 160;
    EXPECT_NEAR(*compare_contours(a, b, 2.5).surface_dice, 1 - beyond / all, 0.005);
    const auto several = surface_dice(a, b, {2.5, 0, 50});
    EXPECT_DOUBLE_EQ(several[0], *compare_contours(a, b, 2.5).surface_dice);
    EXPECT_DOUBLE_EQ(several[2], 1);
}

/// Between curved surfaces distances read low by up to half a voxel: cells that hold a surface form a
/// layer as thick as a voxel, and the nearest of them counts.
TEST(ContourAgreement, OfConcentricBallsIsTheGap) {
    const Grid grid = cube_grid(46, 1);
    const auto small = covered(grid, ball({}, 18)), large = covered(grid, ball({}, 21));
    const auto result = compare_contours(small, large, 2);
    EXPECT_NEAR(*result.dice, 2 * std::pow(18, 3) / (std::pow(18, 3) + std::pow(21, 3)), 0.01);
    EXPECT_NEAR(*result.mean_surface_mm, 3, 0.5);
    EXPECT_NEAR(*result.hd95_mm, 3, 0.5);
    EXPECT_LT(*result.surface_dice, 0.1);
    EXPECT_GT(*compare_contours(small, large, 4).surface_dice, 0.999);
}

/// plastimatch 1.9.4, `plastimatch dice --all`, on the same voxels. Its Hausdorff distance runs between centres of
/// voxels, ours between cells that hold a surface: within half a voxel's diagonal.
TEST(ContourAgreement, EqualsPlastimatch) {
    const Grid grid({40, 40, 24}, {}, {1.5, 1.5, 2.5});
    Mask ball(grid), box(grid), egg(grid);
    for (int k = 0; k < 24; ++k)
        for (int j = 0; j < 40; ++j)
            for (int i = 0; i < 40; ++i) {
                const double x = (i - 20) * 1.5, y = (j - 20) * 1.5, z = (k - 12) * 2.5;
                if (std::pow(x - 2, 2) + y * y + z * z < 18 * 18) ball.at(i, j, k) = 255;
                if (x >= -15 && x <= 19.5 && y >= -10.5 && y <= 12 && z >= -12.5 && z <= 10) box.at(i, j, k) = 255;
                if (std::pow(x + 3, 2) / 400 + std::pow(y - 1.5, 2) / 144 + std::pow(z - 2.5, 2) / 196 < 1)
                    egg.at(i, j, k) = 255;
            }
    const double half_diagonal = 0.5 * std::hypot(1.5, std::hypot(1.5, 2.5));
    const auto compare = [&](const Mask& a, const Mask& b, double dice, double hausdorff_mm) {
        const auto found = compare_contours(a, b, 3);
        EXPECT_NEAR(*found.dice, dice, 1e-6);
        EXPECT_NEAR(*found.hd_mm, hausdorff_mm, half_diagonal);
    };
    compare(ball, box, 0.770946, 7.5);
    compare(ball, egg, 0.631010, 8.616844);
    compare(box, egg, 0.648844, 12.990381);
}

TEST(ContourAgreement, SurfacesAreAlikeBothWays) {
    const Grid grid = cube_grid(40, 1.5);
    const auto a = covered(grid, ball({2, 0, 0}, 18)), b = covered(grid, box({-15, -10, -12}, {20, 12, 9}));
    const auto ab = compare_contours(a, b, 2), ba = compare_contours(b, a, 2);
    EXPECT_NEAR(*ab.dice, *ba.dice, 1e-12);
    EXPECT_NEAR(*ab.hd95_mm, *ba.hd95_mm, 1e-5);
    EXPECT_NEAR(*ab.surface_dice, *ba.surface_dice, 1e-6);
    EXPECT_NE(ab.added_path_mm, ba.added_path_mm);
}

TEST(ContourAgreement, SaysNothingOfWhatIsNotThere) {
    const Grid grid = cube_grid(10, 1);
    const auto some = voxels(grid, {2, 2, 2}, {5, 5, 5});
    const auto none = compare_contours(Mask(grid), Mask(grid), 1);
    EXPECT_FALSE(none.dice || none.hd95_mm || none.surface_dice);
    EXPECT_EQ(surface_dice(some, Mask(grid), {3}), std::vector<double>{0});
    const auto one = compare_contours(some, Mask(grid), 1);
    EXPECT_EQ(one.dice, 0);
    EXPECT_FALSE(one.hd95_mm);
    EXPECT_NEAR(one.added_path_mm, 4 * 12, 1e-9);
}

TEST(ContourAgreement, RefusesOtherGrids) {
    EXPECT_THROW(compare_contours(Mask(cube_grid(4, 1)), Mask(cube_grid(5, 1)), 1), ContractError);
    EXPECT_THROW(compare_contours(Mask(cube_grid(4, 1)), Mask(cube_grid(4, 1)), -1), ContractError);
}

}  // namespace
}  // namespace coutard
