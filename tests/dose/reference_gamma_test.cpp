#include "dose/phantom/reference_gamma.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "dose/phantom/reference_aims.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// A dose that varies slowly in all directions [cm].
double smooth(double x, double y, double z) {
    return 50 + 4 * x + 3 * y - 2 * z;
}

/// Voxels of 2.5 mm over 6 x 6 x 4 cm, seen through a shift along x.
Volume<float> fine_dose(double factor, double shift_cm) {
    const Grid grid({24, 24, 16}, {-28.75, -28.75, 1.25}, {2.5, 2.5, 2.5});
    Volume<float> out(grid);
    for (int k = 0; k < 16; ++k)
        for (int j = 0; j < 24; ++j)
            for (int i = 0; i < 24; ++i) {
                const Vec3 p = grid.point(i, j, k) * 0.1;
                out.at(i, j, k) = static_cast<float>(1e-13 * factor * smooth(p.x - shift_cm, p.y, p.z));
            }
    return out;
}

/// Cells of 5 and 2.5 mm: laterally fine around -1.5 and 1.5 cm, in depth fine down to 1 cm.
ReferenceVoxels cells() {
    ReferenceVoxels out;
    out.x_cm = out.y_cm = {-2.75, -2.25, -1.875, -1.625, -1.375, -1.125, -0.75, -0.25,
                           0.25,  0.75,  1.125,  1.375,  1.625,  1.875,  2.25,  2.75};
    out.z_cm = {0.125, 0.375, 0.625, 0.875, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75};
    for (double z : out.z_cm)
        for (double y : out.y_cm)
            for (double x : out.x_cm) {
                out.dose.push_back(static_cast<float>(1e-13 * smooth(x, y, z)));
                out.uncertainty.push_back(0.001F);
            }
    return out;
}

TEST(ReferenceGamma, ALinearDoseAgreesOnCellsOfAllSizes) {
    const ReferenceGamma same = reference_gamma(cells(), fine_dose(1, 0), superposition_gamma());
    EXPECT_EQ(same.judged, 16U * 16U * 10U);
    EXPECT_EQ(same.passed, same.judged);
    EXPECT_LT(same.maximum, 1e-3);
}

TEST(ReferenceGamma, IsThatOfAPlane) {  // dose off by d %, slope s % per mm along all axes: d / hypot(2 %, 2 mm s)
    const double peak = smooth(2.75, 2.75, 0.125), percent = 100 / peak;
    const double slope = percent * 0.1 * std::sqrt(16 + 9 + 4.0);  // per mm
    const double shift_cm = 0.3, off = percent * 4 * shift_cm;
    const ReferenceGamma found = reference_gamma(cells(), fine_dose(1, shift_cm), superposition_gamma());
    EXPECT_NEAR(found.mean, off / std::hypot(2.0, 2 * slope), 0.02);  // at faces the search ends
    EXPECT_EQ(found.passed, found.judged);
    const ReferenceGamma far = reference_gamma(cells(), fine_dose(1, 0.8), superposition_gamma());
    EXPECT_EQ(far.passed, 0U);
    EXPECT_NEAR(far.maximum, percent * 3.2 / std::hypot(2.0, 2 * slope), 0.2);
}

TEST(ReferenceGamma, LeavesOutWhatIsBelowTheThreshold) {
    auto reference = cells();
    const std::size_t layer = 16 * 16;
    for (std::size_t v = 4 * layer; v < reference.dose.size(); ++v) reference.dose[v] = 1e-16F;  // beyond 1 cm
    const ReferenceGamma found = reference_gamma(reference, fine_dose(1, 0), superposition_gamma());
    EXPECT_EQ(found.judged, 4 * layer);
    EXPECT_EQ(found.passed, found.judged);
}

TEST(ReferenceGamma, RefusesCellsThatAreNoWholeVoxels) {
    const Grid grid({20, 20, 13}, {-28.5, -28.5, 1.5}, {3, 3, 3});
    EXPECT_THROW(reference_gamma(cells(), Volume<float>(grid, 1e-13F), superposition_gamma()), InputError);
    const Grid shifted({24, 24, 16}, {-28, -28.75, 1.25}, {2.5, 2.5, 2.5});
    EXPECT_THROW(reference_gamma(cells(), Volume<float>(shifted, 1e-13F), superposition_gamma()), InputError);
}

}  // namespace
}  // namespace coutard::dose
