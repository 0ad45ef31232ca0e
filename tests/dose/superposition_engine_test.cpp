// Superposition of plans behind its port.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "dose/influence/beamlet_matrix.hpp"
#include "dose/influence/tile_carrier.hpp"
#include "dose/machine/scene_medium.hpp"
#include "dose/superposition/superpose.hpp"
#include "dose/superposition/superposition_engine.hpp"
#include "engine/base/error.hpp"
#include "tests/dose/cylinder_scene.hpp"

namespace coutard::dose {
namespace {

TEST(SuperpositionEngine, OpposedBeamsGiveMirroredDoses) {
    DoseScene scene = cylinder();
    for (std::size_t v = 0; v < scene.hu.count(); ++v)
        if (inside(*scene.counts, v)) scene.hu[v] = 0;
    const SuperpositionEngine engine(test::repository("data"), {Device::Cpu, ConeLayout::coarse()});
    Plan plan;
    plan.fractions = 2;
    plan.beams = {jaw_beam(90, 25, 50), jaw_beam(270, 25, 50)};
    const auto each = engine.dose_per_beam(scene, plan, {});
    double peak = 0;
    for (float d : each[0].gy.values()) peak = std::max(peak, static_cast<double>(d));
    EXPECT_GT(peak, 0.5);  // 2 x 50 MU
    for (int k = 0; k < 24; ++k)
        for (int j = 0; j < 28; ++j)
            for (int i = 0; i < 28; ++i) EXPECT_NEAR(each[0].gy.at(i, j, k), each[1].gy.at(27 - i, j, k), 2e-3 * peak);
    // gantry 90 shines from the patient's left, +x
    EXPECT_GT(each[0].gy.at(26, 14, 12), 1.3 * static_cast<double>(each[0].gy.at(1, 14, 12)));
}

TEST(SuperpositionEngine, RefusesWrongPlans) {
    const SuperpositionEngine engine(test::repository("data"), {Device::Cpu, ConeLayout::coarse()});
    const DoseScene scene = cylinder();
    Plan plan;
    EXPECT_THROW(engine.dose(scene, plan, {}), InputError);
    plan.beams = {jaw_beam(0, 20, 10)};
    plan.beams[0].isocentre_mm = {900, 0, 0};
    EXPECT_THROW(engine.dose(scene, plan, {}), InputError);
    plan.beams[0].isocentre_mm = {};
    plan.beams[0].machine = "nothing";
    EXPECT_THROW(engine.dose(scene, plan, {}), InputError);
    EXPECT_THROW(SuperpositionEngine("/nowhere"), InputError);
}

TEST(SuperpositionEngine, KeepsToItsMemoryOrRefusesByName) {
    const DoseScene scene = cylinder();
    Plan plan;
    plan.fractions = 1;
    plan.beams = {jaw_beam(30, 25, 100)};
    const auto voxels = scene_medium(scene, test::repository("data")).medium.grid.count();
    const auto bounded = [&](std::size_t bytes) {
        SuperpositionOptions options{Device::Cpu, ConeLayout::coarse()};
        options.most_bytes = bytes;
        return SuperpositionEngine(test::repository("data"), options);
    };
    const Dose freely = bounded(0).dose(scene, plan, {}),
               tightly = bounded(field_bytes_per_voxel * voxels).dose(scene, plan, {});
    EXPECT_TRUE(std::ranges::equal(freely.gy.values(), tightly.gy.values()));
    EXPECT_THROW(bounded(voxels).dose(scene, plan, {}), InputError);
    BeamletBeam beam;
    beam.beamlets = {{0, 0, 5, 5, 0, 0}, {5, 0, 5, 5, 0, 1}};
    EXPECT_EQ(bounded(0).influence(scene, {beam}, {}, {})->beamlet_count(), 2U);
    EXPECT_THROW(bounded(voxels).influence(scene, {beam}, {}, {}), InputError);
    // room for carriers, none for columns
    EXPECT_THROW(
        bounded((matrix_bytes_per_voxel + TileCarrier::bytes_per_voxel) * voxels).influence(scene, {beam}, {}, {}),
        InputError);
}

}  // namespace
}  // namespace coutard::dose
