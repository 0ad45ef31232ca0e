// Spoilt images: what each spoiling does to the voxels, and which warnings count as new.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "contouring/train/stress_table.hpp"

namespace coutard::contouring {
namespace {

/// Water at 40 HU with a bone edge at x = 0, air outside a box; voxels 4 x 4 x 2.5 mm.
Volume<float> block() {
    Volume<float> hu(Grid({40, 30, 24}, {-78, -58, -28.75}, {4, 4, 2.5}), -1000);
    for (int k = 0; k < 24; ++k)
        for (int j = 5; j < 25; ++j)
            for (int i = 5; i < 35; ++i) hu.at(i, j, k) = i < 20 ? 40.0F : 840.0F;
    return hu;
}

double deviation_in_water(const Volume<float>& hu) {
    double sum = 0, n = 0;
    for (int k = 4; k < 20; ++k)
        for (int j = 10; j < 20; ++j)
            for (int i = 8; i < 16; ++i) sum += std::pow(hu.at(i, j, k) - 40, 2), n += 1;
    return std::sqrt(sum / n);
}

TEST(Stress, NoiseHasItsDeviationAndRepeats) {
    const auto once = spoilt(block(), {Spoil::Noise, 50}, {}, 7);
    EXPECT_NEAR(deviation_in_water(once), 50, 3);
    EXPECT_TRUE(std::ranges::equal(once.values(), spoilt(block(), {Spoil::Noise, 50}, {}, 7).values()));
    EXPECT_FALSE(std::ranges::equal(once.values(), spoilt(block(), {Spoil::Noise, 50}, {}, 8).values()));
}

TEST(Stress, ABlurredEdgeIsAnErrorFunctionOfItsWidth) {
    const auto hu = spoilt(block(), {Spoil::Blur, 12}, {}, 1);
    const double sigma = 12 / 2.3548;
    // the edge lies between columns 19 and 20; a column's middle is 2 mm off it
    const double expected = 440 + 400 * std::erf(2 / (sigma * std::sqrt(2.0)));
    EXPECT_NEAR(hu.at(20, 15, 12), expected, 25);
    EXPECT_NEAR(hu.at(19, 15, 12) + hu.at(20, 15, 12), 880, 1);
    EXPECT_NEAR(hu.at(10, 15, 12), 40, 1e-3);
}

TEST(Stress, ThickSlicesAreMeansAndStayInPlace) {
    auto hu = block();
    for (int k = 0; k < 24; ++k)
        for (int j = 0; j < 30; ++j)
            for (int i = 0; i < 40; ++i) hu.at(i, j, k) = static_cast<float>(hu.grid().point(i, j, k).z);
    const auto thick = spoilt(hu, {Spoil::Slices, 5}, {}, 1);
    EXPECT_EQ(thick.grid().size().z, 12);
    EXPECT_DOUBLE_EQ(thick.grid().spacing_mm().z, 5);
    for (int k = 0; k < 12; ++k) EXPECT_NEAR(thick.at(3, 3, k), thick.grid().point(3, 3, k).z, 1e-3) << k;
    const auto uneven = spoilt(hu, {Spoil::Slices, 4}, {}, 1);  // parts of slices count as parts
    for (int k = 0; k < 15; ++k) EXPECT_NEAR(uneven.at(3, 3, k), uneven.grid().point(3, 3, k).z, 0.35) << k;
}

TEST(Stress, OffsetLeavesAirAlone) {
    const auto hu = spoilt(block(), {Spoil::Offset, -30}, {}, 1);
    EXPECT_EQ(hu.at(10, 15, 12), 10);
    EXPECT_EQ(hu.at(0, 0, 0), -1000);
}

TEST(Stress, StreaksStartInTheFillingAndFadeAway) {
    const Vec3 metal = block().grid().point(12, 15, 12);
    const auto hu = spoilt(block(), {Spoil::Streaks, 500}, metal, 1);
    EXPECT_EQ(hu.at(12, 15, 12), 3000);
    EXPECT_EQ(hu.at(12, 15, 20), 40);  // 20 mm above
    EXPECT_EQ(hu.at(0, 0, 12), -1000);
    double most = 0;
    for (int i = 5; i < 20; ++i)
        most = std::max(most, std::abs(double(hu.at(i, 15, 12)) - 40) * (i != 11 && i != 12 && i != 13));
    EXPECT_GT(most, 50);
    EXPECT_LT(most, 1000);
}

TEST(Stress, FieldAndCutLeaveAirAndTurnsMoveEveryVoxel) {
    const auto seen = spoilt(block(), {Spoil::Field, 60}, {}, 1);
    EXPECT_EQ(seen.at(10, 15, 12), -1000);  // 38 mm off the middle
    EXPECT_EQ(seen.at(20, 15, 12), 840);
    const auto cut = spoilt(block(), {Spoil::Cut, 25}, {}, 1);
    EXPECT_EQ(cut.at(20, 15, 5), -1000);
    EXPECT_EQ(cut.at(20, 15, 6), 840);
    EXPECT_EQ(spoilt(block(), {Spoil::Mirrored, 0}, {}, 1).at(39 - 10, 15, 12), 40);
    EXPECT_EQ(spoilt(block(), {Spoil::FaceDown, 0}, {}, 1).at(39 - 10, 29 - 15, 12), 40);
    EXPECT_EQ(spoilt(block(), {Spoil::FeetFirst, 0}, {}, 1).at(39 - 10, 15, 23 - 12), 40);
}

TEST(Stress, LabelsGoWhereTheirTissueLies) {
    Mask label(block().grid());
    label.at(7, 11, 3) = 255;  // marks the only voxel of 40 HU that is labelled
    EXPECT_EQ(carried(label, Spoil::Mirrored).at(32, 11, 3), 255);
    EXPECT_EQ(carried(label, Spoil::FaceDown).at(32, 18, 3), 255);
    EXPECT_EQ(carried(label, Spoil::FeetFirst).at(32, 11, 20), 255);
    for (const Spoil still : {Spoil::Noise, Spoil::Slices, Spoil::Cut})
        EXPECT_EQ(carried(label, still).at(7, 11, 3), 255);
}

TEST(Stress, EveryLineHasItsWords) {
    std::set<std::string> words;
    for (const Stress& s : usual_stresses()) words.insert(s.text());
    EXPECT_EQ(words.size(), usual_stresses().size());
    EXPECT_EQ((Stress{Spoil::Noise, 40}.text()), "noise 40 HU");
    EXPECT_EQ((Stress{Spoil::FaceDown, 0}.text()), "face down");
}

TEST(Stress, AWarningWithOtherNumbersIsNotNew) {
    const std::vector<std::string> before{"Larynx: 3.1 cm3 is unusual (training: 4.2 to 53.2)"},
        now{"Larynx: 2.8 cm3 is unusual (training: 4.2 to 53.2)", "Brainstem: not found on this CT"};
    EXPECT_EQ(new_warnings(before, now), std::vector<std::string>{"Brainstem: not found on this CT"});
    EXPECT_TRUE(new_warnings(now, before).empty());
}

}  // namespace
}  // namespace coutard::contouring
