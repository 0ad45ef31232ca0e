#include "registration/quality/propagate.hpp"

#include <gtest/gtest.h>

#include <numbers>

#include "engine/base/error.hpp"
#include "engine/image/invert.hpp"
#include "engine/shape/contour_from_mask.hpp"
#include "tests/registration/ellipsoids.hpp"

namespace coutard::registration {
namespace {

Mask ball(const Grid& grid, double radius_mm) {
    Mask mask(grid);
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) mask.at(i, j, k) = norm(grid.point(i, j, k)) <= radius_mm ? 255 : 0;
    return mask;
}

StructureSet ball_set(const Grid& grid, double radius_mm) {
    StructureSet set;
    set.structures.push_back(structure_from_mask("GTV", ball(grid, radius_mm)));
    set.structures.back().number = 7;
    set.structures.emplace_back();  // an empty one, as real sets have
    set.structures.back().name = "Areola";
    return set;
}

TEST(Propagate, ShiftedBallKeepsItsVolumeAndMovesAgainstTheField) {
    const auto grid = test::cube(40, 2.0);
    const auto field = field_of(grid, [](const Vec3& x) { return x + Vec3{6, 0, -4}; });
    const auto set = propagate(ball_set(grid, 20), grid, field);
    const auto& result = set.moved;
    ASSERT_EQ(result.size(), 1U);
    const double cm3 = 4.0 / 3 * std::numbers::pi * 8;
    EXPECT_NEAR(result[0].moving_cm3, cm3, 0.03 * cm3);
    EXPECT_NEAR(result[0].fixed_cm3, result[0].moving_cm3, 0.01 * cm3);
    EXPECT_NEAR(result[0].shift_mm, std::sqrt(52.0), 0.05);
    EXPECT_EQ(result[0].structure.number, 7);
    EXPECT_EQ(result[0].structure.name, "GTV");
    double x = 0, count = 0;
    for (const auto& contour : result[0].structure.contours)
        for (const auto& p : contour.points_mm) x += p.x, ++count;
    EXPECT_NEAR(x / count, -6, 0.3);  // moving point = fixed point + 6 mm
}

TEST(Propagate, MagnifyingMapShrinksTheStructureByItsDeterminant) {
    const auto grid = test::cube(40, 2.0);
    const auto field = field_of(grid, [](const Vec3& x) { return x * 1.25; });
    const auto result = propagate(ball_set(grid, 24), grid, field).moved;
    EXPECT_NEAR(result.at(0).fixed_cm3 / result[0].moving_cm3, 1 / (1.25 * 1.25 * 1.25), 0.02);
}

TEST(Propagate, SaysWhatItLeavesBehindAndWhy) {
    const auto grid = test::cube(20, 2.0);
    auto set = ball_set(grid, 10);
    const auto add = [&](const char* name, Role role, const Contour& contour) {
        Structure& s = set.structures.emplace_back();
        s.name = name, s.role = role, s.contours = {contour};
    };
    add("CouchSurface", Role::Support, set.structures[0].contours[3]);
    add("Isocentre", Role::Isocenter, {{{1, 2, 3}}, ""});
    const auto here = propagate(set, grid, DisplacementField(grid));
    ASSERT_EQ(here.moved.size(), 1U);
    ASSERT_EQ(here.left.size(), 3U);
    EXPECT_EQ(here.left[0].name, "Areola");
    EXPECT_EQ(here.left[1].name, "CouchSurface");
    EXPECT_NE(here.left[1].reason.find("support"), std::string::npos);
    EXPECT_EQ(here.left[2].name, "Isocentre");
    EXPECT_NE(here.left[2].reason.find("points"), std::string::npos);
    EXPECT_NE(registration_json({}, {}, here).find("CouchSurface"), std::string::npos);
    const auto away = propagate(set, grid, field_of(grid, [](const Vec3& x) { return x + Vec3{500, 0, 0}; }));
    EXPECT_TRUE(away.moved.empty());  // an empty GTV is not written
    EXPECT_EQ(away.left[0].name, "GTV");
    EXPECT_NE(away.left[0].reason.find("outside the fixed image"), std::string::npos);
}

TEST(Propagate, RefusesContoursOffTheSlices) {
    const auto grid = test::cube(20, 2.0);
    auto set = ball_set(grid, 10);
    set.structures[0].contours[0].points_mm[0].z += 1.3;
    EXPECT_THROW(propagate(set, grid, DisplacementField(grid)), InputError);
}

TEST(PullDose, TakesTheDoseFromWhereTheTissueWas) {
    const auto grid = test::cube(20, 3.0), target = test::cube(8, 4.0);
    Dose dose;
    dose.gy = Volume<float>(grid);
    for (int k = 0; k < 20; ++k)
        for (int j = 0; j < 20; ++j)
            for (int i = 0; i < 20; ++i) dose.gy.at(i, j, k) = static_cast<float>(50 + grid.point(i, j, k).x);
    const auto pulled = pull_dose(dose, field_of(grid, [](const Vec3& x) { return x + Vec3{5, 0, 0}; }), target);
    EXPECT_TRUE(pulled.gy.grid().same_as(target));
    for (int i = 0; i < 8; ++i) EXPECT_NEAR(pulled.gy.at(i, 3, 4), 55 + target.point(i, 3, 4).x, 1e-3);
    const auto away = pull_dose(dose, field_of(grid, [](const Vec3& x) { return x + Vec3{500, 0, 0}; }), target);
    EXPECT_EQ(away.gy.at(3, 3, 3), 0);
}

}  // namespace
}  // namespace coutard::registration
