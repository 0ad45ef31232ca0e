// Superposition against EGSnrc (tests/golden/egsnrc): run with --gtest_filter=Reference* to print the table of
// docs/validation/superposition.md.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "dose/phantom/reference_check.hpp"
#include "tests/dose/reference_case.hpp"

namespace coutard::dose {
namespace {

struct Comparison {
    double absolute = 0, shape = 0;  ///< largest difference beyond 1 cm [% of the reference's maximum]
    double at_absolute_cm = 0, at_shape_cm = 0;
    double build_up = 0, at_build_up_cm = 0;  ///< largest absolute difference of the first cm [%]
    double ratio10 = 0;                       ///< ours over the reference at 10 cm
    double pdd10 = 0, d20_d10 = 0, reference_pdd10 = 0, reference_d20_d10 = 0;
};

Comparison compare(const std::string& name) {
    const auto golden = test::repository("tests/golden/egsnrc");
    const auto& [spec, dose] = test::ReferenceCase::get(name);
    const Table table(golden / (name + "_pdd.csv"));
    const auto &z = table.column("depth_cm"), &reference = table.column("dose");
    const DepthDose pdd = depth_dose(dose.dose, spec.pdd_half_width_cm);
    const auto ours =
        on_cells(pdd.dose, {pdd.depth_cm.front() - 0.5 * spec.voxel_mm[2] / 10, spec.voxel_mm[2] / 10}, 0, z);
    const double peak = *std::max_element(reference.begin(), reference.end()),
                 our_peak = *std::max_element(ours.begin(), ours.end());
    Comparison c;
    c.ratio10 = interpolate_linear(z, ours, 10) / interpolate_linear(z, reference, 10);
    for (std::size_t i = 0; i < z.size(); ++i) {
        const double absolute = 100 * (ours[i] - reference[i]) / peak,
                     shape = 100 * (ours[i] / c.ratio10 - reference[i]) / peak;
        if (z[i] <= 1) {
            if (std::abs(absolute) > std::abs(c.build_up)) {
                c.build_up = absolute;
                c.at_build_up_cm = z[i];
            }
            continue;
        }
        if (std::abs(absolute) > std::abs(c.absolute)) {
            c.absolute = absolute;
            c.at_absolute_cm = z[i];
        }
        if (std::abs(shape) > std::abs(c.shape)) {
            c.shape = shape;
            c.at_shape_cm = z[i];
        }
    }
    c.pdd10 = 100 * interpolate_linear(z, ours, 10) / our_peak;
    c.reference_pdd10 = 100 * interpolate_linear(z, reference, 10) / peak;
    c.d20_d10 = interpolate_linear(z, ours, 20) / interpolate_linear(z, ours, 10);
    c.reference_d20_d10 = interpolate_linear(z, reference, 20) / interpolate_linear(z, reference, 10);
    std::printf(
        "%s: first cm %+.2f (at %.2f cm); beyond, %% of maximum: absolute %+.2f (at %.2f cm), shape %+.2f (at %.2f "
        "cm); 10 cm ratio %.4f; "
        "PDD10 %.1f (reference %.1f), D20/D10 %.3f (%.3f)\n",
        name.c_str(), c.build_up, c.at_build_up_cm, c.absolute, c.at_absolute_cm, c.shape, c.at_shape_cm, c.ratio10,
        c.pdd10, c.reference_pdd10, c.d20_d10, c.reference_d20_d10);
    return c;
}

TEST(Reference, WaterTenByTenWithinTwoPercent) {
    const auto c = compare("S1");
    EXPECT_LT(std::abs(c.absolute), 2);
    EXPECT_LT(std::abs(c.build_up), 1.5);  // no contaminant electrons on either side
    EXPECT_LT(std::abs(c.shape), 2);
    EXPECT_NEAR(c.d20_d10, c.reference_d20_d10, 0.01);
}

TEST(Reference, WaterThreeByThreeWithinTwoPercent) {
    const auto c = compare("S3");
    EXPECT_LT(std::abs(c.absolute), 2);
    EXPECT_LT(std::abs(c.build_up), 1.5);  // no contaminant electrons on either side
    EXPECT_LT(std::abs(c.shape), 2);
    EXPECT_NEAR(c.d20_d10, c.reference_d20_d10, 0.01);
}

TEST(Reference, SlabsWithinThreePercent) {
    const auto lung = compare("S2"), bone = compare("S4");
    EXPECT_LT(std::abs(lung.absolute), 3);
    EXPECT_LT(std::abs(bone.absolute), 1.5);
    EXPECT_LT(std::abs(lung.build_up), 1.8);
    EXPECT_LT(std::abs(bone.build_up), 1.2);
}

}  // namespace
}  // namespace coutard::dose
