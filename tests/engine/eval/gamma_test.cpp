#include "engine/eval/gamma.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/par/for_each.hpp"
#include "tests/engine/eval/shapes.hpp"

namespace coutard {
namespace {
using namespace test;

Volume<float> uniform(double gy, int n = 11, double mm = 2.5) {
    return Volume<float>(cube_grid(n, mm), static_cast<float>(gy));
}

TEST(Gamma, OfADoseWithItselfIsZero) {
    const auto dose = field(cube_grid(15, 2.5), [](const Vec3& p) { return 60 * std::exp(-dot(p, p) / 400); });
    const auto result = gamma_index(dose, dose, {});
    EXPECT_EQ(result.maximum, 0);
    EXPECT_EQ(result.pass_percent(), 100);
    EXPECT_EQ(result.beyond, 0u);
}

TEST(Gamma, OfAScaledUniformDoseIsTheDoseDifference) {
    for (const double percent : {-3.0, -1.5, 1.0, 2.999, 4.5}) {
        const auto result = gamma_index(uniform(50), uniform(50 * (1 + percent / 100)), {});
        EXPECT_NEAR(result.mean, std::abs(percent) / 3, 1e-5) << percent;
        EXPECT_EQ(result.pass_percent(), std::abs(percent) <= 3 ? 100 : 0) << percent;
    }
    EXPECT_NEAR(gamma_index(uniform(50), uniform(60), {}).mean, 2, 1e-9);  // the cap
}

/// D = g x against the same dose moved by s: the plane of the ramp in (x / criterion, D / criterion)
/// space lies s at distance s m / sqrt(1 + m^2), m = g distance / dose criterion.
TEST(Gamma, OfAShiftedRampIsItsAnalyticValue) {
    const double slope = 0.8, top = 100, shift = 1.7;
    const auto grid = cube_grid(41, 2.5);
    const auto reference = field(grid, [&](const Vec3& p) { return 50 + slope * p.x; });
    const auto moved = field(grid, [&](const Vec3& p) { return 50 + slope * (p.x - shift); });
    GammaCriteria criteria;
    criteria.normalisation = Gy{top};
    for (const int steps : {10, 40}) {
        criteria.steps = steps;
        const auto result = gamma_index(reference, moved, criteria);
        const double m = slope * 3 / (0.03 * top), expected = shift / 3 * m / std::sqrt(1 + m * m);
        // A lattice point lies within half a step of the foot of the perpendicular.
        const double half_step = 0.5 / steps;
        const double worst = std::sqrt(expected * expected + half_step * half_step * (1 + m * m));
        const float here = result.map.at(20, 20, 20);
        EXPECT_GE(here, expected - 1e-5) << steps;
        EXPECT_LE(here, worst + 1e-5) << steps;
        EXPECT_NEAR(result.map.at(15, 3, 37), here, 1e-5);
    }
}

TEST(Gamma, OfAStepMovedSidewaysIsTheDistance) {
    const auto grid = cube_grid(41, 1);
    const auto edge = [&](double at) { return field(grid, [=](const Vec3& p) { return p.x < at ? 10.0 : 50.0; }); };
    const auto result = gamma_index(edge(-0.5), edge(1.5), {});
    EXPECT_NEAR(result.map.at(20, 20, 20), (2 - 0.5 + 0.5) / 3, 0.04);  // the nearest 50 Gy voxel is 2 mm away
    EXPECT_EQ(result.pass_percent(), 100);
    EXPECT_LT(gamma_index(edge(-0.5), edge(4.5), {}).pass_percent(), 100);
}

/// What the definition says, point by point: the oracle of the fast search.
double plain_gamma(const Volume<float>& evaluated, const Vec3& at_mm, double wanted, double scale,
                   const GammaCriteria& c) {
    const Grid& g = evaluated.grid();
    const Size3 n = g.size();
    const Vec3 at = g.index(at_mm);
    const int reach = static_cast<int>(c.cap * c.steps);
    double best = c.cap * c.cap;
    for (int dk = -reach; dk <= reach; ++dk)
        for (int dj = -reach; dj <= reach; ++dj)
            for (int di = -reach; di <= reach; ++di) {
                Vec3 p = at + Vec3{di / g.spacing_mm().x, dj / g.spacing_mm().y, dk / g.spacing_mm().z} *
                                  (c.distance_mm / c.steps);
                if (p.x < -0.5 || p.y < -0.5 || p.z < -0.5 || p.x > n.x - 0.5 || p.y > n.y - 0.5 || p.z > n.z - 0.5)
                    continue;
                p = {std::clamp(p.x, 0.0, n.x - 1.0), std::clamp(p.y, 0.0, n.y - 1.0), std::clamp(p.z, 0.0, n.z - 1.0)};
                const int i = std::min(int(p.x), n.x - 2), j = std::min(int(p.y), n.y - 2),
                          k = std::min(int(p.z), n.z - 2);
                double dose = 0;
                for (int corner = 0; corner < 8; ++corner) {
                    const int a = corner & 1, b = corner >> 1 & 1, e = corner >> 2;
                    dose += evaluated.at(i + a, j + b, k + e) * (a ? p.x - i : 1 - p.x + i) *
                            (b ? p.y - j : 1 - p.y + j) * (e ? p.z - k : 1 - p.z + k);
                }
                const double far = (di * di + dj * dj + dk * dk) / double(c.steps * c.steps);
                best = std::min(best, far + (dose - wanted) * (dose - wanted) / (scale * scale));
            }
    return std::sqrt(best);
}

TEST(Gamma, FastSearchEqualsTheDefinition) {
    const double s = std::sqrt(0.5);
    const Grid reference_grid({7, 6, 5}, {-6.3, -5.2, -4.1}, {2.1, 2.0, 2.2});
    const Grid other({9, 8, 6}, {0.4, -11, -6}, {2.5, 2.0, 3.0}, Mat3{{s, s, 0}, {-s, s, 0}, {0, 0, 1}});
    std::mt19937 random(1922);
    std::uniform_real_distribution<float> noise(0.8F, 1.2F);
    auto smooth = [](const Vec3& p) { return 50 + 2 * p.x - p.y + 0.5 * p.z; };
    auto reference = field(reference_grid, smooth), evaluated = field(other, smooth);
    for (auto& d : evaluated.values()) d *= noise(random);
    GammaCriteria criteria{3, 2, 0, false, std::nullopt, 1.5, 10};
    for (const bool local : {false, true}) {
        criteria.local = local;
        const auto result = gamma_index(reference, evaluated, criteria);
        int judged = 0;
        for (int k = 0; k < 5; k += 2)
            for (int j = 0; j < 6; ++j)
                for (int i = 0; i < 7; ++i) {
                    const float found = result.map.at(i, j, k);
                    if (found < 0) continue;
                    const double wanted = reference.at(i, j, k);
                    const double scale = 0.03 * (local ? wanted : result.normalisation.value());
                    EXPECT_NEAR(found, plain_gamma(evaluated, reference_grid.point(i, j, k), wanted, scale, criteria),
                                1e-5)
                        << i << " " << j << " " << k;
                    ++judged;
                }
        EXPECT_GT(judged, 40);
        EXPECT_GT(result.beyond, 0u);
    }
}

TEST(Gamma, ThresholdNormalisationAndBodyChooseThePoints) {
    auto reference = uniform(100, 10);
    for (int k = 0; k < 10; ++k)
        for (int j = 0; j < 10; ++j) reference.at(0, j, k) = 9.9F, reference.at(1, j, k) = 10;
    const auto all = gamma_index(reference, reference, {});
    EXPECT_EQ(all.evaluated, 900u);
    EXPECT_EQ(all.map.at(0, 5, 5), -1);
    GammaCriteria prescription;
    prescription.normalisation = Gy{50};
    EXPECT_EQ(gamma_index(reference, reference, prescription).evaluated, 1000u);
    Mask body(reference.grid());
    body.at(3, 3, 3) = 255;
    EXPECT_EQ(gamma_index(reference, reference, {}, &body).evaluated, 1u);
}

TEST(Gamma, LocalIsStricterWhereTheDoseIsLow) {
    auto reference = uniform(20, 12), evaluated = uniform(20.9, 12);
    reference.at(0, 0, 0) = 100;
    EXPECT_NEAR(gamma_index(reference, evaluated, {}).map.at(8, 8, 8), 0.3, 1e-4);
    GammaCriteria local;
    local.local = true;
    EXPECT_NEAR(gamma_index(reference, evaluated, local).map.at(8, 8, 8), 1.5, 1e-4);
}

TEST(Gamma, PlanesOfOneSliceWork) {
    const Grid plane({20, 20, 1}, {0, 0, 0}, {2, 2, 2});
    const auto a = field(plane, [](const Vec3&p) { return 10 + p.x; }),
               b = field(plane, [](const Vec3&p) { return 11 + p.x; });
    const auto result = gamma_index(a, b, {});
    EXPECT_EQ(result.evaluated, 400u);
    // (9) of docs/theory/evaluation.md: slope 1 Gy/mm, moved by s = 1 mm; 3 % of 48 Gy on 3 mm
    const double m = 1 * 3 / (0.03 * 48), wanted = 1 / 3.0 * m / std::sqrt(1 + m * m);
    EXPECT_GE(result.map.at(10, 10, 0), wanted - 1e-5);
    EXPECT_LE(result.map.at(10, 10, 0), std::sqrt(wanted * wanted + (1 + m * m) / 400));
}

TEST(Gamma, ThreadsDoNotMatter) {
    std::mt19937 random(7);
    std::uniform_real_distribution<float> noise(40, 60);
    Volume<float> a(cube_grid(14, 2)), b(cube_grid(14, 2));
    for (auto& d : a.values()) d = noise(random);
    for (auto& d : b.values()) d = noise(random);
    par::set_threads(1);
    const auto one = gamma_index(a, b, {});
    par::set_threads(2);
    const auto two = gamma_index(a, b, {});
    par::set_threads(0);
    EXPECT_EQ(one.mean, two.mean);
    EXPECT_TRUE(std::equal(one.map.values().begin(), one.map.values().end(), two.map.values().begin()));
}

TEST(Gamma, RefusesNonsense) {
    for (const float bad : {-1.0F, std::nanf("")}) {
        auto dose = uniform(50);
        dose[7] = bad;
        EXPECT_THROW(gamma_index(dose, uniform(50), {}), InputError);
        EXPECT_THROW(gamma_index(uniform(50), dose, {}), InputError);
    }
    EXPECT_THROW(gamma_index(uniform(0), uniform(50), {}), InputError);
    Volume<float> away(Grid({3, 3, 3}, {500, 0, 0}, {1, 1, 1}), 50);
    EXPECT_THROW(gamma_index(uniform(50), away, {}), InputError);
    EXPECT_THROW(gamma_index(uniform(50), uniform(50), {3, 0, 10, false, {}, 2, 10}), ContractError);
    EXPECT_THROW(gamma_index(uniform(50), uniform(50), {3, 3, 10, false, {}, 2, 5}), ContractError);
    const Mask elsewhere(cube_grid(3, 1), 255);
    EXPECT_THROW(gamma_index(uniform(50), uniform(50), {}, &elsewhere), ContractError);
}

}  // namespace
}  // namespace coutard
