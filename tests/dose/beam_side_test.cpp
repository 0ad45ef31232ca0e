// Which side of the patient an off-centre field lands on: truth from IEC 61217 by hand.
#include <gtest/gtest.h>

#include "dose/superposition/superposition_engine.hpp"
#include "engine/plan/plan.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::dose {
namespace {

Vec3 dose_centroid(const Volume<float>& dose) {
    const Size3 n = dose.grid().size();
    Vec3 sum;
    double all = 0;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                const auto d = static_cast<double>(dose.at(i, j, k));
                sum = sum + dose.grid().point(i, j, k) * d;
                all += d;
            }
    return sum / all;
}

// At gantry 0 and collimator 90 the jaws' x runs to the gantry and their y to the left of who faces it: jaws x
// 0..40, y -10..30 lie 20 mm to the gantry and 10 mm to that person's left. Head first, the gantry is superior;
// supine head first, that person's left is the patient's right.
TEST(SuperpositionEngine, OffCentreJawsLandOnTheirSideInEveryPosition) {
    DoseScene scene;
    scene.hu = Volume<float>(Grid({30, 16, 30}, {-87, -45, -87}, {6, 6, 6}), 0.0F);
    scene.dose_grid = Grid({28, 14, 28}, {-81, -39, -81}, {6, 6, 6});
    Beam beam;
    beam.monitor_units = 100;
    ControlPoint point;
    point.collimator_deg = 90;
    point.jaws = {0, 40, -10, 30};
    beam.control_points = {point, point};
    beam.control_points[1].cumulative = 1;
    Plan plan;
    plan.beams = {beam};
    const SuperpositionEngine engine(test::repository("data"), {Device::Cpu, ConeLayout::coarse()});
    struct Side {
        Lying lying;
        double left_mm, superior_mm, entry;  // entry: -1 through the front, 1 through the back
    };
    for (const auto& side : {Side{Lying::HeadFirstSupine, -10, 20, -1}, Side{Lying::HeadFirstProne, 10, 20, 1},
                             Side{Lying::FeetFirstSupine, 10, -20, -1}, Side{Lying::FeetFirstProne, -10, -20, 1}}) {
        scene.lying = side.lying;
        const Vec3 centre = dose_centroid(engine.dose(scene, plan, {}).gy);
        EXPECT_NEAR(centre.x, side.left_mm, 2) << static_cast<int>(side.lying);
        EXPECT_NEAR(centre.z, side.superior_mm, 3) << static_cast<int>(side.lying);
        EXPECT_GT(centre.y * side.entry, 1) << static_cast<int>(side.lying);
    }
}

}  // namespace
}  // namespace coutard::dose
