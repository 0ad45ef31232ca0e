#include "dose/phantom/reference_aims.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace coutard::dose {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

SlabSpec slabs(const std::vector<std::pair<std::string, double>>& to_cm) {
    SlabSpec out;
    double from = 0;
    for (const auto& [material, to] : to_cm) {
        out.slabs.push_back({material, {}, {-inf, inf}, {-inf, inf}, {from, to}});
        from = to;
    }
    return out;
}

const ReferenceAxis axis{{0.5, 1.5, 2.5, 3.5, 4.5}, {80, 100, 95, 90, 85}, {0.001, 0.001, 0.001, 0.001, 0.001}};

/// The axis off by that much of the maximum at each depth.
AxisCheck off_by(const std::vector<double>& percent) {
    DepthDose ours{axis.depth_cm, axis.dose, std::vector<double>(percent.size(), 0)};
    for (std::size_t i = 0; i < percent.size(); ++i) ours.dose[i] += percent[i];
    return check_axis(axis, ours);
}

bool all_met(const std::vector<AimResult>& results) {
    return std::all_of(results.begin(), results.end(), [](const AimResult& a) { return a.met; });
}

TEST(ReferenceAims, AreThoseOfWaterOrOfSlabs) {
    const auto water = superposition_aims(slabs({{"water", 30}}), axis);
    EXPECT_EQ(water.from_cm, 1.5);
    EXPECT_EQ(water.gamma_percent, 99);
    EXPECT_FALSE(water.axis_percent(0.5));
    EXPECT_EQ(water.axis_percent(25), 2);
    const auto lung = superposition_aims(slabs({{"water", 3}, {"lung_icru", 13}, {"water", 30}}), axis);
    EXPECT_EQ(lung.gamma_percent, 97);
    EXPECT_EQ(lung.axis_percent(2.5), 2);
    EXPECT_EQ(lung.axis_percent(3.5), 3);
    EXPECT_EQ(lung.axis_percent(20), 3);  // behind it
    auto heavy = slabs({{"water", 30}});
    heavy.slabs[0].density_g_cm3 = 1.1;
    EXPECT_EQ(superposition_aims(heavy, axis).axis_percent(2), 3);
    auto insert = slabs({{"water", 30}});
    insert.inserts.push_back({"bone_cortical_icru", {}, {-1, 1}, {-1, 1}, {4, 5}});
    EXPECT_EQ(superposition_aims(insert, axis).slab_from_cm, 4);
}

TEST(ReferenceAims, JudgeTheAxisWhereItIsWorstForItsPlace) {
    const auto lung = superposition_aims(slabs({{"water", 3}, {"lung_icru", 13}, {"water", 30}}), axis);
    EXPECT_TRUE(all_met(judge_superposition(off_by({-9, 1.9, -1.9, 2.9, -2.9}), {}, lung)));  // build-up is free
    EXPECT_FALSE(all_met(judge_superposition(off_by({0, 0, 2.1, 0, 0}), {}, lung)));
    EXPECT_FALSE(all_met(judge_superposition(off_by({0, 0, 0, 0, -3.1}), {}, lung)));
    const auto worst = judge_superposition(off_by({0, 0, 1.8, 2.4, 0}), {}, lung);
    ASSERT_EQ(worst.size(), 1U);
    EXPECT_NE(worst[0].what.find("+1.80"), std::string::npos) << worst[0].what;  // 90 % of its 2 %, not 80 % of 3 %
}

TEST(ReferenceAims, JudgeGammaAndMonteCarlo) {
    const auto water = superposition_aims(slabs({{"water", 30}}), axis);
    ReferenceGamma gamma;
    gamma.judged = 1000;
    gamma.passed = 990;
    EXPECT_TRUE(all_met(judge_superposition(off_by({0, 0, 0, 0, 0}), gamma, water)));
    gamma.passed = 989;
    EXPECT_FALSE(all_met(judge_superposition(off_by({0, 0, 0, 0, 0}), gamma, water)));
    VoxelCheck voxels;
    voxels.judged = 100;
    voxels.within = 99;
    EXPECT_TRUE(all_met(judge_monte_carlo(off_by({0, 0.3, 0.3, 0.3, 0.3}), voxels)));
    EXPECT_FALSE(all_met(judge_monte_carlo(off_by({0, 0.5, 0.5, 0.5, 0.5}), voxels)));  // in the mean
    EXPECT_FALSE(all_met(judge_monte_carlo(off_by({0, 1.5, -1.5, 0, 0}), voxels)));     // single depths
    voxels.within = 98;
    EXPECT_FALSE(all_met(judge_monte_carlo(off_by({0, 0, 0, 0, 0}), voxels)));
}

}  // namespace
}  // namespace coutard::dose
