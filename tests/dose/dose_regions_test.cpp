#include "dose/phantom/dose_regions.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "dose/phantom/mppg_check.hpp"
#include "engine/base/error.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::dose {
namespace {

constexpr double height = 2, half_mm = 40, width_mm = 2, tail_part = 0.05;

/// A field 8 cm wide along x: flat, falling to a tail of 5 % (80 to 20 % in 5.5 mm); the same in all depths and along
/// y.
double field(double x_mm, double shift_mm = 0) {
    const double fall = 1 / (1 + std::exp((std::abs(x_mm) - half_mm - shift_mm) / width_mm));
    return height * (tail_part + (1 - tail_part) * fall);
}

/// Layers at 0.5 to 3.5 cm. \param factor on the dose in the field, added \param tail_Gy outside
Volume<float> dose_of(double shift_mm = 0, double factor = 1, double tail_Gy = 0) {
    const Grid grid({121, 5, 4}, {-120, -4, 5}, {2, 2, 10});
    Volume<float> out(grid);
    for (int k = 0; k < 4; ++k)
        for (int j = 0; j < 5; ++j)
            for (int i = 0; i < 121; ++i) {
                const double x = grid.point(i, j, k).x;
                out.at(i, j, k) = static_cast<float>(field(x, shift_mm) * (std::abs(x) < half_mm ? factor : 1) +
                                                     (std::abs(x) > half_mm ? tail_Gy : 0));
            }
    return out;
}

const DepthRange depths{1, 3};

DoseRegion at(const std::vector<DoseRegion>& regions, const Volume<float>& dose, double x_mm, int layer) {
    return regions[dose.grid().flat(static_cast<int>(std::lround((x_mm + 120) / 2)), 2, layer)];
}

TEST(DoseRegions, SplitAFieldIntoWhatItIsMadeOf) {
    const auto dose = dose_of();
    const auto regions = split_regions(dose, {}, depths);
    for (double x : {0.0, 20.0, -30.0}) EXPECT_EQ(at(regions, dose, x, 1), DoseRegion::High) << x;
    for (double x : {36.0, 38.0, -40.0, 42.0, 44.0}) EXPECT_EQ(at(regions, dose, x, 1), DoseRegion::Penumbra) << x;
    for (double x : {52.0, -60.0, 88.0}) EXPECT_EQ(at(regions, dose, x, 2), DoseRegion::Tail) << x;
    for (double x : {92.0, -118.0}) EXPECT_EQ(at(regions, dose, x, 1), DoseRegion::None) << x;  // 5 cm from the edge
    for (double x : {0.0, 40.0, 60.0}) {
        EXPECT_EQ(at(regions, dose, x, 0), DoseRegion::None) << x;  // 0.5 cm deep
        EXPECT_EQ(at(regions, dose, x, 3), DoseRegion::None) << x;  // 3.5 cm deep
    }
}

TEST(DoseRegions, AGentleSlopeIsNoPenumbra) {  // 1 % of the dose per mm is where 2 mm are worth 2 %
    const Grid grid({41, 3, 1}, {-40, -2, 15}, {2, 2, 10});
    for (const auto& [slope, wanted] : {std::pair{0.008, DoseRegion::High}, {0.012, DoseRegion::Penumbra}}) {
        Volume<float> dose(grid);
        for (int j = 0; j < 3; ++j)
            for (int i = 0; i < 41; ++i)
                dose.at(i, j, 0) = static_cast<float>(std::exp(-slope * grid.point(i, j, 0).x));
        EXPECT_EQ(split_regions(dose, {}, depths)[grid.flat(10, 1, 0)], wanted) << slope;
        RegionTolerances wide;
        wide.high_percent = 5;
        EXPECT_EQ(split_regions(dose, wide, depths)[grid.flat(10, 1, 0)], DoseRegion::High) << slope;
    }
}

bool met(const RegionCheck& r) {
    return r.verdict() == Verdict::Met;
}
bool met(const RegionChecks& all) {
    return met(all.high) && met(all.penumbra) && met(all.tail);
}

RegionChecks checked(const Volume<float>& reference, const Volume<float>& tested, float error = 0.001F) {
    return check_regions({reference, Volume<float>(reference.grid(), error)}, tested, {}, depths,
                         {0.001, 0.002, 0.003});
}

TEST(DoseRegions, NoiseLeavesAVerdictOpen) {
    EXPECT_EQ(judged(1, 0.4, 2), Verdict::Met);
    EXPECT_EQ(judged(-1.5, 0.4, 2), Verdict::Open);
    EXPECT_EQ(judged(2.5, 0.4, 2), Verdict::Open);
    EXPECT_EQ(judged(-3, 0.4, 2), Verdict::Missed);
    EXPECT_GT(Verdict::Missed, Verdict::Open);
}

TEST(DoseRegions, FindWhatIsWrongWhereItIs) {
    const auto truth = dose_of();
    const RegionChecks same = checked(truth, truth);
    EXPECT_TRUE(met(same));
    EXPECT_EQ(same.high.within, 100);
    EXPECT_GT(same.high.expected, 99.9);
    for (const RegionCheck* r : {&same.high, &same.penumbra, &same.tail}) {
        EXPECT_GT(r->voxels, 10U);
        EXPECT_EQ(r->mean, 0);
    }
    const RegionChecks high = checked(truth, dose_of(0, 1.03));
    EXPECT_NEAR(high.high.mean, 100 * 0.03 / 1.03, 0.05);
    EXPECT_FALSE(met(high.high));
    EXPECT_TRUE(met(high.tail));
    const RegionChecks wide = checked(truth, dose_of(1.5));
    EXPECT_NEAR(wide.penumbra.mean, 1.5, 0.25);
    EXPECT_TRUE(met(wide));
    EXPECT_NEAR(checked(truth, dose_of(-1.5)).penumbra.mean, -1.5, 0.25);  // inwards
    EXPECT_FALSE(met(checked(truth, dose_of(3)).penumbra));
    const RegionChecks tail = checked(truth, dose_of(0, 1, 0.04 * height));
    EXPECT_NEAR(tail.tail.mean, 4, 0.1);  // of the maximum
    EXPECT_FALSE(met(tail.tail));
    EXPECT_TRUE(met(tail.high));
    EXPECT_TRUE(met(checked(truth, dose_of(0, 1, 0.02 * height))));
}

TEST(DoseRegions, NoiseWidensVoxelsButNotTheMean) {
    const auto truth = dose_of();
    constexpr float error = 0.03F;
    Volume<float> noisy = truth;
    std::mt19937 random(1922);
    std::normal_distribution<float> normal(1, error);
    for (float& d : noisy.values()) d *= normal(random);
    const RegionChecks same = checked(noisy, truth, error), high = checked(noisy, dose_of(0, 1.03), error);
    EXPECT_TRUE(met(same.high));
    EXPECT_LT(same.high.within, 100);
    EXPECT_NEAR(same.high.within, same.high.expected, 2);
    EXPECT_LT(std::abs(same.high.mean), 4 * 3 / std::sqrt(static_cast<double>(same.high.voxels)));
    EXPECT_NEAR(same.high.sigma, 0.001 * (100 - same.high.mean), 1e-9);  // of what the mean subtracts
    EXPECT_FALSE(met(high.high));  // found in the mean though most voxels are within
    EXPECT_GT(high.high.within, 80);
    const UncertainDose reference{noisy, Volume<float>(noisy.grid(), error)};
    EXPECT_THROW(check_regions(reference, Volume<float>(Grid({2, 2, 2}, {0, 0, 0}, {1, 1, 1})), {}, depths, {}),
                 ContractError);
}

TEST(DoseRegions, MeansThatMonteCarloScoresAreThoseOfTheChecks) {
    const auto tested = dose_of();
    const Volume<float> reference = dose_of(1, 0.98);
    const auto regions = region_means(tested, {}, depths);
    const RegionChecks found = checked(reference, tested);
    // the same linear means of both doses: their ratio is that of what is compared
    const auto ratio = [&](std::size_t r) { return mean_of(reference, regions[r]) / mean_of(tested, regions[r]); };
    EXPECT_NEAR(found.high.mean, 100 * (1 - ratio(0)), 1e-3);
    EXPECT_NEAR(found.penumbra.mean / found.penumbra.sigma, (1 / ratio(1) - 1) / 0.002, 1e-3);
    EXPECT_NEAR(found.tail.mean / found.tail.sigma, (1 / ratio(2) - 1) / 0.003, 1e-3);
    for (const Region& r : regions) {
        double sum = 0;
        for (double w : r.weights) sum += w;
        EXPECT_NEAR(sum, 1, 1e-9);
    }
}

TEST(FieldRay, FollowsTheBeam) {
    const Grid grid({40, 40, 20}, {-97.5, -97.5, 5}, {5, 5, 10});
    Volume<float> tested(grid);
    const FieldRay ray{6, -3, 90, 100};
    for (int k = 0; k < 20; ++k)
        for (int j = 0; j < 40; ++j)
            for (int i = 0; i < 40; ++i) {
                const Vec3 p = grid.point(i, j, k) * 0.1;
                const double zoom = (90 + p.z) / 100;
                const bool near = std::hypot(p.x - 6 * zoom, p.y + 3 * zoom) < 0.4;  // a pencil around the ray
                tested.at(i, j, k) = near ? (p.z < 10 ? 1.02F : 0.99F) : 0.0F;
            }
    const Region shallow = ray_region(grid, ray, {2, 10}), deep = ray_region(grid, ray, {10, 18});
    EXPECT_GE(shallow.voxels.size(), 8U);
    const RayCheck upper = check_ray({1, 0.02}, tested, shallow), lower = check_ray({1, 0.02}, tested, deep);
    EXPECT_NEAR(upper.mean, 2, 1e-4);
    EXPECT_NEAR(upper.sigma, 2.04, 1e-4);
    EXPECT_NEAR(lower.mean, -1, 1e-4);
    EXPECT_TRUE(ray_region(grid, ray, {50, 60}).voxels.empty());
}

TEST(MppgCases, AreFieldsThatTheMachineCanMake) {
    const Machine machine = read_beam_model(test::repository("data"), "generic_6mv").machine;
    for (const MppgCase& one : mppg_cases(machine, 2.5)) {
        const SlabSpec& s = one.spec;
        EXPECT_LE(s.jaws_cm[1], 0.05 * 10 * s.size_cm[0]) << one.name;
        EXPECT_GE(one.depths.from, 2) << one.name;
        for (std::size_t a = 0; a < 3; ++a)
            EXPECT_NEAR(std::remainder(10 * s.size_cm[a], s.voxel_mm[a]), 0, 1e-9) << one.name;
        if (s.leaves_x1_cm.empty()) continue;
        ASSERT_EQ(static_cast<int>(s.leaves_x1_cm.size()), machine.leaf_pairs()) << one.name;
        const auto [low, high] = std::minmax_element(s.leaves_x1_cm.begin(), s.leaves_x1_cm.end());
        EXPECT_LE(10 * (*high - *low), machine.leaf_max_span_mm) << one.name;
        for (std::size_t l = 0; l < s.leaves_x1_cm.size(); ++l) {
            EXPECT_LE(s.leaves_x1_cm[l], s.leaves_x2_cm[l]) << one.name << l;
            EXPECT_LE(10 * s.leaves_x1_cm[l], machine.leaf_max_overtravel_mm) << one.name << l;
        }
    }
}

}  // namespace
}  // namespace coutard::dose
