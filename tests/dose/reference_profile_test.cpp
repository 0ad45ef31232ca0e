// Profiles of superposition against EGSnrc (tests/golden/egsnrc): run with --gtest_filter=ReferenceProfile* to
// print each.
#include "dose/phantom/reference_profiles.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "tests/dose/reference_case.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::dose {
namespace {

void keep_larger(double& most, double value) {
    if (!(std::abs(value) <= std::abs(most))) most = value;  // NaN is kept
}

/// Largest differences of all depths and axes of a case.
ProfileCheck worst_of(const std::string& name) {
    const auto& known = test::ReferenceCase::get(name);
    ProfileCheck worst;
    for (const Profile& p :
         read_reference_profiles(test::repository("tests/golden/egsnrc") / (name + "_profiles.csv"))) {
        const ProfileCheck here = check_profile(p, on_reference(known.dose.dose, p, known.spec.pdd_half_width_cm));
        std::printf(
            "%s %c %5.2f cm: inside %+.2f %%, outside %+.2f %%, FWHM %.1f (%+.2f) mm, penumbra %.2f (%+.2f) mm\n",
            name.c_str(), p.axis, p.depth_cm, here.inside, here.outside, here.reference_width_mm, here.width_mm,
            here.reference_penumbra_mm, here.penumbra_mm);
        keep_larger(worst.inside, here.inside);
        keep_larger(worst.outside, here.outside);
        keep_larger(worst.width_mm, here.width_mm);
        keep_larger(worst.penumbra_mm, here.penumbra_mm);
    }
    return worst;
}

void expect_within(const ProfileCheck& found, const ProfileCheck& bound) {
    EXPECT_LT(std::abs(found.inside), bound.inside);
    EXPECT_LT(std::abs(found.outside), bound.outside);
    EXPECT_LT(std::abs(found.width_mm), bound.width_mm);
    EXPECT_LT(std::abs(found.penumbra_mm), bound.penumbra_mm);
}

// Voxels are 2.5 mm: a penumbra is one or two of them.
TEST(ReferenceProfile, WaterTenByTen) {
    expect_within(worst_of("S1"), {2, 0.8, 0.3, 1.1});
}

TEST(ReferenceProfile, WaterThreeByThree) {
    expect_within(worst_of("S3"), {2, 0.8, 0.3, 0.4});
}

TEST(ReferenceProfile, LungIsRecorded) {
    expect_within(worst_of("S2"), {2, 1, 0.5, 0.8});
}

TEST(ReferenceProfile, BoneIsRecorded) {  // the worst depth is the first 2.5 mm of water behind the bone
    expect_within(worst_of("S4"), {7, 1, 0.3, 0.9});
}

/// 100 within 2 cm, falling to 0 over `penumbra_cm` around it.
Profile trapezium(double penumbra_cm, double half_cm = 2, double height = 100) {
    Profile out{'x', 5, {}, {}, {}};
    for (int i = -40; i < 40; ++i) {
        const double x = 0.1 * (i + 0.5);
        out.offaxis_cm.push_back(x);
        out.dose.push_back(height * std::clamp(0.5 + (half_cm - std::abs(x)) / penumbra_cm, 0.0, 1.0));
    }
    return out;
}

TEST(ReferenceProfile, WidthsAndDifferencesOfTrapezia) {
    const ProfileCheck same = check_profile(trapezium(0.5), trapezium(0.5));
    EXPECT_EQ(same.inside, 0);
    EXPECT_NEAR(same.reference_width_mm, 40, 1e-9);
    EXPECT_NEAR(same.reference_penumbra_mm, 3, 1e-9);  // 60 % of 5 mm
    const ProfileCheck wide = check_profile(trapezium(0.5), trapezium(0.8, 2.1, 99));
    EXPECT_NEAR(wide.width_mm, 2, 1e-9);
    EXPECT_NEAR(wide.penumbra_mm, 1.8, 1e-9);
    EXPECT_NEAR(wide.inside, -1, 1e-9);
    EXPECT_EQ(wide.outside, 0);
    EXPECT_THROW(check_profile(trapezium(0.5), trapezium(0.5, 9)), InputError);
}

TEST(ReferenceProfile, RefusesTablesThatAreNone) {
    const test::Scratch scratch;
    const auto file = scratch / "profiles.csv";
    const std::string header = "axis,depth_cm,offaxis_cm,dose,rel_uncert\n";
    for (const char* rows : {"z,1,0,1,0.1\nz,1,1,1,0.1\n", "x,1,1,1,0.1\nx,1,0,1,0.1\n", "x,1,1,1,0.1\n"}) {
        write_text_atomically(file, header + rows);
        EXPECT_THROW(read_reference_profiles(file), InputError) << rows;
    }
    write_text_atomically(file, header + "x,1,0,1,0.1\nx,1,1,2,0.1\ny,1,0,3,0.1\ny,1,1,4,0.1\n");
    const auto two = read_reference_profiles(file);
    ASSERT_EQ(two.size(), 2U);
    EXPECT_EQ(two[1].axis, 'y');
    EXPECT_EQ(two[1].dose, (std::vector<double>{3, 4}));
}

}  // namespace
}  // namespace coutard::dose
