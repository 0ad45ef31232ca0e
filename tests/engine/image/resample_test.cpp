#include "engine/image/resample.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace coutard {
namespace {

const Mat3 tilted{{0.8, 0.6, 0}, {-0.6, 0.8, 0}, {0, 0, 1}};

/// a + g . x at every voxel centre.
Volume<float> ramp(const Grid& grid, double a, const Vec3& g) {
    Volume<float> out(grid);
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i)
                out.at(i, j, k) = static_cast<float>(a + dot(g, grid.point(i, j, k)));
    return out;
}

DisplacementField constant(const Grid& grid, const Vec3f& u) {
    return DisplacementField(grid, u);
}

TEST(SampleLinear, ALinearImageIsExactInAnyOrientation) {
    const Grid grid({9, 8, 7}, {-11, 5, 100}, {1, 2, 3}, tilted);
    const Vec3 g{0.3, -0.7, 1.1};
    const auto image = ramp(grid, 4, g);
    for (const Vec3& at : {Vec3{0, 0, 0}, Vec3{3.25, 2.5, 4.75}, Vec3{8, 7, 6}})
        EXPECT_NEAR(sample_linear(image, grid.point(at), -1), 4 + dot(g, grid.point(at)), 1e-4);
}

TEST(SampleLinear, HoldsTheOutermostValueForHalfAVoxel) {
    const Volume<float> image(Grid({2, 1, 1}, {0, 0, 0}, {2, 2, 2}), std::vector<float>{10, 20});
    EXPECT_EQ(sample_linear(image, {-0.99, 0, 0}, -1), 10);
    EXPECT_EQ(sample_linear(image, {2.99, 0.9, -0.9}, -1), 20);
    EXPECT_EQ(sample_linear(image, {1, 0, 0}, -1), 15);
    EXPECT_EQ(sample_linear(image, {-1.01, 0, 0}, -1), -1);
    EXPECT_EQ(sample_linear(image, {0, 1.01, 0}, -1), -1);
}

TEST(Resample, AFinerGridOfARampStaysTheRamp) {
    const Grid grid({10, 10, 10}, {0, 0, 0}, {4, 4, 4});
    const auto image = ramp(grid, -7, {1, 2, -0.5});
    const Grid fine({9, 9, 9}, {5, 6, 7}, {1.5, 2, 3});
    const auto found = resample(image, fine, -1000);
    const auto wanted = ramp(fine, -7, {1, 2, -0.5});
    for (std::size_t v = 0; v < found.count(); ++v) EXPECT_NEAR(found[v], wanted[v], 1e-3);
}

TEST(Resample, ACoarserGridKeepsTheMean) {
    const Grid grid({16, 16, 16}, {0, 0, 0}, {1, 1, 1});
    Volume<float> image(grid, 0);
    for (int k = 0; k < 16; ++k)
        for (int j = 0; j < 16; ++j)
            for (int i = 0; i < 16; i += 4) image.at(i, j, k) = 100;  // thin sheets that picking would miss or treble
    const auto coarse = resample(image, resampled_grid(grid, {4, 4, 4}), 0);
    ASSERT_EQ(coarse.grid().size(), (Size3{4, 4, 4}));
    for (const float value : coarse.values()) EXPECT_NEAR(value, 25, 1e-3);
}

TEST(Resample, AMaskKeepsItsVolume) {
    const Grid grid({30, 30, 30}, {0, 0, 0}, {1, 1, 1});
    Mask mask(grid);
    for (int k = 8; k < 21; ++k)
        for (int j = 7; j < 22; ++j)
            for (int i = 5; i < 18; ++i) mask.at(i, j, k) = 255;
    const auto cm3 = [](const Mask& m) {
        return std::accumulate(m.values().begin(), m.values().end(), 0.0) / 255 * m.grid().voxel_cm3();
    };
    const auto coarse = resample(mask, resampled_grid(grid, {3.7, 2.9, 5.3}));
    EXPECT_NEAR(cm3(coarse), cm3(mask), 0.02 * cm3(mask));
    EXPECT_NEAR(cm3(resample(mask, resampled_grid(grid, {3, 3, 3}))), cm3(mask), 0.001 * cm3(mask));
}

TEST(Warp, AShiftReadsTheMovingImageBesideIt) {
    const Grid grid({12, 11, 10}, {0, 0, 0}, {2, 2, 3});
    const auto moving = ramp(grid, 1, {1, -2, 3});
    const auto warped = warp(moving, constant(grid, {1.5F, 2, -3}), -1000);
    EXPECT_NEAR(warped.at(5, 5, 5), moving.at(5, 5, 5) + 1.5 - 4 - 9, 1e-3);
    EXPECT_EQ(warped.at(11, 5, 5), -1000) << "the moving point lies outside";
    Mask mask(grid);
    mask.at(6, 5, 5) = 255;
    EXPECT_EQ(warp(mask, constant(grid, {2, 0, 0})).at(5, 5, 5), 255);
    EXPECT_EQ(warp(mask, constant(grid, {1, 0, 0})).at(5, 5, 5), 128) << "half a voxel: half inside";
}

TEST(Compose, TwoLinearFieldsGiveTheirProduct) {
    // u1(x) = a x, u2(x) = b x: x + u = (1 + b)(1 + a) x.
    const Grid grid({21, 21, 21}, {-20, -20, -20}, {2, 2, 2});
    DisplacementField u1(grid), u2(grid);
    for (int k = 0; k < 21; ++k)
        for (int j = 0; j < 21; ++j)
            for (int i = 0; i < 21; ++i) {
                const Vec3 x = grid.point(i, j, k);
                u1.at(i, j, k) = {static_cast<float>(-0.1 * x.x), 0, static_cast<float>(-0.05 * x.z)};
                u2.at(i, j, k) = {static_cast<float>(0.2 * x.x), static_cast<float>(0.1 * x.y), 0};
            }
    const auto both = compose(u1, u2);
    for (int i : {0, 4, 13, 20}) {
        const Vec3 x = grid.point(i, 7, 18);
        EXPECT_NEAR(both.at(i, 7, 18).x, (1.2 * 0.9 - 1) * x.x, 1e-4);
        EXPECT_NEAR(both.at(i, 7, 18).y, 0.1 * x.y, 1e-4);
        EXPECT_NEAR(both.at(i, 7, 18).z, -0.05 * x.z, 1e-4);
    }
}

}  // namespace
}  // namespace coutard
