#include "gui/report/iso_lines.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

namespace coutard::gui::report {
namespace {

std::vector<float> picture(int columns, int rows, const std::function<double(double, double)>& f) {
    std::vector<float> values;
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) values.push_back(static_cast<float>(f(c + 0.5, r + 0.5)));
    return values;
}

double length_of(const Outline& line) {
    double sum = 0;
    for (std::size_t i = line.closed ? 0 : 1; i < line.points.size(); ++i) {
        const auto &a = line.points[i == 0 ? line.points.size() - 1 : i - 1], &b = line.points[i];
        sum += std::hypot(a.right - b.right, a.down - b.down);
    }
    return sum;
}

TEST(IsoLines, AConeHasACircle) {
    const auto cone = picture(60, 50, [](double x, double y) { return 100 - std::hypot(x - 30, y - 25); });
    const auto lines = iso_lines(cone, 60, 50, 80, 2.0);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_TRUE(lines[0].closed);
    for (const auto& p : lines[0].points) EXPECT_NEAR(std::hypot(p.right - 60, p.down - 50), 40, 0.05);
    EXPECT_NEAR(length_of(lines[0]), 2 * std::numbers::pi * 40, 0.5);
}

TEST(IsoLines, ARampHasAnOpenStraightLine) {
    const auto ramp = picture(20, 10, [](double x, double) { return x; });
    const auto lines = iso_lines(ramp, 20, 10, 7.25, 1.0);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_FALSE(lines[0].closed);
    EXPECT_EQ(lines[0].points.size(), 10u);
    for (const auto& p : lines[0].points) EXPECT_NEAR(p.right, 7.25, 1e-5);
}

TEST(IsoLines, EndWhereNothingIsKnown) {
    const double nothing = std::nan("");
    const auto ramp = picture(20, 10, [&](double x, double y) { return y < 4 ? nothing : x; });
    const auto lines = iso_lines(ramp, 20, 10, 7.25, 1.0);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_FALSE(lines[0].closed);
    EXPECT_EQ(lines[0].points.size(), 6u);
    // A plateau that ends at the edge of what is known has no line there.
    EXPECT_TRUE(iso_lines(picture(9, 9, [&](double x, double) { return x > 5 ? nothing : 60; }), 9, 9, 30, 1).empty());
}

TEST(IsoLines, SaddlesMakeTwoLinesThatDoNotCross) {  // high in two opposite corners
    const std::vector<float> low_middle{1, 0, 0, 1}, high_middle{1, 0.4F, 0.4F, 1};
    EXPECT_EQ(iso_lines(low_middle, 2, 2, 0.6, 1).size(), 2u);
    const auto lines = iso_lines(high_middle, 2, 2, 0.6, 1);
    ASSERT_EQ(lines.size(), 2u);
    // The corners hang together, so each line cuts off a low corner.
    for (const auto& line : lines) {
        ASSERT_EQ(line.points.size(), 2u);
        const double right = (line.points[0].right + line.points[1].right) / 2,
                     down = (line.points[0].down + line.points[1].down) / 2;
        EXPECT_GT(std::abs(right - down), 0.5);
    }
}

TEST(IsoLines, EveryCrossingIsUsedOnce) {
    const auto waves = picture(
        80, 70, [](double x, double y) { return std::sin(x / 4) * std::cos(y / 5) + 0.3 * std::sin(x * y / 90); });
    std::size_t crossings = 0, points = 0;
    const auto high = [&](int r, int c) { return waves[static_cast<std::size_t>(r * 80 + c)] >= 0.1F; };
    for (int r = 0; r < 70; ++r)
        for (int c = 0; c < 80; ++c)
            crossings += (c < 79 && high(r, c) != high(r, c + 1)) + (r < 69 && high(r, c) != high(r + 1, c));
    for (const auto& line : iso_lines(waves, 80, 70, 0.1, 1)) points += line.points.size();
    EXPECT_EQ(points, crossings);
}

TEST(IsoLines, NothingCrossesNothing) {
    EXPECT_TRUE(iso_lines(std::vector<float>(12, 1), 4, 3, 2, 1).empty());
}

}  // namespace
}  // namespace coutard::gui::report
