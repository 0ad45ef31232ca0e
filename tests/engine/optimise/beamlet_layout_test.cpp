#include "engine/optimise/beamlet_layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.hpp"
#include "engine/optimise/beamlet_rows.hpp"
#include "tests/engine/optimise/sequencing_cases.hpp"

namespace coutard {
namespace {

/// A box of 40 x 20 x 60 mm (L, P, S) about the origin.
Mask box() {
    const Grid grid({60, 60, 60}, {-73.75, -73.75, -73.75}, {2.5, 2.5, 2.5});
    Mask mask(grid);
    for (int k = 0; k < 60; ++k)
        for (int j = 0; j < 60; ++j)
            for (int i = 0; i < 60; ++i) {
                const Vec3 p = grid.point(i, j, k);
                if (std::abs(p.x) < 20 && std::abs(p.y) < 10 && std::abs(p.z) < 30) mask.at(i, j, k) = 255;
            }
    return mask;
}

BeamletBeam at_gantry(double gantry) {
    BeamletBeam beam;
    beam.gantry_deg = gantry;
    return beam;
}

TEST(BeamletLayout, CoversTheProjectedTargetAndItsMargin) {
    const Machine m = test::leaf_machine();
    const LayoutOptions options{7, 5};
    // seen from above 40 mm wide, from the side 20 mm (divergence: the near face magnifies by at most 2 %)
    const auto above = rows_of(lay_beamlets(at_gantry(0), box(), m, Lying::HeadFirstSupine, options));
    EXPECT_EQ(above.x1_mm, -30);
    EXPECT_EQ(above.x2_mm, 30);
    EXPECT_EQ(above.y1_mm, -40);
    EXPECT_EQ(above.y2_mm, 40);
    const auto side = rows_of(lay_beamlets(at_gantry(90), box(), m, Lying::HeadFirstSupine, options));
    EXPECT_EQ(side.x1_mm, -20);
    EXPECT_EQ(side.x2_mm, 20);
    const auto corner = above.rows.front();  // the margin is round: corner cells are left out
    EXPECT_GT(corner.x0_mm, above.x1_mm);
}

TEST(BeamletLayout, FollowsTheIsocentreAndRefusesWhatLeavesCannotReach) {
    const Machine m = test::leaf_machine();
    BeamletBeam beam = at_gantry(0);
    beam.isocentre_mm = {20, 0, 0};  // patient left: the target lies to the right of the axis
    const auto rows = rows_of(lay_beamlets(beam, box(), m, Lying::HeadFirstSupine));
    EXPECT_LT(rows.x1_mm, -45);
    EXPECT_LE(rows.x2_mm, 10);
    beam.isocentre_mm = {300, 0, 0};
    EXPECT_THROW(lay_beamlets(beam, box(), m, Lying::HeadFirstSupine), InputError);
    EXPECT_THROW(lay_beamlets(at_gantry(0), Mask(box().grid()), m, Lying::HeadFirstSupine), InputError);
}

TEST(SplitField, PartsFitTheCarriageAndAddUp) {
    const Machine m = test::leaf_machine();
    for (const int half : {10, 16, 20, 38}) {
        const auto field = test::beamlet_field(m, 20, 35, half);
        const auto fluence = test::bumpy_fluence(field);
        const auto parts = split_for_carriage(field, fluence, 147);
        EXPECT_EQ(parts.size(), half == 10 ? 1U : half <= 20 ? 2U : 3U) << half;
        std::vector<double> sum(fluence.size(), 0.0);
        for (const auto& part : parts) {
            const auto rows = rows_of(part.beamlets);
            EXPECT_LE(rows.x2_mm - rows.x1_mm, 147);
            for (std::size_t i = 0; i < part.fluence_MU.size(); ++i)
                for (std::size_t b = 0; b < fluence.size(); ++b)
                    if (field.beamlets[b].row == part.beamlets.beamlets[i].row &&
                        field.beamlets[b].column == part.beamlets.beamlets[i].column)
                        sum[b] += part.fluence_MU[i];
        }
        for (std::size_t b = 0; b < sum.size(); ++b) ASSERT_NEAR(sum[b], fluence[b], 1e-9);
    }
}

}  // namespace
}  // namespace coutard
