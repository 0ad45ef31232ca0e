#include "engine/eval/dvh.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

std::vector<float> ramp(std::size_t n, double top) {
    std::vector<float> dose(n);
    for (std::size_t i = 0; i < n; ++i)
        dose[i] = static_cast<float>(top * (static_cast<double>(i) + 0.5) / static_cast<double>(n));
    return dose;
}

TEST(Dvh, RampHasItsAnalyticHistogram) {  // V(D) = 60 cm3 (1 - D / 60 Gy)
    const auto dose = ramp(60'000, 60);
    const std::vector<float> half(dose.size(), 0.5F);
    const Dvh dvh(dose, half, Cm3{0.002}, Gy{0.1});
    EXPECT_NEAR(dvh.total().value(), 60, 1e-9);
    EXPECT_NEAR(dvh.volume_at(Gy{20}).value(), 40.0, 0.002);
    EXPECT_NEAR(dvh.dose_at(dvh.total() * 0.95).value(), 3.0, 0.002);
    for (const double v : {0.5, 5.0, 59.5}) EXPECT_NEAR(dvh.volume_at(dvh.dose_at(Cm3{v})).value(), v, 1e-9);
}

TEST(Dvh, NeverRisesAndEndsAtZero) {
    const auto dose = ramp(1000, 7.3);
    const Dvh dvh(dose, std::vector<float>(1000, 1), Cm3{1}, Gy{0.05});
    for (std::size_t k = 1; k < dvh.at_least().size(); ++k) EXPECT_LE(dvh.at_least()[k], dvh.at_least()[k - 1]);
    EXPECT_EQ(dvh.at_least().back(), 0);
    EXPECT_EQ(dvh.volume_at(Gy{-1}), dvh.total());
    EXPECT_EQ(dvh.volume_at(Gy{8}), Cm3{0});
}

TEST(Dvh, HottestVolumeStartsAtTheUpperEndOfAPlateau) {  // half at 10 Gy, half at 30 Gy
    const std::vector<float> dose{10, 30}, all{1, 1};
    const Dvh dvh(dose, all, Cm3{1}, Gy{0.01});
    EXPECT_NEAR(dvh.dose_at(Cm3{1}).value(), 30, 0.011);
    EXPECT_NEAR(dvh.dose_at(Cm3{1.01}).value(), 10, 0.011);
    EXPECT_NEAR(dvh.dose_at(Cm3{2}).value(), 10, 0.011);
    EXPECT_NEAR(dvh.volume_at(Gy{20}).value(), 1, 1e-12);
}

TEST(Dvh, BinsAndVoxelsAgree) {
    const std::vector<float> dose{0.5F, 1.5F, 1.7F}, parts{1, 0.5F, 0.25F};
    const Dvh voxels(dose, parts, Cm3{2}, Gy{1}), bins({2.0, 1.5}, Gy{1});
    ASSERT_EQ(voxels.at_least().size(), bins.at_least().size());
    for (std::size_t k = 0; k < bins.at_least().size(); ++k)
        EXPECT_NEAR(voxels.at_least()[k], bins.at_least()[k], 1e-12);
}

TEST(Dvh, RefusesNonsense) {
    const std::vector<float> one{1}, two{1, 1};
    EXPECT_THROW(Dvh(one, two, Cm3{1}, Gy{1}), ContractError);
    EXPECT_THROW(Dvh(one, one, Cm3{0}, Gy{1}), ContractError);
    EXPECT_THROW(Dvh(one, one, Cm3{1}, Gy{0}), ContractError);
    EXPECT_THROW(Dvh(std::vector<double>{-1}, Gy{1}), ContractError);
    for (const float bad : {-1.0F, 1e30F, std::nanf("")}) {
        EXPECT_THROW(Dvh(std::vector{bad}, one, Cm3{1}, Gy{1}), InputError);
        EXPECT_THROW(Dvh(one, std::vector{bad}, Cm3{1}, Gy{1}), InputError);
    }
    const Dvh dvh(one, one, Cm3{1}, Gy{1});
    EXPECT_THROW(dvh.dose_at(Cm3{0}), ContractError);
    EXPECT_THROW(dvh.dose_at(Cm3{1.1}), ContractError);
}

}  // namespace
}  // namespace coutard
