#include "engine/workflow/target_rules.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "engine/base/error.hpp"
#include "engine/shape/boolean.hpp"

namespace coutard {
namespace {

constexpr double kPi = std::numbers::pi;

Mask ball(Vec3 centre, double radius_mm, const Grid& grid = Grid({60, 60, 60}, {-59, -59, -59}, {2, 2, 2})) {
    Mask mask(grid);
    const Size3 n = grid.size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                const Vec3 d = grid.point(i, j, k) - centre;
                const double part = 0.5 + (radius_mm - std::sqrt(dot(d, d))) / 2;
                mask.at(i, j, k) = static_cast<std::uint8_t>(std::lround(255 * std::clamp(part, 0.0, 1.0)));
            }
    return mask;
}
double ball_cm3(double radius_mm) {
    return 4.0 / 3 * kPi * std::pow(radius_mm / 10, 3);
}

TEST(TargetRules, GrowCutAtTheSkinAndLeaveOutHigherLevels) {
    const std::vector<TargetRule> rules{{"CTV", {"GTV", "GTV_n"}, 5, {}, {}},
                                        {"PTV_7000", {"CTV"}, 4, 6, {}},
                                        {"PTV_5600", {"PTV_7000"}, 8, {}, {"PTV_7000"}}};
    const auto ruled = follow_target_rules(rules, {{"GTV", ball({}, 10)}, {"External", ball({}, 22)}});
    ASSERT_EQ(ruled.made.size(), 3U);
    EXPECT_TRUE(ruled.notes.empty());
    EXPECT_NEAR(volume_cm3(ruled.made[0].mask), ball_cm3(15), 0.04 * ball_cm3(15));
    // 15 + 4 mm, but no further than 22 - 6
    EXPECT_NEAR(volume_cm3(ruled.made[1].mask), ball_cm3(16), 0.04 * ball_cm3(16));
    EXPECT_NEAR(volume_cm3(ruled.made[2].mask), ball_cm3(24) - ball_cm3(16), 0.04 * ball_cm3(24));
    for (std::size_t v = 0; v < ruled.made[1].mask.count(); ++v)  // no voxel is more than half inside both
        ASSERT_FALSE(inside(ruled.made[1].mask, v) && inside(ruled.made[2].mask, v)) << v;
    EXPECT_EQ(ruled.descriptions[0], "GTV + 5 mm");
    EXPECT_EQ(ruled.descriptions[1], "CTV + 4 mm, cut 6 mm below the skin");
    EXPECT_EQ(ruled.descriptions[2], "PTV_7000 + 8 mm, without PTV_7000");
}

TEST(TargetRules, SourcesAreUnited) {
    const auto ruled = follow_target_rules({{"CTV", {"GTV", "GTV_n"}, 0, {}, {}}},
                                           {{"GTV", ball({-20, 0, 0}, 10)}, {"GTV_n", ball({20, 0, 0}, 12)}});
    EXPECT_NEAR(volume_cm3(ruled.made.at(0).mask), ball_cm3(10) + ball_cm3(12), 0.1);
    EXPECT_EQ(ruled.descriptions.at(0), "GTV, GTV_n");
}

TEST(TargetRules, AStructureGivenWithoutItsSourcesIsOnlyCut) {
    const std::vector<TargetRule> rules{{"PTV_7000", {"CTV"}, 50, 5, {}}, {"PTV_5600", {"CTV_n"}, 5, {}, {}}};
    const auto ruled = follow_target_rules(rules, {{"PTV_7000", ball({}, 20)}, {"External", ball({}, 22)}});
    ASSERT_EQ(ruled.made.size(), 1U);
    EXPECT_NEAR(volume_cm3(ruled.made[0].mask), ball_cm3(17), 0.04 * ball_cm3(17));
    EXPECT_EQ(ruled.descriptions[0], "as given, cut 5 mm below the skin");
    ASSERT_EQ(ruled.notes.size(), 1U);
    EXPECT_EQ(ruled.notes[0], "PTV_5600: not made, found no CTV_n");
}

TEST(TargetRules, WhatNothingIsLeftOfIsSaid) {
    const auto ruled =
        follow_target_rules({{"PTV_5600", {"GTV"}, 0, {}, {"PTV_7000"}}, {"Ring", {"PTV_5600"}, 5, {}, {}}},
                            {{"GTV", ball({}, 10)}, {"PTV_7000", ball({}, 14)}});
    EXPECT_TRUE(ruled.made.empty());
    EXPECT_EQ(ruled.notes, (std::vector<std::string>{"PTV_5600: nothing is left of it by the rule",
                                                     "Ring: not made, found no PTV_5600"}));
}

TEST(TargetRules, RefuseAMissingSkinAndAnotherGrid) {
    const std::vector<TargetRule> skin{{"PTV", {"GTV"}, 5, 5, {}}};
    EXPECT_THROW(follow_target_rules(skin, {{"GTV", ball({}, 10)}}), InputError);
    const Grid other({60, 60, 60}, {0, 0, 0}, {2, 2, 2});
    EXPECT_THROW(follow_target_rules(skin, {{"GTV", ball({}, 10)}, {"External", ball({50, 50, 50}, 20, other)}}),
                 InputError);
}

}  // namespace
}  // namespace coutard
