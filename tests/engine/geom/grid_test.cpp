#include "engine/geom/grid.hpp"

#include <gtest/gtest.h>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

const Mat3 turned{{0, 1, 0}, {-1, 0, 0}, {0, 0, 1}};  // i runs to posterior, j to the patient's right

TEST(Grid, PointAndIndexInvertEachOther) {
    const Grid grid({5, 6, 7}, {-10, 20, 30}, {1, 2, 3}, turned);
    const Vec3 there = grid.point(1.25, 2.5, 6);
    EXPECT_NEAR(there.x, -10 - 5, 1e-12);
    EXPECT_NEAR(there.y, 20 + 1.25, 1e-12);
    EXPECT_NEAR(there.z, 30 + 18, 1e-12);
    const Vec3 back = grid.index(there);
    EXPECT_NEAR(back.x, 1.25, 1e-12);
    EXPECT_NEAR(back.y, 2.5, 1e-12);
    EXPECT_NEAR(back.z, 6, 1e-12);
}

TEST(Grid, ResampledGridKeepsTheLowFaceAndCovers) {
    const Grid grid({10, 10, 10}, {0.5, 0.5, 1.5}, {1, 1, 3});
    const Grid coarse = resampled_grid(grid, {4, 2, 3});
    EXPECT_EQ(coarse.size(), (Size3{3, 5, 10}));
    EXPECT_NEAR(coarse.point(-0.5, -0.5, -0.5).x, 0, 1e-12);
    EXPECT_GE(coarse.point(2.5, 0, 0).x, 10 - 1e-12);
    EXPECT_NEAR(coarse.voxel_cm3(), 0.024, 1e-12);
}

TEST(Grid, CroppedGridKeepsItsPoints) {
    const Grid grid({10, 10, 10}, {1, 2, 3}, {1, 2, 3}, turned);
    const Grid part = cropped_grid(grid, {2, 3, 4}, {5, 5, 5});
    EXPECT_EQ(part.size(), (Size3{4, 3, 2}));
    EXPECT_LT(norm(part.point(1, 1, 1) - grid.point(3, 4, 5)), 1e-12);
    EXPECT_THROW(cropped_grid(grid, {0, 0, 0}, {10, 0, 0}), ContractError);
}

TEST(Grid, RefusesNonsense) {
    EXPECT_THROW(Grid({0, 1, 1}, {}, {1, 1, 1}), ContractError);
    EXPECT_THROW(Grid({1, 1, 1}, {}, {1, 0, 1}), ContractError);
    EXPECT_THROW(Grid({1, 1, 1}, {}, {1, 1, 1}, Mat3{{1, 0, 0}, {0, 1, 0}, {0, 0, -1}}), ContractError);
    EXPECT_THROW(Grid({1, 1, 1}, {}, {1, 1, 1}, Mat3{{1, 0.1, 0}, {0, 1, 0}, {0, 0, 1}}), ContractError);
}

}  // namespace
}  // namespace coutard
