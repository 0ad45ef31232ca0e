// What an image is like, and when it is unlike those of training.
#include "contouring/pipeline/image_traits.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "contouring/train/patch.hpp"
#include "contouring/train/stress.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

/// Tissue of 42 HU in air, with noise.
Volume<float> tissue(double noise_HU, float value = 42) {
    Volume<float> hu(Grid({40, 40, 20}, {}, {4, 4, 2.5}), -1000);
    for (int k = 0; k < 20; ++k)
        for (int j = 5; j < 35; ++j)
            for (int i = 5; i < 35; ++i) hu.at(i, j, k) = value;
    auto noisy = spoilt(hu, {Spoil::Noise, noise_HU}, {}, 3);
    for (std::size_t v = 0; v < hu.count(); ++v)
        if (hu[v] < -500) noisy[v] = -1000;
    return noisy;
}

TEST(ImageTraits, AreWhatTheImageWasMadeWith) {
    const auto traits = traits_of(tissue(10));
    EXPECT_NEAR(traits.soft_tissue_HU, 42, 5);
    EXPECT_NEAR(traits.noise_HU, 10, 0.7);
    EXPECT_NEAR(traits.worst_noise, 1, 0.15);
    EXPECT_NEAR(traits.skin_step_HU, 1042, 3);
    EXPECT_NEAR(traits_of(tissue(10, 80)).soft_tissue_HU, 80, 5);
    EXPECT_LT(traits_of(spoilt(tissue(10), {Spoil::Blur, 12}, {}, 1)).skin_step_HU, 500);
    auto streaked = tissue(10);
    const auto rough = tissue(50);
    for (int j = 0; j < 40; ++j)
        for (int i = 0; i < 40; ++i) streaked.at(i, j, 7) = rough.at(i, j, 7);
    EXPECT_GT(traits_of(streaked).worst_noise, 2.5);
    EXPECT_EQ(traits_of(Volume<float>(Grid({4, 4, 4}, {}, {1, 1, 1}), -1000)).noise_HU, 0);
}

TEST(ImageTraits, WhatLiesOverAQuarterOfTheRangeOutsideIsSaid) {
    std::vector<ImageTraits> images;
    for (int k = 0; k <= 100; ++k) images.push_back({30.0 + 0.2 * k, 8, 1.2, 900});
    const auto usual = usual_traits(images);
    EXPECT_NEAR(usual.at("soft_tissue_HU").first, 30.2, 1e-9);
    EXPECT_NEAR(usual.at("soft_tissue_HU").second, 49.8, 1e-9);
    const auto said = [&](double soft_tissue_HU) {
        return unlike_in_words({soft_tissue_HU, 8, 1.2, 900}, usual).size();
    };
    EXPECT_EQ(said(40), 0U);
    EXPECT_EQ(said(49.8 + 4.8), 0U);  // the range is 19.6 HU wide, a quarter of it 4.9
    EXPECT_EQ(said(49.8 + 5), 1U);
    EXPECT_EQ(said(30.2 - 4.8), 0U);
    EXPECT_EQ(said(30.2 - 5), 1U);
    const auto words = unlike_in_words({70, 8, 1.2, 900}, usual);
    ASSERT_EQ(words.size(), 1U);
    EXPECT_NE(words[0].find("soft tissue [HU]: 70 (training: 30.2 to 49.8)"), std::string::npos) << words[0];
    EXPECT_TRUE(unlike_in_words({70, 8, 1.2, 900}, {}).empty());  // a card that knows no ranges
    EXPECT_THROW(usual_traits({}), ContractError);
}

}  // namespace
}  // namespace coutard::contouring
