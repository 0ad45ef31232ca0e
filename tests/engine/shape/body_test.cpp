#include "engine/shape/body.hpp"

#include <gtest/gtest.h>

#include <numbers>

#include "engine/shape/boolean.hpp"
#include "tests/harness/solids.hpp"

namespace coutard {
namespace {

/// A cylinder with a windpipe under a mask on a couch with clamps; the body alone is known.
Volume<float> scene(const Grid& grid) {
    Volume<float> hu(grid, -1000);
    const auto paint = [&](const auto& holds, double value) {
        const Mask part = test::solid(grid, holds, 4);
        for (std::size_t v = 0; v < hu.count(); ++v)
            hu[v] += part_inside(part, v) * (static_cast<float>(value) - hu[v]);
    };
    const auto radius = [](const Vec3& p) { return std::hypot(p.x, p.y); };
    paint([&](const Vec3& p) { return std::abs(p.y - 75) < 5; }, -100);  // couch, 5 mm away
    paint([&](const Vec3& p) { return std::abs(std::abs(p.x) - 60) < 12 && std::abs(p.y - 66) < 6; }, 200);  // clamps
    paint([&](const Vec3& p) { return radius(p) < 68 && radius(p) > 65.5 && p.y < 40; }, 0);  // mask, 2.5 mm thick
    paint([&](const Vec3& p) { return std::abs(p.x) < 1.5 && p.y > 60 && p.y < 72; }, 0);     // a strut to the couch
    paint([&](const Vec3& p) { return radius(p) < 64; }, 30);                                 // the body
    paint([&](const Vec3& p) { return std::hypot(p.x, p.y + 20) < 9; }, -1000);               // the windpipe
    return hu;
}

TEST(FindBody, LeavesCouchClampsAndMaskAndKeepsTheAirway) {
    const Grid grid({100, 100, 12}, {-99, -99, 0}, {2, 2, 3});
    const auto body = find_body(scene(grid));
    const double wanted = std::numbers::pi * 64 * 64 * 36 / 1000;
    EXPECT_NEAR(volume_cm3(body), wanted, 0.015 * wanted);
    const auto at = [&](double x, double y) {
        const Vec3 i = grid.index({x, y, 18});
        return inside(body, grid.flat(static_cast<int>(std::lround(i.x)), static_cast<int>(std::lround(i.y)), 6));
    };
    EXPECT_TRUE(at(0, -20)) << "airway";
    EXPECT_TRUE(at(0, 61));
    EXPECT_FALSE(at(0, 75)) << "couch";
    EXPECT_FALSE(at(60, 66)) << "clamp";
    EXPECT_FALSE(at(0, -67)) << "mask";
}

TEST(FindBody, CountsFatAsWhole) {
    const Grid grid({320, 320, 6}, {-159.5, -159.5, 0}, {1, 1, 3});
    Volume<float> hu(grid, -1000);
    for (const auto& [radius, value] : {std::pair{150.0, -100.0}, std::pair{130.0, 40.0}}) {
        const Mask part = test::solid(
            grid, [r = radius](const Vec3& p) { return std::hypot(p.x, p.y) < r; }, 3);
        for (std::size_t v = 0; v < hu.count(); ++v)
            hu[v] += part_inside(part, v) * (static_cast<float>(value) - hu[v]);
    }
    const auto body = find_body(hu);
    const double wanted = std::numbers::pi * 150 * 150 * 18 / 1000;
    EXPECT_NEAR(volume_cm3(body), wanted, 0.005 * wanted);
    EXPECT_EQ(body.at(159, 20, 3), 255) << "10 mm below the skin";
    EXPECT_LT(body.at(159, 9, 3), 255) << "the skin itself";
}

TEST(FindBody, RefusesAnEmptyImage) {
    const Grid grid({20, 20, 5}, {}, {2, 2, 3});
    EXPECT_THROW(find_body(Volume<float>(grid, -1000)), InputError);
    Volume<float> speck(grid, -1000);
    speck.at(10, 10, 2) = 100;
    EXPECT_THROW(find_body(speck), InputError);
}

}  // namespace
}  // namespace coutard
