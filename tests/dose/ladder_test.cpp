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

TEST(ConeKernel, KnowsTheEnergyOfWhatChargedParticlesCarry) {  // sums over the tables of mu_en, by another program
    const auto& tables = test::DoseTables::get();
    EXPECT_NEAR(tables.kernel(ConeLayout::coarse()).primary_MeV, 2.44, 0.02);
    const auto hard = make_beam_kernel(tables.points, read_spectrum(tables.data / "physics", "mohan10"),
                                       tables.library.at("water"), ConeLayout::coarse());
    EXPECT_NEAR(hard.primary_MeV, 3.96, 0.03);
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

TEST(Pack, ChoosesLaneByLane) {
    using F = Pack<4>;
    const float a[4] = {-2, 0.25F, 0.5F, 7}, yes[4] = {1e-7F, -2e-7F, 3, 4}, no[4] = {-1, -2, -3, 1e-9F};
    float chosen[4], size[4];
    store_pack(where_below(load_pack<F>(a), F{} + 0.5F, load_pack<F>(yes), load_pack<F>(no)), chosen);
    store_pack(magnitude(load_pack<F>(a)), size);
    for (int n = 0; n < 4; ++n) {
        EXPECT_EQ(chosen[n], a[n] < 0.5F ? yes[n] : no[n]) << n;
        EXPECT_EQ(size[n], std::abs(a[n]));
        EXPECT_EQ(where_below(a[n], 0.5F, yes[n], no[n]), chosen[n]);
        EXPECT_EQ(magnitude(a[n]), size[n]);
    }
}

/// The same doses, one per beamlet of a tile, in all places. \return what is kept of each voxel, in all
std::vector<double> thinned(Thinning& thinning, const DoseRows& rows, const std::vector<float>& doses,
                            const std::vector<float>& lows) {
    KeptDoses keep{{}, static_cast<int>(doses.size()), 2.0F};
    TileRow row;
    std::copy(doses.begin(), doses.end(), row.of);
    std::copy(lows.begin(), lows.end(), keep.low.of);
    const std::vector<TileRow> plane(rows.row * static_cast<std::size_t>(rows.size.y), row);
    std::vector<InfluenceColumn> columns(doses.size());
    std::vector<double> sum(static_cast<std::size_t>(rows.size.x * rows.size.y * rows.size.z));
    for (int k = 0; k < rows.size.z; ++k) thinning.add(k, plane, keep, columns);
    for (const auto& column : columns) {
        EXPECT_TRUE(std::is_sorted(column.voxels.begin(), column.voxels.end()));
        for (std::size_t e = 0; e < column.voxels.size(); ++e)
            sum[column.voxels[e]] += static_cast<double>(column.gy_per_mu[e]);
    }
    return sum;
}

TEST(Thinning, KeepsTheSumOfManyColumns) {  // tiles of doses around 0.1 t, some above t, debts small and large
    SceneMedium place{test::uniform_box(20, 6, 5, 1), {0, 0, 0}};
    const BeamletMedium medium(place.medium);
    const DoseRows rows(place, medium, place.medium.grid, {});
    Thinning thinning(rows, 7, 0);
    std::vector<double> sum(place.medium.grid.count());
    double all = 0;
    const auto add = [&](const std::vector<float>& doses) {
        const auto more = thinned(thinning, rows, doses, std::vector<float>(doses.size(), 1.0F));
        for (std::size_t v = 0; v < sum.size(); ++v) sum[v] += more[v];
        for (float d : doses) all += static_cast<double>(d);
        for (double s : sum) EXPECT_NEAR(s, 2 * all, 2.01);  // off by one t at most
    };
    const std::vector<float> weak(16, 0.1F);
    for (int n = 0; n < 25; ++n) add(weak);
    add({0.1F, 0.9F, 0.95F, -0.03F, 0.99F, 0.2F, -0.04F, 0.99F});  // several in one tile, hairs below zero
    add({0.02F, 5.0F, 0.3F, -0.3F, 0.9F});                         // one above t, kept as it is
    add({-0.01F, -0.02F, -0.03F});
    for (int n = 0; n < 5; ++n) add(weak);
    add({0.5F, -3.0F, 1.0F, 4.0F});  // beside the sharp edge of a beamlet
}

TEST(Thinning, KeepsEachBeamletsOwnDose) {  // the sum alone would not tell one beamlet of a tile from another
    SceneMedium place{test::uniform_box(20, 6, 5, 1), {0, 0, 0}};
    const BeamletMedium medium(place.medium);
    const DoseRows rows(place, medium, place.medium.grid, {});
    Thinning thinning(rows, 7, 0);
    KeptDoses keep{{}, 16, 2.0F};
    TileRow doses;
    for (int lane = 0; lane < 16; ++lane) {
        keep.low.of[lane] = 1.0F + 0.1F * static_cast<float>(lane);
        doses.of[lane] = lane % 5 == 2 ? 0.0F : 0.05F * static_cast<float>(lane + 1);
    }
    const std::vector<TileRow> plane(rows.row * static_cast<std::size_t>(rows.size.y), doses);
    std::vector<InfluenceColumn> columns(16);
    for (int k = 0; k < 6; ++k) thinning.add(k, plane, keep, columns);
    for (std::size_t lane = 0; lane < 16; ++lane) {
        double mean = 0;
        for (float d : columns[lane].gy_per_mu) {
            EXPECT_EQ(d, 2 * keep.low.of[lane]);  // below its threshold: kept as that
            mean += static_cast<double>(d) / static_cast<double>(place.medium.grid.count());
        }
        EXPECT_NEAR(mean, 2 * doses.of[lane], doses.of[lane] == 0 ? 1e-9 : 0.15) << lane;  // 2400 voxels: 0.05 and less
    }
}

TEST(Thinning, PaysADebtWithTheNextDoses) {
    SceneMedium place{test::uniform_box(20, 6, 5, 1), {0, 0, 0}};
    const BeamletMedium medium(place.medium);
    const DoseRows rows(place, medium, place.medium.grid, {});
    Thinning thinning(rows, 7, 0);
    const auto debt = thinned(thinning, rows, {-3.0F}, {0.5F});
    for (double s : debt) EXPECT_EQ(s, 0);
    const auto paid = thinned(thinning, rows, {1.0F, 2.75F, 7.0F}, {1.0F, 0.7F, 1.0F});
    for (double s : paid)
        EXPECT_NEAR(s, 2 * (10.75 - 3 + 0.25), 2 * 0.26);  // the tally of thresholds of 0.5 began in [0, 1)
}

TEST(Thinning, KeepsEveryDoseWithoutAThreshold) {
    SceneMedium place{test::uniform_box(20, 6, 5, 1), {0, 0, 0}};
    const BeamletMedium medium(place.medium);
    const DoseRows rows(place, medium, place.medium.grid, {});
    Thinning thinning(rows, 7, 0);
    for (double s : thinned(thinning, rows, {0.25F, -1.0F, 1e-6F}, {0.0F, 0.0F, 0.0F}))
        EXPECT_NEAR(s, 2 * (0.25 + 1e-6), 1e-7);
}

TEST(Thinning, SettlesDebtsAtTheEnd) {  // a beamlet's 5 t and its neighbour's -2 t, with other thresholds
    SceneMedium place{test::uniform_box(20, 6, 5, 1), {0, 0, 0}};
    const BeamletMedium medium(place.medium);
    const DoseRows rows(place, medium, place.medium.grid, {});
    Thinning thinning(rows, 7, 0);
    std::vector<InfluenceColumn> columns(2);
    std::vector<TileRow> plane(rows.row * static_cast<std::size_t>(rows.size.y));
    plane[rows.place(3, 4, 0)].of[0] = 5;
    plane[rows.place(3, 4, 0)].of[1] = -2;
    KeptDoses keep{{}, 2, 2.0F};
    keep.low.of[0] = 1;
    keep.low.of[1] = 0.5F;
    for (int k = 0; k < 6; ++k) thinning.add(k, plane, keep, columns);
    thinning.settle(columns, 2.0F);
    EXPECT_TRUE(columns[1].voxels.empty());
    ASSERT_EQ(columns[0].voxels.size(), 6U);
    for (float d : columns[0].gy_per_mu) EXPECT_NEAR(d, 2 * (5 - 2 + 0.25), 2 * 0.26);  // the tally began in [0, 1)
}

TEST(BeamletTiles, HoldEachBeamletOnceAmongItsNeighbours) {
    std::vector<Beamlet> beamlets;
    for (double y = -47.5; y < 50; y += 5)
        for (double x = -47.5; x < 50; x += 5)
            if (std::hypot(x, y) < 49) beamlets.push_back({x, y, 5, 5, 0, 0});
    beamlets.push_back({2.5, 2.5, 5, 5, 0, 0});  // twice at one place: no tile may grow past its lanes
    const auto tiles = tiles_of(beamlets);
    EXPECT_LT(tiles.size(), 30U);
    std::vector<int> seen(beamlets.size());
    for (const auto& tile : tiles) {
        EXPECT_LE(tile.size(), static_cast<std::size_t>(tile_lanes));
        for (std::size_t b : tile) {
            ++seen[b];
            EXPECT_LT(std::abs(beamlets[b].x_mm - beamlets[tile.front()].x_mm), 20);
            EXPECT_LT(std::abs(beamlets[b].y_mm - beamlets[tile.front()].y_mm), 20);
        }
    }
    for (int s : seen) EXPECT_EQ(s, 1);
}

}  // namespace
}  // namespace coutard::dose
