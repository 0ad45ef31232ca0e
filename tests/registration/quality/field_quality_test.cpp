#include "registration/quality/field_quality.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/error.hpp"
#include "engine/image/invert.hpp"
#include "registration/quality/both_parts.hpp"
#include "tests/registration/ellipsoids.hpp"

namespace coutard::registration {
namespace {

using test::cube;

Grid tilted_grid() {
    const auto turn = test::turned(20, -35, {});
    return {{9, 8, 7}, {5, -3, 2}, {1.5, 2, 3}, turn.rotation};
}

TEST(Jacobian, OfAnAffineMapIsItsDeterminantOnAnyGrid) {
    const Mat3 map{{1.1, 0.2, 0}, {-0.1, 0.9, 0.3}, {0.05, 0, 1.2}};
    for (const Grid& grid : {cube(7, 2.0), tilted_grid()}) {
        const auto determinant = jacobian(field_of(grid, [&](const Vec3& x) { return map * x + Vec3{4, 5, 6}; }));
        for (const float d : determinant.values()) EXPECT_NEAR(d, map.determinant(), 1e-4);
    }
}

TEST(Jacobian, OfAQuadraticMapIsExactInside) {
    const auto grid = cube(9, 1.0);  // u_x = 0.05 x^2: determinant 1 + 0.1 x
    const auto determinant = jacobian(field_of(grid, [](const Vec3& x) { return x + Vec3{0.05 * x.x * x.x, 0, 0}; }));
    for (int i = 1; i < 8; ++i) EXPECT_NEAR(determinant.at(i, 4, 4), 1 + 0.1 * grid.point(i, 4, 4).x, 1e-5);
}

TEST(Jacobian, CountsFoldsInTheMaskOnly) {
    const auto grid = cube(8, 1.0);
    const auto folded = field_of(grid, [](const Vec3& x) { return x.x > 0 ? Vec3{-x.x, x.y, x.z} : x; });
    const auto all = jacobian_figures(folded, std::nullopt);
    EXPECT_EQ(all.count, grid.count());
    EXPECT_GE(all.folded, 3U * 64);
    EXPECT_LT(all.min, 0);
    Mask unharmed(grid);
    for (int k = 0; k < 8; ++k)
        for (int j = 0; j < 8; ++j) unharmed.at(0, j, k) = 255;
    const auto part = jacobian_figures(folded, unharmed);
    EXPECT_EQ(part.folded, 0U);
    EXPECT_EQ(part.count, 64U);
    EXPECT_THROW(jacobian_figures(folded, Mask(cube(7, 1.0), 255)), ContractError);
}

TEST(Spread, PercentilesAreOfTheSortedValues) {
    std::vector<float> values;
    for (int i = 100; i >= 1; --i) values.push_back(static_cast<float>(i));
    const auto s = spread_of(values);
    EXPECT_DOUBLE_EQ(s.mean, 50.5);
    EXPECT_DOUBLE_EQ(s.median, 50);
    EXPECT_DOUBLE_EQ(s.p95, 95);
    EXPECT_DOUBLE_EQ(s.max, 100);
    EXPECT_EQ(spread_of({}).count, 0U);
    EXPECT_THROW(spread_of({1, std::nanf("")}), ContractError);
}

TEST(FieldQuality, ErrorIsTheDistanceOfTheFields) {
    const auto grid = cube(5, 2.0);
    const auto found = field_of(grid, [](const Vec3& x) { return x + Vec3{3, 0, 0}; });
    const auto truth = field_of(grid, [](const Vec3& x) { return x + Vec3{0, -4, 0}; });
    EXPECT_NEAR(error_figures(found, truth, std::nullopt).mean, 5, 1e-6);
    EXPECT_NEAR(length_figures(found, std::nullopt).max, 3, 1e-6);
    EXPECT_THROW(error_figures(found, DisplacementField(cube(6, 2.0)), std::nullopt), ContractError);
}

TEST(FieldQuality, ThereAndBackAgainIsNowhere) {
    const auto grid = cube(20, 2.0);
    const auto there = field_of(grid, [](const Vec3& x) {
        return x + Vec3{std::sin(x.y / 15), 2, std::cos(x.x / 20)};
    });
    const auto back = invert(there, grid);
    Mask middle(grid);
    for (int k = 4; k < 16; ++k)
        for (int j = 4; j < 16; ++j)
            for (int i = 4; i < 16; ++i) middle.at(i, j, k) = 255;
    EXPECT_LT(consistency_figures(there, back, middle).max, 0.05);
    // The same field forward twice ends two displacements away.
    EXPECT_NEAR(consistency_figures(there, there, middle).mean, 2 * length_figures(there, middle).mean, 0.1);
}

TEST(FieldQuality, LandmarksKeepTheirOrder) {
    const auto grid = cube(10, 2.0);
    const auto shift = field_of(grid, [](const Vec3& x) { return x + Vec3{1, 2, 2}; });
    const std::vector<LandmarkPair> pairs{{{0, 0, 0}, {1, 2, 2}}, {{1, 1, 1}, {1, 1, 1}}};
    const auto errors = landmark_errors(shift, pairs);
    ASSERT_EQ(errors.size(), 2U);
    EXPECT_NEAR(errors[0], 0, 1e-5);
    EXPECT_NEAR(errors[1], 3, 1e-5);
}

TEST(FieldQuality, FiguresFallWhenTheFieldIsRight) {
    const auto grid = cube(28, 4.0);
    const auto map = [](const Vec3& x) { return x + Vec3{6, 0, -4}; };
    const auto fixed = test::scan(grid, map), moving = test::scan(grid, test::nowhere_else);
    const auto truth = field_of(grid, map);
    const auto f = registration_figures(fixed, moving, truth, test::head_mask(fixed), nullptr, &truth);
    EXPECT_LT(f.hu_after.value(), 0.35 * f.hu_before.value());
    EXPECT_NEAR(f.error_mm->mean, 0, 1e-6);
    EXPECT_FALSE(f.inverse_mm.has_value());
    EXPECT_NE(figures_text(f).find("0 of "), std::string::npos);
    EXPECT_NE(figures_json(f).find("\"folded_voxels\": 0"), std::string::npos);
}

TEST(FieldQuality, ImagesAreComparedWhereBothAreBeforeAndAfter) {
    const auto grid = cube(10, 2.0);
    Volume<float> fixed(grid, 0), moving(grid, 0);
    for (int k = 0; k < 10; ++k)
        for (int j = 0; j < 10; ++j)
            for (int i = 5; i < 10; ++i) fixed.at(i, j, k) = 100;
    const auto by = [&](double x_mm) { return field_of(grid, [=](const Vec3& x) { return x + Vec3{x_mm, 0, 0}; }); };
    // Half of the voxels, those that differ, are pulled out of the moving image: that is no better match.
    const auto half = registration_figures(fixed, moving, by(10), std::nullopt, nullptr, nullptr);
    EXPECT_EQ(half.hu_voxels, 500U);
    EXPECT_DOUBLE_EQ(half.hu_before.value(), half.hu_after.value());
    const auto none = registration_figures(fixed, moving, by(500), std::nullopt, nullptr, nullptr);
    EXPECT_FALSE(none.hu_before || none.hu_after);
    EXPECT_EQ(none.hu_voxels, 0U);
    EXPECT_NE(figures_text(none).find("before no overlap  after no overlap"), std::string::npos);
    EXPECT_NE(figures_json(none).find("\"rms_hu_after\": null"), std::string::npos);
    // A new frame of reference: nothing to compare before, everything after.
    Volume<float> elsewhere(Grid(grid.size(), grid.origin_mm() + Vec3{500, 0, 0}, grid.spacing_mm()), 0);
    const auto after = registration_figures(fixed, elsewhere, by(500), std::nullopt, nullptr, nullptr);
    EXPECT_FALSE(after.hu_before.has_value());
    EXPECT_NEAR(after.hu_after.value(), 100 / std::sqrt(2.0), 1e-9);
    EXPECT_EQ(after.hu_voxels, 1000U);
}

/// Says the same whichever way it is asked: wrong one way or the other.
class Stubborn : public Registrar {
  public:
    RigidTransform rigid(const RegistrationRequest&, const Progress&) const override { return {{}, {4, 0, 0}}; }
    DisplacementField deformable(const RegistrationRequest& request, const RigidTransform& start,
                                 const Progress&) const override {
        return field_of(request.fixed.grid(), start);
    }
};

TEST(FieldQuality, TheWayBackSeesARigidError) {
    const Volume<float> image(cube(10, 2.0), 0);
    const RegistrationRequest request{image, image, {}, {}};
    for (const bool rigid_only : {true, false}) {
        const auto there = register_both_parts(Stubborn(), request, rigid_only, {}),
                   back = register_back(Stubborn(), request, rigid_only, {});
        EXPECT_NEAR(consistency_figures(there.field, back.field, std::nullopt).mean, 8, 1e-5);
    }
}

}  // namespace
}  // namespace coutard::registration
