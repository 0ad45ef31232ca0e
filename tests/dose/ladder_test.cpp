#include "dose/superposition/ladder.hd.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "dose/influence/thinning.hpp"
#include "dose/superposition/cone_line.hd.hpp"
#include "tests/dose/dose_tables.hpp"

namespace coutard::dose {
namespace {

TEST(Ladder, LossesAndMeansAreTheExponentials) {
    for (double x : {1e-5, 0.001, 0.02, 0.3, 1.0, 7.0, 40.0}) {
        float lost[ladder_rates], kept[ladder_rates];
        ladder_losses(static_cast<float>(x), static_cast<float>(x), lost);
        ladder_means(static_cast<float>(x), static_cast<float>(x), lost, kept);
        for (int n = 0; n < ladder_rates; ++n) {
            const double t = static_cast<double>(static_cast<float>(x)) * slowest_rate_per_cm * std::pow(2, n);
            EXPECT_NEAR(lost[n], -std::expm1(-t), 3e-6 * -std::expm1(-t) + 1e-12);
            EXPECT_NEAR(kept[n], 1 + std::expm1(-t) / t, 2e-5 * (1 + std::expm1(-t) / t) + 1e-6);
        }
    }
}

TEST(Ladder, FitKeepsTheEnergyAndFollowsAKnownSum) {  // what it is made of comes back
    std::vector<double> radius{0}, energy;
    for (int k = 0; k < 39; ++k) radius.push_back(0.01 * std::pow(6000.0, k / 38.0));
    const auto cumulated = [](double r) { return -0.6 * std::expm1(-1.1 * r) - 0.4 * std::expm1(-0.07 * r); };
    for (std::size_t k = 0; k + 1 < radius.size(); ++k)
        energy.push_back(cumulated(radius[k + 1]) - cumulated(radius[k]));
    const auto fit = fit_ladder(radius, energy, LadderPart::Whole);
    EXPECT_LT(ladder_error(radius, energy, fit), 0.002);
    double all = 0;
    for (int n = 0; n < ladder_rates; ++n)
        all -= fit[static_cast<std::size_t>(n)] * std::expm1(-slowest_rate_per_cm * std::pow(2, n) * 60);
    EXPECT_NEAR(all, cumulated(60), 1e-9);
}

TEST(ConeKernel, ConesTogetherHoldTheKernelsEnergy) {
    const auto& tables = test::DoseTables::get();
    for (const auto& layout : {ConeLayout::coarse(), ConeLayout::standard(), ConeLayout::fine()}) {
        const auto kernel = tables.kernel(layout);
        EXPECT_LT(kernel.worst_fit, 0.025);
        Vec3 balance;
        for (int g = 0; g < energy_groups; ++g) {
            double energy = 0;
            for (const auto& cone : kernel.cones)
                for (int n = 0; n < ladder_rates; ++n)
                    energy += static_cast<double>(cone.amplitude[static_cast<std::size_t>(g * ladder_rates + n)]) *
                              -std::expm1(-slowest_rate_per_cm * std::pow(2, n) * 60);
            EXPECT_GT(energy, 0.92);  // the rest went beyond 60 cm
            EXPECT_LT(energy, 1.0);
        }
        for (const auto& cone : kernel.cones) {
            EXPECT_NEAR(norm(cone.direction), 1, 1e-12);
            balance = balance + Vec3{cone.direction.x, cone.direction.y, 0} * static_cast<double>(cone.amplitude[0]);
        }
        EXPECT_NEAR(norm(balance), 0, 1e-6);
    }
}

TEST(ConeLines, EveryVoxelMeetsOneLayerOfLine) {
    const Grid grid({6, 9, 7}, {0, 0, 0}, {2, 1, 3});
    for (const Vec3& d :
         {Vec3{0.1, 0.2, 0.97}, Vec3{-0.8, 0.3, 0.5}, Vec3{0.02, -0.99, 0.1}, Vec3{1, 1, 1}, Vec3{0, 0, -1}}) {
        const ConeLines lines = cone_lines(grid, unit(d));
        std::vector<double> length(grid.count());
        for (int p = 0; p < lines.count[0]; ++p)
            for (int q = 0; q < lines.count[1]; ++q)
                for (const auto& step : lines.steps) {
                    int at[3];
                    at[lines.axis[0]] = step.layer;
                    at[lines.axis[1]] = lines.low[0] + p + step.across[0];
                    at[lines.axis[2]] = lines.low[1] + q + step.across[1];
                    if (grid.holds(at[0], at[1], at[2]))
                        length[grid.flat(at[0], at[1], at[2])] += static_cast<double>(step.part);
                }
        for (double l : length) EXPECT_NEAR(l, 1, 1e-6);
    }
}

TEST(Thinning, KeepsTheSumOfManyColumns) {  // 400 columns of 0.1 t, one of 5 t, and a debt of 0.05 t
    SceneMedium place{test::uniform_box(20, 6, 5, 1), {0, 0, 0}};
    const BeamletMedium medium(place.medium);
    const DoseRows rows(place, medium, place.medium.grid, {});
    Thinning thinning(rows, 7, 0);
    std::vector<double> sum(place.medium.grid.count());
    const auto add = [&](float dose) {
        std::vector<float> all(rows.count(), 0.0F);
        for (int k = 0; k < 6; ++k)
            for (int j = 0; j < 20; ++j)
                for (int i = 0; i < 20; ++i) all[rows.place(i, j, k)] = dose;
        const auto column = thinning.column(all, 1.0F, 2.0F);
        for (std::size_t e = 0; e < column.voxels.size(); ++e)
            sum[column.voxels[e]] += static_cast<double>(column.gy_per_mu[e]);
    };
    for (int n = 0; n < 400; ++n) add(n == 200 ? -0.05F : 0.1F);
    add(5.0F);
    for (double s : sum) EXPECT_NEAR(s, 2 * (39.9 - 0.05 + 5), 2.01);  // off by one t at most
    add(-3.0F);                                                        // beside the sharp edge of a beamlet
    add(5.0F);
    for (double s : sum) EXPECT_NEAR(s, 2 * (39.85 + 10 - 3), 2.01);  // paid by the next dose
    for (int n = 0; n < 40; ++n) add(0.1F);
    for (double s : sum) EXPECT_NEAR(s, 2 * (39.85 + 10 - 3 + 4), 2.01);
}

TEST(Thinning, SettlesDebtsAtTheEnd) {  // a beamlet's 5 t and its neighbour's -2 t, with other thresholds
    SceneMedium place{test::uniform_box(20, 6, 5, 1), {0, 0, 0}};
    const BeamletMedium medium(place.medium);
    const DoseRows rows(place, medium, place.medium.grid, {});
    Thinning thinning(rows, 7, 0);
    std::vector<InfluenceColumn> columns;
    for (const auto& [dose, low] : {std::pair{5.0F, 1.0F}, std::pair{-2.0F, 0.5F}}) {
        std::vector<float> all(rows.count(), 0.0F);
        for (int k = 0; k < 6; ++k) all[rows.place(3, 4, k)] = dose;
        columns.push_back(thinning.column(all, low, 2.0F));
    }
    thinning.settle(columns, 2.0F);
    EXPECT_TRUE(columns[1].voxels.empty());
    ASSERT_EQ(columns[0].voxels.size(), 6U);
    for (float d : columns[0].gy_per_mu) EXPECT_NEAR(d, 2 * (5 - 2 + 0.25), 2 * 0.26);  // the tally began in [0, 1)
}

}  // namespace
}  // namespace coutard::dose
