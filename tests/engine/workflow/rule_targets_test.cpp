#include "engine/workflow/rule_targets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

/// Ellipsoid or elliptic cylinder (half axis z = 0) painted on the test's grid.
Mask painted(Vec3 centre, Vec3 half) {
    Mask mask(Grid({90, 100, 80}, {-135, -150, -120}, {3, 3, 3}));
    const Size3 n = mask.grid().size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                const Vec3 d = mask.grid().point(i, j, k) - centre;
                const double z = half.z > 0 ? d.z / half.z : 0;
                const bool in = std::pow(d.x / half.x, 2) + std::pow(d.y / half.y, 2) + z * z <= 1;
                mask.at(i, j, k) = in ? 255 : 0;
            }
    return mask;
}

std::vector<MaskedStructure> neck() {
    return {{"External", painted({0, 0, 0}, {80, 95, 0})},
            {"SpinalCord", painted({0, 40, 0}, {5, 5, 0})},
            {"Bone_Mandible", painted({0, -50, 20}, {40, 20, 12})},
            {"Parotid_L", painted({50, 0, 35}, {12, 18, 20})},
            {"Parotid_R", painted({-50, 0, 35}, {12, 18, 20})}};
}

std::size_t shared_voxels(const Mask& a, const Mask& b) {
    std::size_t n = 0;
    for (std::size_t v = 0; v < a.values().size(); ++v) n += a.values()[v] >= 128 && b.values()[v] >= 128;
    return n;
}

Vec3 centre(const Mask& mask) {
    Vec3 sum{};
    double n = 0;
    const Size3 size = mask.grid().size();
    for (int k = 0; k < size.z; ++k)
        for (int j = 0; j < size.y; ++j)
            for (int i = 0; i < size.x; ++i)
                if (mask.at(i, j, k) >= 128) {
                    sum = sum + mask.grid().point(i, j, k);
                    n += 1;
                }
    return sum / n;
}

TEST(RuleTargets, AreShellsInsideTheSkinAndOffTheCord) {
    const auto organs = neck();
    const auto targets = targets_by_rule(organs);
    ASSERT_EQ(targets.size(), 3U);
    EXPECT_EQ(targets[0].name, "PTV_7000");
    EXPECT_EQ(targets[1].name, "PTV_6300");
    EXPECT_EQ(targets[2].name, "PTV_5600");
    const Mask near_cord = painted({0, 40, 0}, {10, 10, 0});  // 5 mm round the cord: less than the rule's 6
    const Mask deep = painted({0, 0, 0}, {76.5, 91.5, 0});    // 3.5 mm below the skin: less than the rule's 5
    for (const auto& target : targets) {
        const std::size_t all = shared_voxels(target.mask, target.mask);
        EXPECT_GT(all, 500U) << target.name;
        EXPECT_EQ(shared_voxels(target.mask, near_cord), 0U) << target.name;
        EXPECT_EQ(shared_voxels(target.mask, deep), all) << target.name;
    }
    EXPECT_EQ(shared_voxels(targets[0].mask, targets[1].mask), 0U);
    EXPECT_EQ(shared_voxels(targets[0].mask, targets[2].mask), 0U);
    EXPECT_EQ(shared_voxels(targets[1].mask, targets[2].mask), 0U);
}

TEST(RuleTargets, ThePrimaryLiesOnTheSideAskedFor) {
    EXPECT_NEAR(centre(targets_by_rule(neck(), true)[0].mask).x, 18, 1.5);  // LPS: +x is the patient's left
    EXPECT_NEAR(centre(targets_by_rule(neck(), false)[0].mask).x, -18, 1.5);
    EXPECT_NEAR(centre(targets_by_rule(neck(), true)[2].mask).x, 0, 12);  // both necks
}

TEST(RuleTargets, AMissingOrEmptyOrganIsNamed) {
    auto organs = neck();
    organs[3].mask = Mask(organs[3].mask.grid());
    try {
        targets_by_rule(organs);
        FAIL() << "an empty gland was taken";
    } catch (const InputError& e) {
        EXPECT_THAT(e.what(), testing::HasSubstr("found no Parotid_L"));
    }
    organs = neck();
    organs.erase(organs.begin());
    EXPECT_THROW(targets_by_rule(organs), InputError);
}

}  // namespace
}  // namespace coutard
