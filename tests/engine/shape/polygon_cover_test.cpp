#include "engine/shape/polygon_cover.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <numbers>
#include <numeric>

namespace coutard {
namespace {

/// A star: crosses most lines many times.
PixelPolygon star(int points, double outer, double inner) {
    PixelPolygon polygon;
    for (int p = 0; p < points; ++p) {
        const double a = 2 * std::numbers::pi * p / points, r = p % 2 ? inner : outer;
        polygon.push_back({20 + r * std::cos(a), 20 + r * std::sin(a)});
    }
    return polygon;
}

double sum(const Patch& patch) {
    return std::accumulate(patch.part.begin(), patch.part.end(), 0.0);
}

TEST(PolygonCover, AreasByClosedForm) {
    for (const int points : {10, 40, 200}) {
        const double area = points / 2.0 * 15 * 9 * std::sin(2 * std::numbers::pi / points);
        EXPECT_NEAR(sum(cover(std::vector<PixelPolygon>{star(points, 15, 9)}, 40, 40)), area, 5e-3 * area) << points;
    }
    const PixelPolygon quarter{{3.5, 3.25}, {7.5, 3.25}, {7.5, 4.75}, {3.5, 4.75}};
    const Patch patch = cover(std::vector<PixelPolygon>{quarter}, 40, 40);
    EXPECT_FLOAT_EQ(patch.at(4, 3), 0.25F);
    EXPECT_FLOAT_EQ(patch.at(7, 5), 0.25F);
    EXPECT_FLOAT_EQ(patch.at(5, 4), 1);
    EXPECT_EQ(patch.at(39, 39), 0) << "beyond the patch";
}

TEST(PolygonCover, VerticesOnSampleLinesCountOnce) {
    // Sample lines lie at odd multiples of 1/32: vertices, peaks and level edges exactly on them.
    const double y = 10 + 1 / 32.0;
    const PixelPolygon kite{{5, y}, {10, y - 3}, {15, y}, {10, y + 3}};
    EXPECT_NEAR(sum(cover(std::vector<PixelPolygon>{kite}, 40, 40)), 30, 0.1);
    const PixelPolygon level{{5, y}, {15, y}, {15, y + 4}, {5, y + 4}};
    EXPECT_NEAR(sum(cover(std::vector<PixelPolygon>{level}, 40, 40)), 40, 1e-4);
}

TEST(PolygonCover, TakesTheTimeOfItsEdgesAndCrossingsOnly) {
    // Tall and thin: 48 000 sample lines times 80 000 edges would be 3.8e9 tests, 5 s and more.
    PixelPolygon tall = star(80000, 15, 14.99);
    for (auto& p : tall) p.y = 2000 + 100 * (p.y - 20);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_GT(sum(cover(std::vector<PixelPolygon>{tall}, 40, 4000)), 70000);
    EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), 2);
}

}  // namespace
}  // namespace coutard
