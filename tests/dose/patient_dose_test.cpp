#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <numeric>

#include "dose/influence/beamlet_carrier.hpp"
#include "dose/influence/beamlet_matrix.hpp"
#include "dose/machine/coverage_check.hpp"
#include "dose/machine/delivered_map.hpp"
#include "dose/machine/scene_medium.hpp"
#include "dose/phantom/slab_dose.hpp"
#include "dose/physics/hlut.hpp"
#include "dose/physics/table.hpp"
#include "dose/superposition/superpose.hpp"
#include "dose/superposition/superposition_engine.hpp"
#include "engine/optimise/sparse_influence.hpp"
#include "engine/par/for_each.hpp"
#include "tests/dose/dose_tables.hpp"
#include "tests/dose/head_cases.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::dose {
namespace {

/// A water cylinder along the patient's long axis with an air pipe and a bone rod, on a 6 mm CT.
DoseScene cylinder() {
    const Grid ct({40, 34, 30}, {-117, -99, -87}, {6, 6, 6});
    DoseScene scene;
    scene.hu = Volume<float>(ct, -1000.0F);
    Mask body(ct);
    for (int k = 0; k < 30; ++k)
        for (int j = 0; j < 34; ++j)
            for (int i = 0; i < 40; ++i) {
                const Vec3 p = ct.point(i, j, k);
                if (std::hypot(p.x, p.y) > 75) continue;
                body.at(i, j, k) = 255;
                scene.hu.at(i, j, k) = std::hypot(p.x, p.y + 25) < 12   ? -1000.0F
                                       : std::hypot(p.x, p.y - 45) < 14 ? 600.0F
                                                                        : 0.0F;
            }
    scene.counts = body;
    scene.dose_grid = Grid({28, 28, 24}, {-67.5, -67.5, -57.5}, {5, 5, 5});
    return scene;
}

Beam jaw_beam(double gantry, double half, double mu) {
    Beam beam;
    beam.monitor_units = mu;
    ControlPoint p;
    p.gantry_deg = gantry;
    p.jaws = {-half, half, -half, half};
    beam.control_points = {p, p};
    beam.control_points[1].cumulative = 1;
    return beam;
}

/// A square field of leaves whose effective edges lie at +-half; closed leaves wait behind the jaws.
Beam leaf_beam(double gantry, double half, double mu) {
    const Machine machine = test::machine_model().machine;
    Beam beam = jaw_beam(gantry, half + 2, mu);
    for (auto& p : beam.control_points)
        for (std::size_t l = 0; l + 1 < machine.leaf_edges_mm.size(); ++l) {
            const bool open = machine.leaf_edges_mm[l] >= -half && machine.leaf_edges_mm[l + 1] <= half;
            const double tip = half - 0.5 * machine.dosimetric_leaf_gap_mm;
            p.leaves_x1.push_back(open ? -tip : -100);
            p.leaves_x2.push_back(open ? tip : -100);
        }
    return beam;
}

BeamModel model() {
    return read_beam_model(test::repository("data"), "generic_6mv");
}

double sum(const FluenceMap& map) {
    double all = 0;
    for (double v : map.values) all += v;
    return all * map.pixel_mm * map.pixel_mm;
}

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

TEST(DeliveredMap, AnOpenFieldIsItsMonitorUnitsWithJawLeak) {
    const auto maps = delivered_maps(jaw_beam(0, 40, 100), test::bare_model());
    ASSERT_EQ(maps.size(), 1U);
    const auto& m = maps[0].fluence.focal;
    EXPECT_NEAR(m.at(m.nx / 2, m.ny / 2), 100, 0.1);
    EXPECT_NEAR(m.at(3, m.ny / 2), 100 * 0.003, 0.01);  // under the jaw
    EXPECT_NEAR(sum(m) / (100 * 80 * 80), 1, 0.01);
}

TEST(DeliveredMap, ASlidingGapGivesItsWidthPlusTheLeafGap) {  // truth on paper: every point is open for the same time
    Beam beam = jaw_beam(0, 50, 200);
    beam.delivery = Delivery::SlidingWindow;
    for (int k = 0; k < 2; ++k) {
        auto& p = beam.control_points[static_cast<std::size_t>(k)];
        p.leaves_x1.assign(60, k == 0 ? -60.0 : 50.0);
        p.leaves_x2.assign(60, k == 0 ? -50.0 : 60.0);
    }
    const auto map = delivered_maps(beam, test::bare_model())[0].fluence.focal;
    const double open = 200 * (10 + 1.7) / 110, closed = 200 - open;
    double mean = 0;
    for (int j = 0; j < 10; ++j) mean += map.at(map.nx / 2, map.ny / 2 + j) / 10;  // two leaves with their gaps
    EXPECT_NEAR(mean, open + 0.015 * closed, 0.1);
}

TEST(DeliveredMap, ArcsAreCutAndMetersetsKept) {
    Beam beam = jaw_beam(350, 20, 90);
    beam.control_points.clear();
    for (int k = 0; k <= 10; ++k) {
        ControlPoint p;
        p.gantry_deg = std::fmod(350 + 2.0 * k, 360);
        p.jaws = {-20, 20, -20, 20};
        p.cumulative = k / 10.0;
        beam.control_points.push_back(p);
    }
    const auto maps = delivered_maps(beam, model(), 4);
    EXPECT_EQ(maps.size(), 5U);
    double mu = 0;
    for (const auto& m : maps) mu += m.monitor_units;
    EXPECT_NEAR(mu, 90, 1e-9);
    EXPECT_NEAR(maps[0].gantry_deg, 352, 1e-9);
}

TEST(DeliveredMap, JawsThatTrackAGapLeaveItsWidth) {  // truth on paper: open for 10 mm of 100 mm of way
    Beam beam = jaw_beam(0, 50, 100);
    for (int k = 0; k < 2; ++k) {
        auto& p = beam.control_points[static_cast<std::size_t>(k)];
        const double at = k == 0 ? -50 : 50;
        p.jaws = {at - 5, at + 5, -50, 50};
        p.leaves_x1.assign(60, at - 5);
        p.leaves_x2.assign(60, at + 5);
    }
    BeamModel point = test::bare_model();
    point.focal.sigma_x_mm = point.focal.sigma_y_mm = 1e-3;
    const auto map = delivered_maps(beam, point)[0].fluence.focal;
    EXPECT_NEAR(map.at(map.nx / 2, map.ny / 2) / 100, 0.100, 0.0005);
    EXPECT_NEAR(map.at(map.nx / 2 - 30, map.ny / 2) / 100, 0.100, 0.0005);
}

TEST(DeliveredMap, ACoarseArcIsCutEvenly) {
    Beam beam = jaw_beam(10, 20, 90);
    beam.control_points[1].gantry_deg = 200;  // 170 degrees counter-clockwise
    beam.control_points[1].jaws = {-20, 37, -20, 20};
    const auto maps = delivered_maps(beam, model(), 4);
    ASSERT_EQ(maps.size(), 43U);
    double mu = 0, last = 0;
    for (const auto& m : maps) {
        EXPECT_GT(sum(m.fluence.focal), last);  // the jaw opens evenly on the way
        last = sum(m.fluence.focal);
        mu += m.monitor_units;
    }
    EXPECT_NEAR(mu, 90, 1e-9);
    EXPECT_NEAR(maps.front().gantry_deg, 10 - 170.0 / 86, 1e-9);
    EXPECT_NEAR(maps.back().gantry_deg, 10 - 170 + 170.0 / 86, 1e-9);
}

TEST(DeliveredMap, AFullTurnInThreeControlPointsGoesRound) {  // and not half a turn there and back
    Beam beam = jaw_beam(0, 20, 90);
    beam.control_points.push_back(beam.control_points[1]);
    beam.control_points[1].gantry_deg = 180;
    beam.control_points[1].cumulative = 0.5;
    const auto maps = delivered_maps(beam, model(), 4);
    ASSERT_EQ(maps.size(), 90U);
    for (std::size_t k = 0; k < maps.size(); ++k)
        EXPECT_NEAR(maps[k].gantry_deg, 2 + 4.0 * static_cast<double>(k), 1e-9);
}

TEST(DeliveredMap, ClosedJawsAndLeavesThatTouchAreLegal) {  // a plan may park a field; files round their decimals
    Beam closed = jaw_beam(0, 20, 100);
    for (auto& p : closed.control_points) p.jaws.x1 = p.jaws.x2;
    const auto shut = delivered_maps(closed, test::bare_model())[0].fluence.focal;
    for (double v : shut.values) EXPECT_LT(v, 100 * 0.003 + 1e-3);
    Beam touching = jaw_beam(0, 20, 100);
    for (auto& p : touching.control_points) {
        p.leaves_x1.assign(60, 5.0005);
        p.leaves_x2.assign(60, 5.0);
    }
    EXPECT_NEAR(sum(delivered_maps(touching, test::bare_model())[0].fluence.focal) / (100 * 40),
                0.015 * 40 + 0.985 * 1.7,
                0.03);  // strips take rays between the leaves as straight: 2 % of the leak
}

TEST(DeliveredMap, RefusesWrongBeamsByName) {
    Beam falling = jaw_beam(0, 20, 10);
    falling.control_points.insert(falling.control_points.begin() + 1, falling.control_points[0]);
    falling.control_points[1].cumulative = -0.5;
    EXPECT_THROW(delivered_maps(falling, model()), InputError);
    Beam crossed = jaw_beam(0, 20, 10);
    for (auto& p : crossed.control_points) {
        p.leaves_x1.assign(60, 5);
        p.leaves_x2.assign(60, 0);
    }
    EXPECT_THROW(delivered_maps(crossed, model()), InputError);
    for (auto& p : crossed.control_points) {
        p.leaves_x1.assign(40, 0);
        p.leaves_x2.assign(40, 5);
    }
    EXPECT_THROW(delivered_maps(crossed, model()), InputError);
    EXPECT_THROW(read_beam_model(test::repository("data"), "tomotherapy"), InputError);
}

TEST(DeliveredMap, RefusesABeamOfAnotherMachineByAttribute) {
    const auto refusal = [](const std::function<void(Beam&)>& spoil) -> std::string {
        Beam beam = jaw_beam(0, 20, 10);
        beam.leaf_edges_mm = model().machine.leaf_edges_mm;
        spoil(beam);
        try {
            delivered_maps(beam, model());
        } catch (const InputError& error) {
            return error.what();
        }
        return {};
    };
    EXPECT_EQ(refusal([](Beam&) {}), "");
    EXPECT_EQ(refusal([](Beam& b) { b.leaf_edges_mm[7] += 0.005; }), "");  // a rounded text
    EXPECT_EQ(refusal([](Beam& b) { b.energy_MV = 10; }),
              "beam 1 '': NominalBeamEnergy [MV]: found 10, expected 6 of generic_6mv");
    EXPECT_EQ(refusal([](Beam& b) { b.flattening_filter = false; }),
              "beam 1 '': FluenceMode: found NON_STANDARD (FFF), expected STANDARD of generic_6mv");
    EXPECT_EQ(refusal([](Beam& b) { b.sad_mm = 1001; }),
              "beam 1 '': SourceAxisDistance [mm]: found 1001, expected 1000 of generic_6mv");
    EXPECT_EQ(refusal([](Beam& b) { b.leaf_edges_mm.pop_back(); }),
              "beam 1 '': LeafPositionBoundaries: edges: found 60, expected 61 of generic_6mv");
    EXPECT_EQ(refusal([](Beam& b) { b.leaf_edges_mm[1] = -187.5; }),
              "beam 1 '': LeafPositionBoundaries [mm]: edge 2: found -187.5, expected -190 of generic_6mv");
}

TEST(DeliveredMap, KeepsTheFluenceOfAWideFocalSpot) {
    BeamModel wide = test::bare_model();
    wide.focal.sigma_x_mm = wide.focal.sigma_y_mm = 4.2;  // shadows of 7 and 9 mm standard deviation
    wide.head.jaw_y = {318, 319};                         // thin: of a thick jaw a wide spot lights both edges
    wide.head.jaw_x = {405, 406};
    wide.head.jaw_x_per_mm = wide.head.jaw_y_per_mm = 10;
    EXPECT_NEAR(sum(delivered_maps(jaw_beam(0, 40, 100), wide)[0].fluence.focal) / (100 * 80 * 80), 1, 0.005);
}

TEST(BeamModel, RefusesOffAxisDistancesThatDoNotRiseFromZero) {
    const test::Scratch scratch;
    std::filesystem::create_directory(scratch / "machines");
    std::ifstream in(test::repository("data/machines/generic_6mv.json"));
    const std::string text{std::istreambuf_iterator<char>(in), {}}, was = "\"off_axis_mm\": [0, 25,";
    ASSERT_NE(text.find(was), std::string::npos);
    for (const char* list : {"[10, 25,", "[0, 0,", "[0, 55,"}) {
        std::string other = text;
        other.replace(other.find(was), was.size(), std::string("\"off_axis_mm\": ") + list);
        std::ofstream(scratch / "machines/generic_6mv.json") << other;
        EXPECT_THROW(read_beam_model(scratch.path(), "generic_6mv"), InputError) << list;
    }
}

TEST(Calibration, IsWhatTheMachineFilesKeep) {
    for (const char* machine : {"generic_6mv", "generic_6mv_fff", "generic_10mv"}) {
        const double found = calibrated_fluence(machine, test::repository("data"), Device::Cpu, {});
        EXPECT_NEAR(found / read_beam_model(test::repository("data"), machine).fluence_per_mu, 1, 0.002) << machine;
    }
}

TEST(Spectrum, WithoutAFilterIsTheFilteredOneWithFourteenGramsOfIronTakenAway) {
    const auto physics = test::repository("data/physics");
    const Spectrum with = read_spectrum(physics, "mohan6"), without = read_spectrum(physics, "derived6fff");
    const Table elements(physics / "elements_photon.csv");
    std::vector<double> energy, attenuation;
    for (std::size_t r = 0; r < elements.rows(); ++r) {
        if (elements.column("Z")[r] != 26) continue;
        energy.push_back(elements.column("E_MeV")[r]);
        attenuation.push_back(0);
        for (const char* part :
             {"rayleigh_cm2_g", "photoelectric_cm2_g", "compton_cm2_g", "pair_cm2_g", "triplet_cm2_g"})
            attenuation.back() += elements.column(part)[r];
    }
    ASSERT_EQ(with.energy_MeV, without.energy_MeV);
    std::vector<double> expected;
    double sum = 0;
    for (std::size_t b = 0; b < with.photons.size(); ++b) {
        expected.push_back(with.photons[b] *
                           std::exp(14 * interpolate_log_log(energy, attenuation, with.energy_MeV[b])));
        sum += expected.back();
    }
    for (std::size_t b = 0; b < expected.size(); ++b) EXPECT_NEAR(without.photons[b], expected[b] / sum, 1e-6);
    EXPECT_LT(without.mean_MeV(), with.mean_MeV() - 0.2);
}

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

TEST(CoverageCheck, RefusesAFieldThroughBodyThatTheCtCutsOff) {  // the cylinder reaches both ends of the CT, +-90 mm
    DoseScene scene = cylinder();
    EXPECT_NO_THROW(check_covered(scene, jaw_beam(0, 80, 10)));
    const auto refused = [&](const Beam& beam, const std::string& part) {
        try {
            check_covered(scene, beam);
        } catch (const InputError& problem) {
            EXPECT_NE(std::string(problem.what()).find(part), std::string::npos) << problem.what();
            return true;
        }
        return false;
    };
    EXPECT_TRUE(refused(jaw_beam(30, 110, 10), "the CT cuts off"));
    Beam shifted = jaw_beam(180, 40, 10);
    shifted.isocentre_mm = {0, 0, 70};
    EXPECT_TRUE(refused(shifted, "cuts off at z = 87 mm"));
    Beam slant = jaw_beam(45, 40, 10);  // comes down the patient's length through the end of the CT
    for (auto& p : slant.control_points) p.couch_deg = 90;
    slant.isocentre_mm = {0, 0, 60};
    Beam away = slant;
    away.isocentre_mm = {0, 0, -60};
    EXPECT_NE(refused(slant, "beam 1"), refused(away, "beam 1"));  // one comes in by an end, one by the side
    scene.counts.reset();
    EXPECT_FALSE(refused(jaw_beam(30, 110, 10), ""));
}

TEST(CoverageCheck, AllowsAFieldBeyondACtThatEndsInAir) {
    DoseScene scene = cylinder();
    for (int k : {0, 1, 28, 29})
        for (int j = 0; j < 34; ++j)
            for (int i = 0; i < 40; ++i) scene.counts->at(i, j, k) = 0;
    EXPECT_NO_THROW(check_covered(scene, jaw_beam(0, 110, 10)));
}

TEST(Influence, SumOfBeamletsIsTheFieldDose) {
    const DoseScene scene = cylinder();
    const SuperpositionEngine engine(test::repository("data"),
                                     {Device::Cpu, ConeLayout::coarse(), ConeLayout::coarse()});
    Plan plan;
    std::vector<BeamletBeam> beams;
    for (double gantry : {20.0, 140.0, 260.0}) {
        plan.beams.push_back(leaf_beam(gantry, 25, 100));
        BeamletBeam b;
        b.gantry_deg = gantry;
        for (double y = -22.5; y < 25; y += 5)
            for (double x = -22.5; x < 25; x += 5) b.beamlets.push_back({x, y, 5, 5, 0, 0});
        beams.push_back(b);
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

/// A block of water, 8 cm of lung, water: a step in density of 4, on a 5 mm CT.
DoseScene lung_slab() {
    const Grid ct({40, 40, 40}, {-97.5, -97.5, -97.5}, {5, 5, 5});
    DoseScene scene;
    scene.hu = Volume<float>(ct, 0.0F);
    for (int k = 0; k < 40; ++k)
        for (int j = 14; j < 30; ++j)
            for (int i = 0; i < 40; ++i) scene.hu.at(i, j, k) = -740.0F;
    scene.dose_grid = ct;
    return scene;
}

TEST(Influence, SumOfBeamletsIsTheFieldDoseInLung) {
    const DoseScene scene = lung_slab();
    const SuperpositionEngine engine(test::repository("data"),
                                     {Device::Cpu, ConeLayout::coarse(), ConeLayout::coarse()});
    Plan plan;
    std::vector<BeamletBeam> beams;
    for (double gantry : {0.0, 65.0}) {
        plan.beams.push_back(leaf_beam(gantry, 25, 100));
        BeamletBeam b;
        b.gantry_deg = gantry;
        for (double y = -22.5; y < 25; y += 5)
            for (double x = -22.5; x < 25; x += 5) b.beamlets.push_back({x, y, 5, 5, 0, 0});
        beams.push_back(b);
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
        bounded((matrix_bytes_per_voxel + BeamletCarrier::bytes_per_voxel) * voxels).influence(scene, {beam}, {}, {}),
        InputError);
}

}  // namespace
}  // namespace coutard::dose
