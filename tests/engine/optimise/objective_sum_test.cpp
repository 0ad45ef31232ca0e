// Objectives against numbers on paper, and their gradients against central differences.
#include "engine/optimise/objective_sum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

VoxelList four() {
    return {{0, 1, 2, 3}, {1, 1, 1, 0.5F}};
}

double value(const Objective& objective, const std::vector<float>& dose, std::vector<float> limit = {}) {
    return ObjectiveSum({{objective, four(), std::move(limit)}})(dose, {});
}

Objective make(ObjectiveKind kind, double dose, double weight = 1) {
    Objective o;
    o.kind = kind;
    o.dose_Gy = dose;
    o.weight = weight;
    return o;
}

TEST(Objective, ValuesByHand) {
    const std::vector<float> dose{10, 20, 30, 40};  // coverage 1, 1, 1, 0.5: total 3.5
    EXPECT_NEAR(value(make(ObjectiveKind::MinDose, 25), dose), (15 * 15 + 5 * 5) / 3.5, 1e-6);
    EXPECT_NEAR(value(make(ObjectiveKind::MaxDose, 25, 2), dose), 2 * (25 + 0.5 * 225) / 3.5, 1e-5);
    EXPECT_NEAR(value(make(ObjectiveKind::UniformDose, 25), dose), (225 + 25 + 25 + 112.5) / 3.5, 1e-5);
    EXPECT_NEAR(value(make(ObjectiveKind::MeanDose, 20), dose), std::pow(80 / 3.5 - 20, 2), 1e-5);
    EXPECT_EQ(value(make(ObjectiveKind::MeanDose, 25), dose), 0);
    EXPECT_NEAR(value(make(ObjectiveKind::FallOff, 0), dose, {15, 15, 15, 15}), (25 + 225 + 0.5 * 625) / 3.5, 1e-4);
    auto dvh = make(ObjectiveKind::MaxDvh, 15);
    dvh.volume_percent = 100 * 1.5 / 3.5;  // 30 and 40 Gy may stay: only 20 and 30 (the threshold itself) are pushed
    EXPECT_NEAR(value(dvh, dose), (25 + 225) / 3.5, 1e-5);
    dvh = make(ObjectiveKind::MinDvh, 35);
    dvh.volume_percent = 100 * 2.5 / 3.5;  // the coldest voxel may stay cold
    EXPECT_NEAR(value(dvh, dose), (225 + 25) / 3.5, 1e-5);
    auto eud = make(ObjectiveKind::Geud, 10);
    eud.a = 2;
    EXPECT_NEAR(value(eud, dose), std::pow(std::sqrt((100 + 400 + 900 + 800) / 3.5) - 10, 2), 1e-4);
    eud = make(ObjectiveKind::Geud, 25);
    eud.a = -1;
    EXPECT_NEAR(value(eud, dose), std::pow(3.5 / (0.1 + 0.05 + 1 / 30.0 + 0.5 / 40) - 25, 2), 1e-4);
}

TEST(Objective, SharesAddUpAndScaleWithTheWeight) {
    const std::vector<float> dose{10, 20, 30, 40};
    const ObjectiveSum sum(
        {{make(ObjectiveKind::MinDose, 25, 3), four(), {}}, {make(ObjectiveKind::MeanDose, 20, 5), four(), {}}});
    const auto shares = sum.shares(dose);
    EXPECT_NEAR(sum(dose, {}), shares[0] + shares[1], 1e-9);
    EXPECT_NEAR(shares[0], 3 * 250 / 3.5, 1e-4);
}

TEST(Objective, GradientsEqualCentralDifferences) {
    std::mt19937 random(7);
    std::uniform_real_distribution<float> gy(5, 75), part(0.05F, 1);
    const std::size_t n = 60;
    VoxelList where;
    std::vector<float> dose(n + 5), limit;
    for (auto& d : dose) d = gy(random);
    for (std::uint32_t v = 0; v < n; ++v) {
        where.voxels.push_back(v + 3);  // the list does not start at the grid's first voxel
        where.coverage.push_back(part(random));
        limit.push_back(gy(random));
    }
    for (const auto kind :
         {ObjectiveKind::MinDose, ObjectiveKind::MaxDose, ObjectiveKind::MeanDose, ObjectiveKind::UniformDose,
          ObjectiveKind::MinDvh, ObjectiveKind::MaxDvh, ObjectiveKind::Geud, ObjectiveKind::FallOff})
        for (const double a : {8.0, 0.7, -6.0}) {
            auto objective = make(kind, kind == ObjectiveKind::MeanDose || a > 0 ? 20 : 60, 2.5);
            objective.a = a;
            objective.volume_percent = 40;
            const ObjectiveSum sum({{objective, where, kind == ObjectiveKind::FallOff ? limit : std::vector<float>{}}});
            std::vector<float> gradient(dose.size());
            sum(dose, gradient);
            for (std::size_t v = 0; v < dose.size(); ++v) {
                // float32 doses: a step of 2^-8 Gy is exact and far from the next voxel's rank
                auto up = dose, down = dose;
                up[v] += 0.00390625F;
                down[v] -= 0.00390625F;
                const double slope =
                    (sum(up, {}) - sum(down, {})) / (static_cast<double>(up[v]) - static_cast<double>(down[v]));
                EXPECT_NEAR(gradient[v], slope, 2e-3 * std::abs(slope) + 1e-4)
                    << static_cast<int>(kind) << " a " << a << " voxel " << v;
            }
        }
}

TEST(Objective, QuantilesCountCoverage) {
    const std::vector<float> dose{10, 20, 30, 40};
    EXPECT_EQ(dose_at_volume(four(), dose, 1), 40);
    EXPECT_EQ(dose_at_volume(four(), dose, 100 * 0.5 / 3.5), 40);
    EXPECT_EQ(dose_at_volume(four(), dose, 15), 30);
    EXPECT_EQ(dose_at_volume(four(), dose, 100), 10);
    EXPECT_NEAR(mean_dose(four(), dose), 80 / 3.5, 1e-6);
}

TEST(Objective, RefusesNonsense) {
    EXPECT_THROW(ObjectiveSum({{make(ObjectiveKind::MinDose, 1), {}, {}}}), ContractError);
    EXPECT_THROW(ObjectiveSum({{make(ObjectiveKind::MinDose, 1), four(), {1, 2}}}), ContractError);
    auto eud = make(ObjectiveKind::Geud, 1);
    eud.a = 0;
    EXPECT_THROW(ObjectiveSum({{eud, four(), {}}}), ContractError);
}

}  // namespace
}  // namespace coutard
