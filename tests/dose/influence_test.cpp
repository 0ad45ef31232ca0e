// The beamlet matrix beside the field dose.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "dose/influence/beamlet_matrix.hpp"
#include "dose/influence/tile_carrier.hpp"
#include "dose/machine/scene_medium.hpp"
#include "dose/superposition/superposition_engine.hpp"
#include "engine/optimise/sparse_influence.hpp"
#include "engine/par/for_each.hpp"
#include "tests/dose/cylinder_scene.hpp"
#include "tests/dose/dose_tables.hpp"

namespace coutard::dose {
namespace {

/// A block of water, 8 cm of another CT number (lung: a step in density of 4), water, on a 5 mm CT.
DoseScene slab_of(float hu) {
    const Grid ct({40, 40, 40}, {-97.5, -97.5, -97.5}, {5, 5, 5});
    DoseScene scene;
    scene.hu = Volume<float>(ct, 0.0F);
    for (int k = 0; k < 40; ++k)
        for (int j = 14; j < 30; ++j)
            for (int i = 0; i < 40; ++i) scene.hu.at(i, j, k) = hu;
    scene.dose_grid = ct;
    return scene;
}

/// 5x5 cm in beamlets of 5 mm.
BeamletBeam square_of_beamlets(double gantry) {
    BeamletBeam out;
    out.gantry_deg = gantry;
    for (double y = -22.5; y < 25; y += 5)
        for (double x = -22.5; x < 25; x += 5) out.beamlets.push_back({x, y, 5, 5, 0, 0});
    return out;
}

TEST(Influence, SumOfBeamletsIsTheFieldDose) {
    const DoseScene scene = cylinder();
    const SuperpositionEngine engine(test::repository("data"),
                                     {Device::Cpu, ConeLayout::coarse(), ConeLayout::coarse()});
    Plan plan;
    std::vector<BeamletBeam> beams;
    for (double gantry : {20.0, 140.0, 260.0}) {
        plan.beams.push_back(leaf_beam(gantry, 25, 100));
        beams.push_back(square_of_beamlets(gantry));
    }
    par::set_threads(1);
    const auto matrix = engine.influence(scene, beams, {}, {});
    par::set_threads(2);
    const auto again = engine.influence(scene, beams, {}, {});
    par::set_threads(0);
    const std::vector<float> weight(matrix->beamlet_count(), 100.0F);
    std::vector<float> sum(matrix->voxel_count()), twice(sum);
    matrix->forward(weight, sum);
    again->forward(weight, twice);
    EXPECT_EQ(sum, twice);  // same bits on one and two threads
    const auto field = engine.dose(scene, plan, {});
    double peak = 0;
    for (float d : field.gy.values()) peak = std::max(peak, static_cast<double>(d));
    std::size_t counted = 0, off = 0;
    double both = 0, all = 0;
    for (std::size_t v = 0; v < sum.size(); ++v) {
        if (field.gy[v] < 0.1 * peak) continue;
        ++counted;
        if (std::abs(sum[v] - field.gy[v]) > 0.03 * peak) ++off;  // stricter than gamma: no distance
        both += static_cast<double>(sum[v]);
        all += static_cast<double>(field.gy[v]);
    }
    EXPECT_LT(static_cast<double>(off), 0.02 * static_cast<double>(counted));
    EXPECT_NEAR(both / all, 1, 0.01);
}

TEST(Influence, SumOfBeamletsIsTheFieldDoseInLung) {
    const DoseScene scene = slab_of(-740);
    const SuperpositionEngine engine(test::repository("data"),
                                     {Device::Cpu, ConeLayout::coarse(), ConeLayout::coarse()});
    Plan plan;
    std::vector<BeamletBeam> beams;
    for (double gantry : {0.0, 65.0}) {
        plan.beams.push_back(leaf_beam(gantry, 25, 100));
        beams.push_back(square_of_beamlets(gantry));
    }
    const auto matrix = engine.influence(scene, beams, {}, {});
    std::vector<float> sum(matrix->voxel_count());
    matrix->forward(std::vector<float>(matrix->beamlet_count(), 100.0F), sum);
    const auto field = engine.dose(scene, plan, {});
    const double peak = *std::max_element(field.gy.values().begin(), field.gy.values().end());
    const Vec3 axis[2] = {{0, 1, 0}, {-std::sin(65 * M_PI / 180), std::cos(65 * M_PI / 180), 0}};
    std::size_t counted = 0;
    double worst = 0, square = 0;
    for (int k = 0; k < 40; ++k)
        for (int j = 0; j < 40; ++j)
            for (int i = 0; i < 40; ++i) {
                const Vec3 p = scene.dose_grid.point(i, j, k);
                // where a beamlet is a hole between perfect leaves, penumbra and tails differ by design
                const auto inside = [&](const Vec3& a) {
                    const double zoom = 1 + dot(p, a) / 1000;
                    return norm(Vec3{p.x, p.y, 0} - a * dot(p, a)) < 17 * zoom && std::abs(p.z) < 17 * zoom;
                };
                if (!inside(axis[0]) && !inside(axis[1])) continue;
                const double off = (sum[scene.dose_grid.flat(i, j, k)] - field.gy.at(i, j, k)) / peak;
                worst = std::max(worst, std::abs(off));
                square += off * off;
                ++counted;
            }
    RecordProperty("worst_percent", std::to_string(100 * worst));
    EXPECT_GT(counted, 2000U);
    EXPECT_LT(worst, 0.03);
    EXPECT_LT(std::sqrt(square / static_cast<double>(counted)), 0.01);
}

TEST(Influence, KnowsTheDetourThatBoneMakes) {  // 1.2 % more just before it
    const DoseScene scene = slab_of(1400);
    const SuperpositionEngine engine(test::repository("data"),
                                     {Device::Cpu, ConeLayout::coarse(), ConeLayout::coarse()});
    Plan plan;
    plan.beams.push_back(leaf_beam(0, 25, 100));
    const auto matrix = engine.influence(scene, {square_of_beamlets(0)}, {}, {});
    std::vector<float> sum(matrix->voxel_count());
    matrix->forward(std::vector<float>(matrix->beamlet_count(), 100.0F), sum);
    const auto field = engine.dose(scene, plan, {});
    const auto step = [&](const auto& dose) {  // to the layer before the bone from that 1 cm before it
        double before = 0, away = 0;
        for (int k = 17; k < 23; ++k)
            for (int i = 17; i < 23; ++i) {
                before += static_cast<double>(dose[scene.dose_grid.flat(i, 13, k)]);
                away += static_cast<double>(dose[scene.dose_grid.flat(i, 11, k)]);
            }
        return before / away;
    };
    EXPECT_NEAR(step(sum), step(field.gy.values()), 0.003);
    EXPECT_GT(step(field.gy.values()), 0.947);  // 0.942 without detours
}

TEST(Influence, KeepsOnlyWantedVoxels) {
    const DoseScene scene = cylinder();
    const SuperpositionEngine engine(test::repository("data"), {Device::Cpu, ConeLayout::coarse()});
    Mask wanted(scene.dose_grid);
    wanted.at(14, 14, 12) = 255;
    BeamletBeam b;
    b.beamlets = {{0, 0, 5, 5, 0, 0}};
    const auto matrix = engine.influence(scene, {b}, wanted, {});
    std::vector<float> dose(matrix->voxel_count());
    matrix->forward(std::vector<float>{1.0F}, dose);
    for (std::size_t v = 0; v < dose.size(); ++v) EXPECT_EQ(dose[v] > 0, wanted[v] > 0);
}

TEST(Influence, EachColumnLiesAlongItsBeamlet) {  // beamlets of a tile are carried together
    const DoseScene scene = cylinder();
    const SuperpositionEngine engine(test::repository("data"), {Device::Cpu, ConeLayout::coarse()});
    const BeamletBeam beam = square_of_beamlets(35);
    const auto matrix = engine.influence(scene, {beam}, {}, {});
    const auto columns = matrix->rows()->unpacked();
    const BeamFrame frame = beam_frame({}, 35, 0, 0, 1000, scene.lying);
    const Size3 n = scene.dose_grid.size();
    for (std::size_t b = 0; b < beam.beamlets.size(); ++b) {
        const InfluenceColumn& column = columns[b];
        double x = 0, y = 0, all = 0;  // where what is above half of the largest lies, at the isocentre plane
        const float most = *std::max_element(column.gy_per_mu.begin(), column.gy_per_mu.end());
        for (std::size_t e = 0; e < column.voxels.size(); ++e) {
            if (column.gy_per_mu[e] < 0.5F * most) continue;
            const int v = static_cast<int>(column.voxels[e]);
            const Vec3 at = frame.to_device(scene.dose_grid.point(v % n.x, v / n.x % n.y, v / (n.x * n.y)));
            const double zoom = 1000 / (1000 - at.z), dose = static_cast<double>(column.gy_per_mu[e]);
            x += dose * at.x * zoom;
            y += dose * at.y * zoom;
            all += dose;
        }
        EXPECT_NEAR(x / all, beam.beamlets[b].x_mm, 1.5) << b;
        EXPECT_NEAR(y / all, beam.beamlets[b].y_mm, 1.5) << b;
    }
}

TEST(Influence, KeepsTheEnergyOfAWideFocalSpot) {
    DoseScene scene = cylinder();
    const auto place = scene_medium(scene, test::repository("data"));
    const auto kernel = test::DoseTables::get().kernel(ConeLayout::coarse());
    BeamletBeam beam;
    beam.beamlets = {{0, 0, 5, 5, 0, 0}};
    const auto all_dose = [&](double focal_mm) {
        BeamModel spot = model();
        spot.focal.sigma_x_mm = spot.focal.sigma_y_mm = focal_mm;
        const BeamletSource source{&beam, &spot, &kernel, beam_frame({}, 90, 0, 0, 1000, scene.lying)};
        const auto matrix = beamlet_matrix(place, scene.dose_grid, {source}, {}, {0, 1}, {});
        std::vector<float> dose(matrix->voxel_count());
        matrix->forward(std::vector<float>{1.0F}, dose);
        return std::accumulate(dose.begin(), dose.end(), 0.0);
    };
    EXPECT_NEAR(all_dose(4) / all_dose(0.5), 1, 0.02);
}

}  // namespace
}  // namespace coutard::dose
