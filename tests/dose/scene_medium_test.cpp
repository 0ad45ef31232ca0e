// CT values to materials and densities.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "dose/machine/scene_medium.hpp"
#include "dose/physics/hlut.hpp"
#include "engine/base/error.hpp"
#include "tests/dose/cylinder_scene.hpp"

namespace coutard::dose {
namespace {

TEST(Hlut, FollowsItsRows) {
    const Hlut hlut(test::repository("data"), "schneider2000");
    EXPECT_NEAR(hlut.at(-1000).density_g_cm3, 0.00121, 1e-6);
    EXPECT_NEAR(hlut.at(1000).density_g_cm3, 1.609, 1e-5);
    EXPECT_NEAR(hlut.at(650).density_g_cm3, 0.5 * (1.3722 + 1.4314), 1e-4);
    EXPECT_EQ(hlut.materials()[static_cast<std::size_t>(hlut.at(900).material)], "bone_cortical_icru");
    EXPECT_FLOAT_EQ(hlut.at(9000).density_g_cm3, hlut.at(3071).density_g_cm3);
    float last = 0;
    for (int h = -1024; h < 3072; ++h) {
        EXPECT_GE(hlut.at(static_cast<float>(h)).density_g_cm3, last);
        last = hlut.at(static_cast<float>(h)).density_g_cm3;
    }
    EXPECT_EQ(hlut.at(-1e30F).density_g_cm3, hlut.at(static_cast<float>(hlut.low())).density_g_cm3);
    EXPECT_EQ(hlut.at(1e30F).density_g_cm3, hlut.at(static_cast<float>(hlut.high())).density_g_cm3);
    EXPECT_EQ(hlut.at(std::nanf("")).density_g_cm3, hlut.at(static_cast<float>(hlut.low())).density_g_cm3);
    EXPECT_EQ(hlut.at(40.4F).density_g_cm3, hlut.at(40).density_g_cm3);
    EXPECT_EQ(hlut.at(-40.4F).density_g_cm3, hlut.at(-40).density_g_cm3);
    EXPECT_EQ(hlut.at(40.6F).density_g_cm3, hlut.at(41).density_g_cm3);
    EXPECT_THROW(Hlut(test::repository("data"), "nothing"), InputError);
}

TEST(SceneMedium, HoldsTheWholeBodyAndCountsNothingElse) {
    DoseScene scene = cylinder();
    scene.dose_grid = Grid({5, 5, 5}, {-12, -12, -12}, {6, 6, 6});
    for (auto& h : scene.hu.values()) h = std::max(h, -990.0F);
    scene.hu.at(0, 0, 0) = 1000;  // a clip beside the patient
    const auto place = scene_medium(scene, test::repository("data"));
    double mass = 0;
    for (float d : place.medium.density) mass += static_cast<double>(d) * place.medium.grid.voxel_cm3();
    double expected = 0;
    const Hlut hlut(test::repository("data"), "schneider2000");
    for (std::size_t v = 0; v < scene.hu.count(); ++v)
        expected += static_cast<double>(inside(*scene.counts, v) ? hlut.at(scene.hu[v]).density_g_cm3 : 0.0F) *
                    scene.hu.grid().voxel_cm3();
    EXPECT_NEAR(mass / expected, 1, 0.01);
    EXPECT_TRUE(cropped_grid(place.medium.grid, place.first, {place.first.x + 4, place.first.y + 4, place.first.z + 4})
                    .same_as(scene.dose_grid));
}

TEST(SceneMedium, OverridesWin) {
    DoseScene scene = cylinder();
    MaterialOverride couch{Mask(scene.hu.grid()), "pmma", 0.5};
    for (int k = 13; k < 18; ++k)
        for (int j = 31; j < 34; ++j)
            for (int i = 18; i < 23; ++i) couch.region.at(i, j, k) = 255;
    scene.overrides = {couch};
    const auto place = scene_medium(scene, test::repository("data"));
    const Grid& grid = place.medium.grid;
    const Vec3 at = grid.index(scene.hu.grid().point(20, 32, 15));  // behind the body
    const auto cell = [](double x) { return static_cast<int>(std::lround(x)); };
    ASSERT_TRUE(grid.holds(cell(at.x), cell(at.y), cell(at.z)));
    EXPECT_NEAR(place.medium.density[grid.flat(cell(at.x), cell(at.y), cell(at.z))], 0.5, 1e-5);
    double mass = 0;  // of the couch over that of the air: all that lies behind the body
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i)
                if (grid.point(i, j, k).y > 80)
                    mass += (static_cast<double>(place.medium.density[grid.flat(i, j, k)]) - 0.0012) * grid.voxel_cm3();
    EXPECT_NEAR(mass / (0.5 * 75 * scene.hu.grid().voxel_cm3()), 1, 0.05);
    scene.overrides[0].material = "cheese";
    EXPECT_THROW(scene_medium(scene, test::repository("data")), InputError);
}

TEST(SceneMedium, NamesVoxelsBeyondTheCurveButNotThoseOfAnOverride) {
    DoseScene scene = cylinder();
    EXPECT_TRUE(beyond_hu_curve(scene, test::repository("data")).empty());
    scene.hu.at(20, 17, 10) = 9000;
    scene.hu.at(21, 17, 10) = 12000;
    scene.hu.at(0, 0, 0) = 20000;  // outside the body: it counts for nothing
    const auto found = beyond_hu_curve(scene, test::repository("data"));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].substr(0, 8), "2 voxels") << found[0];
    EXPECT_NE(found[0].find("up to 12000"), std::string::npos) << found[0];
    Mask metal(scene.hu.grid());
    metal.at(20, 17, 10) = metal.at(21, 17, 10) = 255;
    scene.overrides = {{metal, "iron", {}}};
    EXPECT_TRUE(beyond_hu_curve(scene, test::repository("data")).empty());
}

}  // namespace
}  // namespace coutard::dose
