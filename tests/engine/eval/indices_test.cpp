#include "engine/eval/indices.hpp"

#include <gtest/gtest.h>

#include "engine/base/error.hpp"
#include "engine/eval/metric.hpp"
#include "tests/engine/eval/shapes.hpp"

namespace coutard {
namespace {
using namespace test;

/// Dose falls from the centre: 70 Gy inside 20 mm, then 1 Gy per mm. Isodoses are balls.
double hill(const Vec3& p) {
    return std::min(70.0, 90 - norm(p));
}

TEST(Indices, OfBallsAreTheirClosedForms) {
    const auto grid = cube_grid(54, 3);
    const auto dose = field(grid, [](const Vec3& p) { return std::max(0.0, hill(p)); });
    const auto target = structure_dose("PTV", dose, covered(grid, ball({}, 24)));
    const auto body = structure_dose("External", dose, Mask(grid, 255));
    const auto at60 = conformity(target, body, Gy{60});  // isodose radius 30
    EXPECT_NEAR(at60.rtog, std::pow(30.0 / 24, 3), 0.01);
    EXPECT_NEAR(at60.paddick, std::pow(24.0 / 30, 3), 0.005);
    EXPECT_NEAR(at60.gradient, std::pow(60.0 / 30, 3), 0.03);  // half the dose at 60 mm
    const auto at68 = conformity(target, body, Gy{68});        // radius 22, inside the target
    EXPECT_NEAR(at68.paddick, std::pow(22.0 / 24, 3), 0.01);
    EXPECT_NEAR(at68.overlap / at68.prescription, 1, 1e-3);
}

TEST(Indices, HomogeneityOfARampIsItsClosedForm) {  // uniform 60 .. 80 Gy: (79.6 - 60.4) / 70
    const auto grid = cube_grid(40, 1);
    const auto dose = field(grid, [](const Vec3& p) { return 70 + p.x / 2; });
    const auto all = structure_dose("PTV", dose, Mask(grid, 255));
    EXPECT_NEAR(homogeneity_index(all), 19.2 / 70, 0.005);
    const auto flat = structure_dose("PTV", Volume<float>(grid, 70), Mask(grid, 255));
    EXPECT_NEAR(homogeneity_index(flat), 0, 2e-4);
}

TEST(Indices, NothingAtThePrescriptionIsSaidSo) {
    const auto grid = cube_grid(10, 1);
    const auto cold = structure_dose("PTV", Volume<float>(grid, 10), Mask(grid, 255));
    const auto index = conformity(cold, cold, Gy{60});
    EXPECT_EQ(index.paddick, 0);
    EXPECT_EQ(index.rtog, 0);
    EXPECT_THROW(conformity(cold, cold, Gy{0}), ContractError);
    EXPECT_THROW(homogeneity_index(structure_dose("none", Volume<float>(grid, 1), Mask(grid))), ContractError);
}

TEST(Metric, ReadsEachKindFromARamp) {  // 60 .. 80 Gy over 64 cm3
    const auto grid = cube_grid(40, 1);
    const auto all = structure_dose("PTV", field(grid, [](const Vec3& p) { return 70 + p.x / 2; }), Mask(grid, 255));
    const auto value = [&](const char* text) { return *value_of(metric_from_text(text), all).value; };
    EXPECT_NEAR(value("D95%"), 61, 0.02);
    EXPECT_NEAR(value("D2%"), 79.6, 0.2);  // the edge value holds in the outer half voxel
    EXPECT_NEAR(value("D6.4cc"), 78, 0.02);
    EXPECT_NEAR(value("V75Gy"), 25, 0.1);
    EXPECT_NEAR(value("V75Gy[cc]"), 16, 0.06);
    EXPECT_NEAR(value("Dmean"), 70, 1e-3);
    EXPECT_NEAR(value("Dmax"), 79.75, 1e-3);
    EXPECT_NEAR(value("Dmin"), 60.25, 1e-3);
    EXPECT_EQ(unit_of(metric_from_text("V75Gy[cc]")), "cm3");
    EXPECT_EQ(unit_of(metric_from_text("V75Gy")), "%");
    EXPECT_EQ(unit_of(metric_from_text("D0.03cc")), "Gy");
}

TEST(Metric, SaysWhyThereIsNoValue) {
    const auto grid = cube_grid(4, 1);  // 0.064 cm3
    const auto tiny = structure_dose("Lens_L", Volume<float>(grid, 3), Mask(grid, 255));
    const auto none = structure_dose("Lens_R", Volume<float>(grid, 3), Mask(grid));
    EXPECT_FALSE(value_of({MetricKind::DoseAtVolume, 0.1, true}, tiny).value);
    EXPECT_NE(value_of({MetricKind::DoseAtVolume, 0.1, true}, tiny).why_not.find("0.064 cm3"), std::string::npos);
    EXPECT_NEAR(*value_of({MetricKind::DoseAtVolume, 0.03, true}, tiny).value, 3, 0.011);
    EXPECT_FALSE(value_of({MetricKind::MeanDose, 0, true}, none).value);
    EXPECT_FALSE(value_of({MetricKind::DoseAtPercent, 0, true}, tiny).value);
}

}  // namespace
}  // namespace coutard
