#include "engine/eval/target_levels.hpp"

#include <gtest/gtest.h>

#include "engine/base/error.hpp"
#include "engine/shape/boolean.hpp"
#include "tests/harness/solids.hpp"

namespace coutard {
namespace {

const Grid grid({30, 30, 10}, {-30, -30, -15}, {2, 2, 3});

Mask block(double half_mm, const Grid& on = grid) {
    return test::box(on, {-half_mm, -half_mm, -100}, {half_mm, half_mm, 100});
}

Protocol shells() {
    Protocol protocol;
    protocol.targets = {{"PTV_7000", 70, false}, {"PTV_6300", 63, true}, {"PTV_5600", 56, true}};
    return protocol;
}

TEST(CutShells, TakesAllHigherLevelsOutAndSaysSo) {
    Mask high = block(7), middle = block(13), low = block(21), organ = block(25);
    const double h = volume_cm3(high), m = volume_cm3(middle), l = volume_cm3(low), o = volume_cm3(organ);
    const std::vector<LevelMask> masks{
        {"PTV56", &low}, {"Parotid_L", &organ}, {"PTV70", &high}, {"ptv 63 Gy", &middle}};  // as people write them
    EXPECT_EQ(cut_shells(shells(), masks),
              (std::vector<std::string>{"PTV_5600: without PTV_7000 and PTV_6300", "PTV_6300: without PTV_7000"}));
    EXPECT_NEAR(volume_cm3(high), h, 1e-9);
    EXPECT_NEAR(volume_cm3(middle), m - h, 1e-3 * m);
    EXPECT_NEAR(volume_cm3(low), l - m, 1e-3 * l);
    EXPECT_NEAR(volume_cm3(organ), o, 1e-9);
    EXPECT_TRUE(cut_shells(shells(), masks).empty()) << "shells already";
}

TEST(CutShells, UnionsStayAndMissingLevelsAreNamed) {
    auto protocol = shells();
    protocol.targets[1].shell = protocol.targets[2].shell = false;
    Mask high = block(7), middle = block(13);
    const double m = volume_cm3(middle);
    const std::vector<LevelMask> masks{{"PTV_7000", &high}, {"PTV_6300", &middle}};
    EXPECT_TRUE(cut_shells(protocol, masks).empty());
    EXPECT_EQ(volume_cm3(middle), m);
    const std::vector<LevelMask> alone{{"PTV_6300", &middle}};
    EXPECT_EQ(cut_shells(shells(), alone),
              std::vector<std::string>{"PTV_6300: a shell by protocol, but found no PTV_7000 to take out of it"});
    EXPECT_EQ(volume_cm3(middle), m);
}

TEST(CutShells, AcrossGridsTheLowerOneCounts) {
    const Grid finer({30, 30, 12}, {-14.5, -14.5, -16.5}, {1, 1, 3});
    Mask high = block(7, finer), middle = block(13);
    const double h = volume_cm3(block(7)), m = volume_cm3(middle);
    const std::vector<LevelMask> masks{{"PTV_7000", &high}, {"PTV_6300", &middle}};
    EXPECT_EQ(cut_shells(shells(), masks).size(), 1U);
    EXPECT_NEAR(volume_cm3(middle), m - h, 0.02 * m);
    EXPECT_TRUE(middle.grid().same_as(grid));
    const std::vector<LevelMask> twice{{"PTV70", &high}, {"PTV 70 Gy", &high}, {"PTV_6300", &middle}};
    EXPECT_THROW(cut_shells(shells(), twice), InputError);
}

}  // namespace
}  // namespace coutard
