// The body rule on a real CT with two couches, a mask and clamps.
#include <gtest/gtest.h>

#include "engine/shape/body.hpp"
#include "engine/shape/boolean.hpp"
#include "rtdicom/exchange.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard {
namespace {

TEST(FindBodyOnRealCt, TakesThePatientAndNothingElse) {
    const auto shared = test::shared_data();
    if (!shared) GTEST_SKIP() << "needs the shared folder: dicom/hn_ct";
    const auto ct = rtdicom::make_exchange()->read_ct(*shared / "dicom/hn_ct", PatientPosition::Hfs);
    const auto body = find_body(ct.hu);
    EXPECT_NEAR(volume_cm3(body), 6790, 70) << "looked at slice by slice; fat inside counts as whole voxels";
    EXPECT_EQ(components(body).size(), 1U);
    const Grid& grid = body.grid();
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) {
                if (!inside(body, grid.flat(i, j, k))) continue;
                // the table top lies 365 mm below the top of the image under the head, lower under the shoulders
                ASSERT_LT(grid.point(i, j, k).y, -511 + (k > 15 ? 357 : 365)) << i << ' ' << j << ' ' << k;
            }
}

}  // namespace
}  // namespace coutard
