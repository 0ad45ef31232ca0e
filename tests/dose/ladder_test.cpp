#include "dose/superposition/ladder.hd.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

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

}  // namespace
}  // namespace coutard::dose
