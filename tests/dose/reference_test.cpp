// Superposition against EGSnrc (tests/golden/egsnrc): run with --gtest_filter=Reference* to print the table of
// docs/validation/dose.md.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "dose/phantom/slab_dose.hpp"
#include "dose/physics/table.hpp"
#include "tests/dose/dose_tables.hpp"

namespace coutard::dose {
namespace {

struct Comparison {
    double absolute = 0, shape = 0;  ///< largest difference beyond 1 cm [% of the reference's maximum]
    double at_absolute_cm = 0, at_shape_cm = 0;
    double ratio10 = 0;  ///< ours over the reference at 10 cm
    double pdd10 = 0, d20_d10 = 0, reference_pdd10 = 0, reference_d20_d10 = 0;
};

/// Our depth dose averaged over the reference's voxels, whose faces follow from their centres.
std::vector<double> on_reference_voxels(const DepthDose& ours, double voxel_cm, const std::vector<double>& centres) {
    std::vector<double> out;
    double low = 0;
    for (double centre : centres) {
        const double high = 2 * centre - low;
        double sum = 0, weight = 0;
        for (std::size_t k = 0; k < ours.dose.size(); ++k) {
            const double o =
                std::min(high, ours.depth_cm[k] + voxel_cm / 2) - std::max(low, ours.depth_cm[k] - voxel_cm / 2);
            if (o > 0) {
                sum += o * ours.dose[k];
                weight += o;
            }
        }
        out.push_back(sum / weight);
        low = high;
    }
    return out;
}

Comparison compare(const std::string& name) {
    const auto golden = test::repository("tests/golden/egsnrc");
    const SlabSpec spec = read_slab_spec(golden / "specs" / (name + ".json"));
    const auto dose = slab_dose(spec, test::repository("data"), ConeLayout::standard(), Device::Cpu, {});
    const Table table(golden / (name + "_pdd.csv"));
    const auto &z = table.column("depth_cm"), &reference = table.column("dose");
    const auto ours = on_reference_voxels(depth_dose(dose.dose, spec.pdd_half_width_cm), spec.voxel_mm[2] / 10, z);
    const double peak = *std::max_element(reference.begin(), reference.end()),
                 our_peak = *std::max_element(ours.begin(), ours.end());
    Comparison c;
    c.ratio10 = interpolate_linear(z, ours, 10) / interpolate_linear(z, reference, 10);
    for (std::size_t i = 0; i < z.size(); ++i) {
        if (z[i] <= 1) continue;
        const double absolute = 100 * (ours[i] - reference[i]) / peak,
                     shape = 100 * (ours[i] / c.ratio10 - reference[i]) / peak;
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
        "%s: beyond 1 cm, %% of maximum: absolute %+.2f (at %.2f cm), shape %+.2f (at %.2f cm); 10 cm ratio %.4f; "
        "PDD10 %.1f (reference %.1f), D20/D10 %.3f (%.3f)\n",
        name.c_str(), c.absolute, c.at_absolute_cm, c.shape, c.at_shape_cm, c.ratio10, c.pdd10, c.reference_pdd10,
        c.d20_d10, c.reference_d20_d10);
    return c;
}

TEST(Reference, WaterTenByTenWithinTwoPercent) {
    const auto c = compare("S1");
    EXPECT_LT(std::abs(c.absolute), 2);
    EXPECT_LT(std::abs(c.shape), 2);
    EXPECT_NEAR(c.d20_d10, c.reference_d20_d10, 0.01);
}

TEST(Reference, WaterThreeByThreeWithinTwoPercent) {
    const auto c = compare("S3");
    EXPECT_LT(std::abs(c.absolute), 2);
    EXPECT_LT(std::abs(c.shape), 2);
    EXPECT_NEAR(c.d20_d10, c.reference_d20_d10, 0.01);
}

TEST(Reference, SlabsAreRecorded) {  // water kernels scaled by density know no interface: bounds of what was found
    EXPECT_LT(std::abs(compare("S2").absolute), 3);
    EXPECT_LT(std::abs(compare("S4").absolute), 6);
}

}  // namespace
}  // namespace coutard::dose
