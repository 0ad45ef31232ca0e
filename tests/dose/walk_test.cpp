#include "dose/ray/walk.hd.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "engine/par/philox.hd.hpp"

namespace coutard::dose {
namespace {

const Grid grid({7, 5, 9}, {0, 0, 0}, {2, 3, 1.5});

Vec3 random_point(par::Philox& rng) {  // inside, outside and, every fourth, on a wall
    Vec3 p{rng.uniform() * 13 - 3, rng.uniform() * 11 - 3, rng.uniform() * 15 - 3};
    if (rng.bits() % 4 == 0) p.x = std::floor(p.x);
    return p;
}

double clipped_length(const Vec3& a, const Vec3& b) {
    double from = 0, to = 0;
    return clip(grid, a, b, from, to) ? to - from : 0;
}

TEST(Walk, BooksTheWholeSegmentOnceAndAlikeBothWays) {
    par::Philox rng(1922, 0);
    std::vector<double> there(grid.count()), back(grid.count());
    for (int n = 0; n < 5000; ++n) {
        const Vec3 a = random_point(rng), b = random_point(rng);
        std::fill(there.begin(), there.end(), 0.0);
        std::fill(back.begin(), back.end(), 0.0);
        double sum = 0;
        walk(grid, a, b, [&](std::size_t v, double part) {
            there[v] += part;
            sum += part;
        });
        walk(grid, b, a, [&](std::size_t v, double part) { back[v] += part; });
        EXPECT_NEAR(sum, clipped_length(a, b), 1e-9);
        if (a.x == std::floor(a.x) && a.x == b.x) continue;  // inside a wall either side may own it
        for (std::size_t v = 0; v < there.size(); ++v) EXPECT_NEAR(there[v], back[v], 1e-9);
    }
}

TEST(Walk, EndsWhereTheVisitorSaysSo) {
    const Vec3 a{0.5, 0.5, 0.5}, b{3.5, 0.5, 0.5};
    int visits = 0;
    walk(grid, a, b, [&](std::size_t, double) { return ++visits < 2; });
    EXPECT_EQ(visits, 2);
}

TEST(Walk, GivesEachVoxelTheLengthOfItsOwnBox) {  // oracle: clip the segment to the voxel's box
    par::Philox rng(1922, 1);
    for (int n = 0; n < 200; ++n) {
        const Vec3 a = random_point(rng), b = random_point(rng);
        walk(grid, a, b, [&](std::size_t v, double part) {
            const double i = static_cast<double>(v % 7), j = static_cast<double>(v / 7 % 5),
                         k = static_cast<double>(v / 35);
            const Grid cell({1, 1, 1}, {0, 0, 0}, {1, 1, 1});
            double from = 0, to = 0;
            const bool meets = clip(cell, a - Vec3{i, j, k}, b - Vec3{i, j, k}, from, to);
            EXPECT_NEAR(part, meets ? to - from : 0, 1e-9);
        });
    }
}

}  // namespace
}  // namespace coutard::dose
