// Superposition beside Monte Carlo across interfaces, a millimetre apart (tests/golden/interfaces).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "dose/phantom/slab_dose.hpp"
#include "dose/phantom/slab_scoring.hpp"
#include "dose/physics/table.hpp"
#include "engine/base/error.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::dose {
namespace {

/// Largest difference on the axis between 3 mm and the last 5 mm [% of the maximum]: within 1 mm of an interface, and
/// elsewhere.
struct Differences {
    double beside = 0, elsewhere = 0;
};

Differences differences(const std::string& name) {
    const auto golden = test::repository("tests/golden/interfaces");
    const auto spec = read_slab_spec(golden / (name + ".json"));
    const auto dose = slab_dose(spec, test::repository("data"), ConeLayout::standard(), Device::Cpu, {});
    const DepthDose ours = depth_dose(dose.dose, spec.pdd_half_width_cm);
    const Table table(golden / (name + ".csv"));
    const auto& reference = table.column("dose");
    const double peak = *std::max_element(reference.begin(), reference.end());
    Differences out;
    double at_beside = 0, at_elsewhere = 0;
    expect(ours.depth_cm.size() == reference.size(), "the golden depths are those of the phantom");
    for (std::size_t i = 0; i < reference.size(); ++i) {
        const double z = ours.depth_cm[i], off = 100 * (ours.dose[i] - reference[i]) / peak;
        EXPECT_NEAR(z, table.column("depth_cm")[i], 1e-6);
        if (z < 0.3 || z > spec.size_cm[2] - 0.5) continue;  // at the far end nothing throws back: 3 % of the last mm
        const bool near = std::any_of(spec.slabs.begin() + 1, spec.slabs.end(),
                                      [&](const auto& slab) { return std::abs(z - slab.z_cm[0]) < 0.1; });
        double& worst = near ? out.beside : out.elsewhere;
        if (std::abs(off) <= std::abs(worst)) continue;
        worst = off;
        (near ? at_beside : at_elsewhere) = z;
    }
    std::printf("%s: beside an interface %+.2f %% (at %.2f cm), elsewhere %+.2f %% (at %.2f cm)\n", name.c_str(),
                out.beside, at_beside, out.elsewhere, at_elsewhere);
    return out;
}

TEST(Interface, BoneAndLungAreMonteCarlosToAMillimetre) {  // by ratios of mean reaches: -4.1 and +3.4 %
    const auto d = differences("water_bone_lung");
    EXPECT_LT(std::abs(d.beside), 1.2);
    EXPECT_LT(std::abs(d.elsewhere), 1);
}

TEST(Interface, BoneAndLungAreMonteCarlosAt10MvToo) {
    const auto d = differences("water_bone_lung_10mv");
    EXPECT_LT(std::abs(d.beside), 2);
    EXPECT_LT(std::abs(d.elsewhere), 1.5);
}

TEST(Interface, WaterBesideBoneIsMonteCarlosToAMillimetre) {  // by ratios of advances alone: -3.7 and +2.8 %
    const auto golden = test::repository("tests/golden/interfaces");
    const auto spec = read_slab_spec(golden / "water_beside_bone.json");
    const auto dose = slab_dose(spec, test::repository("data"), ConeLayout::standard(), Device::Cpu, {});
    const Profile ours = lateral_profile(dose.dose, 'x', 5, spec.pdd_half_width_cm);
    const Table table(golden / "water_beside_bone.csv");
    const auto& axis = table.text("axis");
    const auto &at = table.column("offaxis_cm"), &reference = table.column("dose");
    const double peak = *std::max_element(reference.begin(), reference.end());
    double worst = 0, square = 0;
    int n = 0;
    for (std::size_t i = 0; i < axis.size(); ++i) {
        if (axis[i] != "x" || std::abs(at[i]) > 3) continue;
        const auto k = std::find_if(ours.offaxis_cm.begin(), ours.offaxis_cm.end(),
                                    [&](double x) { return std::abs(x - at[i]) < 1e-6; });
        ASSERT_NE(k, ours.offaxis_cm.end());
        const double off =
            100 * (ours.dose[static_cast<std::size_t>(k - ours.offaxis_cm.begin())] - reference[i]) / peak;
        if (std::abs(off) > std::abs(worst)) worst = off;
        square += off * off;
        ++n;
    }
    std::printf("water_beside_bone: worst %+.2f %%, root mean square %.2f %%\n", worst, std::sqrt(square / n));
    EXPECT_EQ(n, 60);
    EXPECT_LT(std::abs(worst), 2.5);  // Monte Carlo itself: 0.4 %
    EXPECT_LT(std::sqrt(square / n), 0.9);
}

TEST(Interface, AluminiumIsMonteCarlosToAMillimetre) {
    const auto d = differences("water_aluminium_water");
    EXPECT_LT(std::abs(d.beside), 2);
    EXPECT_LT(std::abs(d.elsewhere), 1);
}

}  // namespace
}  // namespace coutard::dose
