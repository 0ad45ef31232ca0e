#include "engine/shape/boolean.hpp"

#include <gtest/gtest.h>

#include <numbers>

#include "engine/shape/mask_box.hpp"
#include "tests/harness/solids.hpp"

namespace coutard {
namespace {
using test::box;
using test::sphere;

const Grid grid({60, 60, 40}, {-30, -30, -40}, {1, 1, 2});

TEST(Boolean, BoxesByClosedForm) {
    const auto a = box(grid, {-10.5, -10.5, -11}, {9.5, 9.5, 9}), b = box(grid, {-0.5, -5.5, -5}, {19.5, 4.5, 5});
    EXPECT_NEAR(volume_cm3(a), 8.0, 1e-6);
    EXPECT_NEAR(volume_cm3(b), 2.0, 1e-6);
    EXPECT_NEAR(volume_cm3(intersect(a, b)), 1.0, 1e-6);
    EXPECT_NEAR(volume_cm3(unite(a, b)), 9.0, 1e-6);
    EXPECT_NEAR(volume_cm3(subtract(a, b)), 7.0, 1e-6);
    EXPECT_NEAR(volume_cm3(exclusive_or(a, b)), 8.0, 1e-6);
}

TEST(Boolean, SpheresByClosedForm) {
    const double r = 15, d = 14;  // the lens of two equal spheres: pi (4 r + d) (2 r - d)^2 / 12
    const auto a = sphere(grid, {-7, 0, 0}, r), b = sphere(grid, {7, 0, 0}, r);
    const double lens = std::numbers::pi * (4 * r + d) * (2 * r - d) * (2 * r - d) / 12 / 1000,
                 ball = test::sphere_cm3(r);
    EXPECT_NEAR(volume_cm3(intersect(a, b)), lens, 0.01 * lens);
    EXPECT_NEAR(volume_cm3(unite(a, b)), 2 * ball - lens, 0.01 * ball);
    EXPECT_NEAR(volume_cm3(subtract(a, b)), ball - lens, 0.01 * ball);
    EXPECT_NEAR(volume_cm3(exclusive_or(a, b)), 2 * (ball - lens), 0.01 * ball);
    EXPECT_THROW(unite(a, Mask(Grid({2, 2, 2}, {}, {1, 1, 1}))), ContractError);
}

TEST(Components, LargestFirstAndItIsKept) {
    const auto big = sphere(grid, {-12, 0, 0}, 10), small = sphere(grid, {14, 0, 0}, 4), both = unite(big, small);
    const auto parts = components(both);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_GT(parts[0].cm3, parts[1].cm3);
    EXPECT_NEAR(volume_cm3(keep_largest(both)), volume_cm3(big), 1e-3) << "with its partly covered rim";
    EXPECT_EQ(volume_cm3(keep_largest(Mask(grid))), 0);
}

TEST(FillHoles, ACavityAndATube) {
    const auto block = box(grid, {-20.5, -20.5, -21}, {19.5, 19.5, 21}),
               cavity = box(grid, {-5.5, -5.5, -5}, {4.5, 4.5, 5});
    const auto tube = box(grid, {9.5, 9.5, -50}, {14.5, 14.5, 50});
    const auto open = subtract(subtract(block, cavity), tube);
    EXPECT_NEAR(volume_cm3(fill_holes(open)), volume_cm3(block), 1e-6) << "the tube too, though it leads out";
    const auto notch = subtract(block, box(grid, {10.5, -5.5, -50}, {30, 4.5, 50}));
    EXPECT_NEAR(volume_cm3(fill_holes(notch)), volume_cm3(notch), 1e-6) << "a bay is no hole";
}

TEST(WholeInterior, FractionsStayAtTheSurfaceOnly) {
    Mask mask(Grid({7, 7, 7}, {}, {1, 1, 1}));
    for (int k = 1; k < 6; ++k)
        for (int j = 1; j < 6; ++j)
            for (int i = 1; i < 6; ++i) mask.at(i, j, k) = 200;
    mask.at(0, 3, 3) = 100;
    const auto out = with_whole_interior(mask);
    EXPECT_EQ(out.at(3, 3, 3), 255);
    EXPECT_EQ(out.at(2, 2, 2), 255);
    EXPECT_EQ(out.at(1, 3, 3), 200);
    EXPECT_EQ(out.at(0, 3, 3), 100);
    EXPECT_EQ(with_whole_interior(Mask(Grid({3, 3, 3}, {}, {1, 1, 1}), 200)).at(0, 0, 0), 255)
        << "the edge is no surface";
}

TEST(MaskBox, HoldsWhatCountsAndGoesBack) {
    Mask mask(Grid({8, 7, 6}, {}, {1, 1, 1}));
    mask.at(2, 3, 1) = 255, mask.at(5, 1, 4) = 200, mask.at(6, 6, 5) = 3;
    const auto half = box_of(mask, 128), touched = box_of(mask, 1);
    ASSERT_TRUE(half && touched);
    EXPECT_EQ(half->first, (Size3{2, 1, 1}));
    EXPECT_EQ(half->last, (Size3{5, 3, 4}));
    EXPECT_EQ(touched->last, (Size3{6, 6, 5}));
    const auto wide = touched->widened({1, 9, 1}, mask.grid().size());
    EXPECT_EQ(wide.first, (Size3{1, 0, 0}));
    EXPECT_EQ(wide.last, (Size3{7, 6, 5}));
    const Mask part = cropped(mask, *touched), back = placed(part, *touched, mask.grid());
    EXPECT_EQ(part.at(0, 2, 0), 255);
    for (std::size_t v = 0; v < mask.count(); ++v) ASSERT_EQ(back[v], mask[v]);
    EXPECT_FALSE(box_of(Mask(mask.grid()), 1).has_value());
    EXPECT_FALSE(box_of(Mask{}, 1).has_value());
    EXPECT_THROW(placed(part, *half, mask.grid()), ContractError);
}

}  // namespace
}  // namespace coutard
