#include "dose/phantom/slab_phantom.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "dose/phantom/slab_dose.hpp"
#include "dose/phantom/slab_monte_carlo.hpp"
#include "engine/base/error.hpp"
#include "tests/dose/dose_tables.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::dose {
namespace {

std::string spec(
    const std::string& slabs,
    const std::string& beam = R"({"kind":"ideal","spectrum":"mohan6","ssd_cm":100,"field_at_surface_cm":[10,10]})",
    const std::string& rest = "") {
    return R"({"name":"t","size_cm":[10,10,10],"voxel_mm":[5,5,5],"slabs":)" + slabs + R"(,"beam":)" + beam + rest +
           "}";
}
const std::string water = R"([{"material":"water","from_cm":0,"to_cm":10}])";

TEST(SlabPhantom, AVoxelCutByAFaceTakesTheMeanDensityAndTheLargerMaterial) {
    const auto s = parse_slab_spec(
        spec(
            R"([{"material":"water","from_cm":0,"to_cm":3.1},{"material":"bone_cortical_icru","from_cm":3.1,"to_cm":10}])"),
        "t");
    const Medium m = slab_medium(s, test::DoseTables::get().library);
    EXPECT_FLOAT_EQ(m.density[m.grid.flat(3, 3, 5)], 1.0F);
    const double bone = test::DoseTables::get().library.at("bone_cortical_icru").density_g_cm3;
    EXPECT_NEAR(m.density[m.grid.flat(3, 3, 6)], 0.2 * 1.0 + 0.8 * bone, 1e-5);
    EXPECT_EQ(m.materials[m.material[m.grid.flat(3, 3, 6)]].name, "bone_cortical_icru");
}

TEST(SlabPhantom, LaterInsertsOverrideEarlierOnes) {
    const auto s = parse_slab_spec(
        spec(water, R"({"kind":"ideal","spectrum":"mohan6","ssd_cm":100,"field_at_surface_cm":[10,10]})",
             R"(,"inserts":[{"material":"lung_icru","x_cm":[-2,2],"y_cm":[-2,2],"z_cm":[2,6]},
                                            {"material":"water","density_g_cm3":1.2,"x_cm":[-1,1],"y_cm":[-1,1],"z_cm":[3,5]}])"),
        "t");
    const Medium m = slab_medium(s, test::DoseTables::get().library);
    EXPECT_NEAR(m.density[m.grid.flat(10, 10, 8)], 1.2, 1e-6);
    EXPECT_NEAR(m.density[m.grid.flat(10, 10, 5)], 0.26, 1e-6);
    EXPECT_NEAR(m.density[m.grid.flat(1, 1, 8)], 1.0, 1e-6);
}

TEST(SlabPhantom, ScoresMeansOverStripsAndLinearInDepth) {
    const Grid grid({4, 4, 3}, {-7.5, -7.5, 2.5}, {5, 5, 5});
    Volume<float> dose(grid);
    for (int k = 0; k < 3; ++k)
        for (int j = 0; j < 4; ++j)
            for (int i = 0; i < 4; ++i) dose.at(i, j, k) = static_cast<float>(100 * k + 10 * j + i);
    const auto pdd = depth_dose(dose, 0.75);  // central voxels wholly, the outer ones by half
    EXPECT_NEAR(pdd.dose[1], 100 + 15 + 1.5, 1e-5);
    EXPECT_NEAR(pdd.depth_cm[1], 0.75, 1e-12);
    const auto p = lateral_profile(dose, 'x', 0.5, 0.5);  // half way between the first two layers
    EXPECT_NEAR(p.dose[3], 50 + 15 + 3, 1e-5);
    EXPECT_NEAR(p.offaxis_cm[3], 0.75, 1e-12);
}

TEST(SlabPhantom, ScoresCellsOfJoinedAndCutLayers) {
    const Grid grid({4, 4, 4}, {-7.5, -7.5, 2.5}, {5, 5, 5});  // layers of 0.5 cm
    Volume<float> dose(grid);
    for (int k = 0; k < 4; ++k)
        for (int j = 0; j < 4; ++j)
            for (int i = 0; i < 4; ++i) dose.at(i, j, k) = static_cast<float>(100 * k + 10 * j + i);
    const double lateral = 15 + 1.5;  // of a column around the axis
    const auto cells = axis_regions(grid, 0.75, {0, 0.5, 1.5, 1.6, 2.0});
    const std::vector<double> wanted{0, 150, 300, 300};  // a layer; two joined; a fifth of one, and the rest of it
    ASSERT_EQ(cells.size(), wanted.size());
    for (std::size_t c = 0; c < cells.size(); ++c) {
        EXPECT_NEAR(mean_of(dose, cells[c]), wanted[c] + lateral, 1e-5) << c;
        EXPECT_NEAR(std::accumulate(cells[c].weights.begin(), cells[c].weights.end(), 0.0), 1, 1e-12) << c;
    }
    const auto across = axis_regions(grid, 0.75, {0.4, 0.7});  // 0.1 cm of the first layer, 0.2 cm of the second
    EXPECT_NEAR(mean_of(dose, across[0]), 100 * 2.0 / 3 + lateral, 1e-5);
    EXPECT_TRUE(axis_regions(grid, 0.75, {}).empty());
    EXPECT_TRUE(axis_regions(grid, 0.75, {0.5}).empty());
    EXPECT_THROW(axis_regions(grid, 0.75, {0, 1, 1}), InputError);    // no cell between equal faces
    EXPECT_THROW(axis_regions(grid, 0.75, {1, 0.5}), InputError);     // falls
    EXPECT_THROW(axis_regions(grid, 0.75, {-0.1, 0.5}), InputError);  // above the surface
    EXPECT_THROW(axis_regions(grid, 0.75, {0, 2.1}), InputError);     // beyond the phantom
}

TEST(SlabPhantom, MonteCarloScoresRegionsAsItScoresTheAxis) {
    const auto s = parse_slab_spec(spec(water), "t");
    SlabRun how;
    how.run.histories = 500;
    how.run.seed = 7;
    how.regions = axis_regions(slab_grid(s), s.pdd_half_width_cm);
    const SlabMonteCarlo found = slab_monte_carlo(s, test::repository("data"), how, {});
    ASSERT_EQ(found.regions.size(), found.pdd.dose.size());
    for (std::size_t k = 0; k < found.regions.size(); ++k) {
        EXPECT_EQ(found.regions[k].dose, found.pdd.dose[k]);
        EXPECT_EQ(found.regions[k].uncertainty, found.pdd.uncertainty[k]);
        EXPECT_NEAR(mean_of(found.dose, how.regions[k]), found.regions[k].dose, 1e-5 * found.regions[k].dose);
    }
}

TEST(SlabPhantom, SolidAngleOfARectangle) {
    EXPECT_NEAR(rectangle_solid_angle(1e6, 1e6, 1), 2 * 3.14159265, 1e-4);        // half the sphere
    EXPECT_NEAR(rectangle_solid_angle(1, 2, 100) / (8.0 / 1e4), 1, 1e-3);         // far away: area / d^2
    EXPECT_NEAR(rectangle_solid_angle(1, 1, 1), 4 * 3.14159265358979 / 6, 1e-9);  // a face of a cube
}

TEST(SlabPhantom, RefusesNonsenseByName) {
    const auto refuses = [](const std::string& text, const std::string& word) {
        try {
            slab_medium(parse_slab_spec(text, "spec.json"), test::DoseTables::get().library);
        } catch (const InputError& problem) {
            EXPECT_NE(std::string(problem.what()).find(word), std::string::npos) << problem.what();
            return;
        }
        ADD_FAILURE() << "accepted: " << text;
    };
    refuses(spec(R"([{"material":"water","from_cm":0,"to_cm":6},{"material":"water","from_cm":5,"to_cm":10}])"),
            "overlaps");
    refuses(spec(R"([{"material":"water","from_cm":0,"to_cm":4},{"material":"water","from_cm":5,"to_cm":10}])"), "gap");
    refuses(spec(R"([{"material":"cheese","from_cm":0,"to_cm":10}])"), "cheese");
    refuses(spec(R"([{"material":"water","from_cm":0,"to_cm":8}])"), "end at depth");
    refuses(spec(water, R"({"kind":"ideal","spectrum":"mohan6","ssd_cm":100,"field_at_surface_cm":[-10,10]})"),
            "field");
    refuses(spec(water, R"({"kind":"laser","ssd_cm":100})"), "laser");
    refuses(spec(water, R"({"kind":"ideal","spectrum":"mohan6","ssd_cm":100})"), "field_at_surface_cm");
    refuses(spec(water, R"({"kind":"ideal","spectrum":"mohan6","ssd_cm":100,"field_at_surface_cm":[10,10]})",
                 R"(,"colour":1)"),
            "colour");
    refuses(R"({"name":"t")", "spec.json");
    refuses(R"({"size_cm":[10,10,10],"voxel_mm":[3,3,3],"slabs":)" + water +
                R"(,"beam":{"kind":"ideal","spectrum":"mohan6","ssd_cm":100,"field_at_surface_cm":[1,1]}})",
            "whole number");
    EXPECT_THROW(read_slab_spec("/nowhere/spec.json"), InputError);
    EXPECT_THROW(read_spectrum(test::repository("data/physics"), "sunlight"), InputError);
}

}  // namespace
}  // namespace coutard::dose
