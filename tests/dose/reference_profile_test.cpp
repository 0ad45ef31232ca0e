// Profiles of superposition against EGSnrc (tests/golden/egsnrc): run with --gtest_filter=ReferenceProfile* to
// print the table of docs/validation/dose.md.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <set>

#include "dose/phantom/reference_check.hpp"
#include "tests/dose/reference_case.hpp"

namespace coutard::dose {
namespace {
using test::ReferenceCase;

/// One profile of the reference and ours on its voxels.
struct Pair {
    char axis;
    double depth_cm;
    std::vector<double> at_cm, reference, ours;
};

std::vector<Pair> profiles(const std::string& name) {
    const auto& known = ReferenceCase::get(name);
    const Table table(test::repository("tests/golden/egsnrc") / (name + "_profiles.csv"));
    const auto &axis = table.text("axis"), &depth = table.text("depth_cm");
    std::vector<Pair> out;
    for (std::size_t r = 0; r < table.rows(); ++r) {
        const double z = table.column("depth_cm")[r];
        if (r == 0 || axis[r] != axis[r - 1] || depth[r] != depth[r - 1]) out.push_back({axis[r].at(0), z, {}, {}, {}});
        out.back().at_cm.push_back(table.column("offaxis_cm")[r]);
        out.back().reference.push_back(table.column("dose")[r]);
    }
    for (auto& p : out) {
        const Profile ours = lateral_profile(known.dose.dose, p.axis, p.depth_cm, known.spec.pdd_half_width_cm);
        p.ours =
            on_cells(ours.dose, {ours.offaxis_cm.front() - 0.05 * known.spec.voxel_mm[0], known.spec.voxel_mm[0] / 10},
                     p.at_cm[0] - 0.5 * (p.at_cm[1] - p.at_cm[0]), p.at_cm);
    }
    return out;
}

/// Where the profile falls to a part of its middle on the side of positive distances [cm].
double edge(const Pair& p, const std::vector<double>& dose, double part) {
    const std::size_t middle = dose.size() / 2;
    const double level = part * 0.5 * (dose[middle - 1] + dose[middle]);
    for (std::size_t i = middle; i + 1 < dose.size(); ++i)
        if (dose[i] >= level && dose[i + 1] < level)
            return p.at_cm[i] + (p.at_cm[i + 1] - p.at_cm[i]) * (dose[i] - level) / (dose[i] - dose[i + 1]);
    return NAN;
}

/// Largest differences of all depths and axes of a case: dose in % of the reference on the axis at that depth,
/// widths ours minus the reference [mm].
struct Lateral {
    double inside = 0, outside = 0;  ///< more than 8 mm within and beyond the 50 % edge
    double width_mm = 0, penumbra_mm = 0;
};

void keep_larger(double& most, double value) {
    if (!(std::abs(value) <= std::abs(most))) most = value;  // NaN is kept
}

Lateral compare(const std::string& name) {
    constexpr double away_cm = 0.8;
    Lateral worst;
    for (const auto& p : profiles(name)) {
        Lateral here;
        const double half = edge(p, p.reference, 0.5);
        const std::size_t middle = p.reference.size() / 2;
        const double axis = 0.5 * (p.reference[middle - 1] + p.reference[middle]);
        for (std::size_t i = 0; i < p.at_cm.size(); ++i) {
            const double off = 100 * (p.ours[i] - p.reference[i]) / axis, x = std::abs(p.at_cm[i]);
            if (x < half - away_cm) keep_larger(here.inside, off);
            if (x > half + away_cm) keep_larger(here.outside, off);
        }
        const auto penumbra = [&](const std::vector<double>& d) { return 10 * (edge(p, d, 0.2) - edge(p, d, 0.8)); };
        here.width_mm = 20 * (edge(p, p.ours, 0.5) - half);
        here.penumbra_mm = penumbra(p.ours) - penumbra(p.reference);
        std::printf(
            "%s %c %5.2f cm: inside %+.2f %%, outside %+.2f %%, FWHM %.1f (%+.2f) mm, penumbra %.2f (%+.2f) mm\n",
            name.c_str(), p.axis, p.depth_cm, here.inside, here.outside, 20 * half, here.width_mm,
            penumbra(p.reference), here.penumbra_mm);
        keep_larger(worst.inside, here.inside);
        keep_larger(worst.outside, here.outside);
        keep_larger(worst.width_mm, here.width_mm);
        keep_larger(worst.penumbra_mm, here.penumbra_mm);
    }
    return worst;
}

void expect_within(const Lateral& found, const Lateral& bound) {
    EXPECT_LT(std::abs(found.inside), bound.inside);
    EXPECT_LT(std::abs(found.outside), bound.outside);
    EXPECT_LT(std::abs(found.width_mm), bound.width_mm);
    EXPECT_LT(std::abs(found.penumbra_mm), bound.penumbra_mm);
}

// Voxels are 2.5 mm: a penumbra is one or two of them, and ours is the wider.
TEST(ReferenceProfile, WaterTenByTen) {
    expect_within(compare("S1"), {2, 0.8, 0.3, 1.3});
}

TEST(ReferenceProfile, WaterThreeByThree) {
    expect_within(compare("S3"), {2, 0.8, 0.3, 0.7});
}

TEST(ReferenceProfile, LungIsRecorded) {
    expect_within(compare("S2"), {2, 1, 0.5, 1});
}

TEST(ReferenceProfile, BoneIsRecorded) {  // the worst depth is the first 2.5 mm of water behind the bone
    expect_within(compare("S4"), {7, 1, 0.3, 1.1});
}

}  // namespace
}  // namespace coutard::dose
