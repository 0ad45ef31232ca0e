#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>

#include "dose/machine/beamlet_fluence.hpp"
#include "dose/machine/head_shadow.hpp"
#include "dose/machine/visible_source.hpp"
#include "dose/phantom/contaminant_dose.hpp"
#include "dose/phantom/slab_dose.hpp"
#include "dose/phantom/slab_monte_carlo.hpp"
#include "tests/dose/head_cases.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::dose {
namespace {

using namespace test;

/// Mean of a map within |x| <= hx, |y| <= hy [mm].
double mean_within(const FluenceMap& map, double hx, double hy) {
    double sum = 0, count = 0;
    for (int j = 0; j < map.ny; ++j)
        for (int i = 0; i < map.nx; ++i) {
            const double x = map.x0_mm + (i + 0.5) * map.pixel_mm, y = map.y0_mm + (j + 0.5) * map.pixel_mm;
            if (std::abs(x) > hx || std::abs(y) > hy) continue;
            sum += map.at(i, j);
            count += 1;
        }
    return sum / count;
}

/// Where a rising row of values passes a level [mm].
double passes(const FluenceMap& map, int j, double level, double from_mm) {
    for (int i = 1; i < map.nx; ++i) {
        const double a = map.at(i - 1, j), b = map.at(i, j);
        if (a < level && b >= level) return map.x0_mm + (i - 0.5 + (level - a) / (b - a)) * map.pixel_mm - from_mm;
    }
    return 1e9;
}

std::vector<double> all(double tip) {
    return std::vector<double>(60, tip);
}

TEST(Head, JawLengthIsAllOrNothingForRaysFromTheTarget) {  // jaw faces point at the target
    const CollimatorFaces faces{280, 358};
    EXPECT_EQ(jaw_length(faces, 1000, 0, 0.0499, -50, 50), 0);
    EXPECT_EQ(jaw_length(faces, 1000, 0, 0.0501, -50, 50), 78);
    EXPECT_EQ(jaw_length(faces, 1000, 0, -0.0501, -50, 50), 78);
    // truth on paper: a ray from 1 mm off the target along the axis' direction is over the edge where 1 / z > 0.003
    EXPECT_NEAR(jaw_length(faces, 1000, 1, 0, -3, 3), 1 / 0.003 - 280, 1e-9);
}

TEST(Head, ChordOfARoundLeafEnd) {  // truth on paper: chord of a circle at a distance from its centre
    HeadGeometry head;
    const double dip = 0.5;  // of the ray behind the tip, at the leaf's middle plane
    EXPECT_NEAR(leaf_end_length(head, dip, 0, 0, 480, 540), 2 * std::sqrt(2 * 80 * dip - dip * dip), 1e-9);
    EXPECT_EQ(leaf_end_length(head, -0.01, 0, 0, 480, 540), 0);
    EXPECT_EQ(leaf_end_length(head, 20, 0, 0, 480, 540), 60);
    for (double tip : {-150.0, -40.0, 0.0, 120.0}) {  // the light field's edge touches the end, wherever it stands
        const double k = tip / 1000;
        EXPECT_LT(leaf_end_length(head, 0, k - 1e-6, tip, 480, 540), 1e-3) << tip;
        EXPECT_GT(leaf_end_length(head, 0, k + 1e-5, tip, 480, 540), 0.1) << tip;
    }
}

TEST(Head, LeafHalvesAddUpAndSlantRaysCrossNeighbours) {
    const HeadGeometry head = machine_model().head;
    const auto& edges = machine_model().machine.leaf_edges_mm;
    const auto tips = [&](std::vector<double>& flat) { return LeafTips{flat.data(), flat.data(), 60, 0}; };
    std::vector<double> closed(120, 50.0);
    for (double y : {2.5, -17.0, 113.0})  // in the middle of leaves
        EXPECT_NEAR(leaf_length(head, par::view(edges), tips(closed), HeadRay{0, 0, 0, y / 1000}), 60, 1e-9) << y;
    const double half = leaf_length(head, par::view(edges), tips(closed), HeadRay{0, 0, 0, 0.0004});
    EXPECT_NEAR(half, 30, 1e-9);  // in the gap of the upper halves: only the lower one's metal
    std::vector<double> every_other(120);
    for (std::size_t l = 0; l < 60; ++l) {
        every_other[l] = l % 2 == 0 ? -100 : 50;
        every_other[60 + l] = l % 2 == 0 ? 100 : 50;
    }
    // from far off the target, in y: over more than one leaf within the thickness
    const double slant = leaf_length(head, par::view(edges), tips(every_other), HeadRay{0, 40, 0, -0.04});
    EXPECT_GT(slant, 5);
    EXPECT_LT(slant, 55);
}

TEST(Head, PenumbraOfAJawIsTheSpotsShadow) {  // truth on paper: an edge in a Gaussian's light
    BeamModel thin = bare_model();
    thin.head.jaw_x = {399.5, 400.5};
    thin.head.jaw_x_per_mm = 100;
    const auto map = planar(delivered_maps(aperture({-40, 40, -40, 40}), thin, 4, 0.25)[0].fluence.focal);
    const double sigma = thin.focal.sigma_x_mm * 600 / 400, width = 2 * 0.8416212 * sigma;  // 20 to 80 %
    EXPECT_NEAR(passes(map, map.ny / 2, 0.8, 0) - passes(map, map.ny / 2, 0.2, 0), width, 0.05);
    EXPECT_NEAR(passes(map, map.ny / 2, 0.5, -40), 0, 0.02);
}

TEST(Head, VisiblePartOfTheExtraFocalSourceByErrorFunctions) {
    BeamModel thin = machine_model();
    for (auto* faces : {&thin.head.jaw_x, &thin.head.jaw_y}) {
        const double z = faces->middle_mm();
        *faces = {z - 0.01, z + 0.01};
    }
    thin.head.jaw_x_per_mm = thin.head.jaw_y_per_mm = 1e6;
    for (double half : {20.0, 50.0, 150.0}) {
        const VisibleSource visible(thin, *thin.extra_focal, 0, false);
        const Beam beam = aperture({-half, half, -half, half});
        FluenceMap map = visible.empty_map(beam.control_points, 1);
        visible.add(map, beam.control_points[0], 1);
        const auto part = [&](const CollimatorFaces& faces) {  // of a disc at 125 mm, seen from the isocentre
            const double z = faces.middle_mm(), seen = half * z / 1000 * 875 / (1000 - z);
            return std::erf(seen / (thin.extra_focal->sigma_x_mm * std::numbers::sqrt2));
        };
        EXPECT_NEAR(mean_within(map, 1, 1), part(thin.head.jaw_x) * part(thin.head.jaw_y), 2e-3) << half;
    }
}

TEST(Head, TonguesDipToTheRootOfTheLeaksWhereNeighboursOpenInTurn) {
    BeamModel sharp = bare_model();
    sharp.focal.sigma_x_mm = sharp.focal.sigma_y_mm = 1e-3;
    Beam beam = with_leaves(aperture({-40, 40, -40, 40}, 2), all(-60), all(-60));
    beam.control_points.resize(2);
    Beam once = beam, then = beam;
    for (auto& p : once.control_points) {
        p.leaves_x2[30] = 60;
        p.leaves_x2[31] = -60;
    }
    for (auto& p : then.control_points) p.leaves_x2[31] = 60;
    const auto sum_at = [&](double y) {
        double sum = 0;
        for (const Beam& b : {once, then}) {
            const auto map = planar(delivered_maps(b, sharp, 4, 0.1)[0].fluence.focal);
            sum += map.at(map.nx / 2, static_cast<int>((y - map.y0_mm) / 0.1)) / 2;
        }
        return sum;
    };
    const double leak = std::exp(-60 * sharp.head.leaf_per_mm), half_leak = std::sqrt(leak);
    EXPECT_NEAR(sum_at(2.55), 1 + leak, 1e-3);       // in one leaf's path
    EXPECT_NEAR(sum_at(5.05), 2 * half_leak, 1e-3);  // between them: always behind one tongue
}

TEST(Head, ClosedLeavesLetThroughTheMachinesMean) {
    for (const char* name : {"generic_6mv", "generic_6mv_fff", "generic_10mv"}) {
        const BeamModel model = read_beam_model(repository("data"), name);
        BeamModel bare = bare_model();
        bare.machine = model.machine;
        bare.head = model.head;
        const Beam beam = [&] {
            Beam b = with_leaves(aperture({-40, 40, -40, 40}), all(90), all(90));
            b.machine = name;
            b.energy_MV = model.machine.energy_MV;
            b.flattening_filter = model.machine.flattening_filter;
            return b;
        }();
        const auto map = planar(delivered_maps(beam, bare)[0].fluence.focal);
        EXPECT_NEAR(mean_within(map, 30, 30), model.machine.leaf_transmission, 0.0004) << name;
    }
}

TEST(Head, EndsThatMeetLetThroughWhatTheirProductDoes) {
    const HeadGeometry& head = machine_model().head;
    ASSERT_LT(head.end_offset_mm, -0.05);  // what round ends let through is more than the dosimetric gap
    const MeetingEnds ends(head);
    EXPECT_DOUBLE_EQ(ends.width_mm(-2 * head.end_offset_mm), 0);
    EXPECT_GT(ends.width_mm(0), ends.width_mm(0.1));
    const auto through = [&](double q, double tip, int side) {
        return std::exp(-head.leaf_per_mm * leaf_end_length(head, 0, side * q / head.sad_mm, side * tip,
                                                            head.leaf.near_mm, head.leaf.far_mm));
    };
    for (double apart : {0.0, 0.1}) {
        double sum = 0;
        constexpr double step = 0.001;
        for (double q = -1; q < 1.2; q += step) {
            const double low = through(q, 0, -1), high = through(q, apart, 1);
            sum += step * (low * high - (low + high - 1));
        }
        EXPECT_NEAR(ends.width_mm(apart), sum, 0.02 * sum) << apart;
    }
}

TEST(Head, MonitorUnitsFollowTheJaws) {
    const MonitorBackscatter monitor = machine_model().backscatter;
    EXPECT_DOUBLE_EQ(monitor.output(100, 100), 1);
    EXPECT_GT(monitor.output(400, 400), 1.005);
    EXPECT_LT(monitor.output(400, 400), 1.02);
    EXPECT_DOUBLE_EQ(monitor.output(400, 400), monitor.most());
    // upper jaws reach farther up than lower ones
    EXPECT_LT(monitor.output(400, 50), monitor.output(50, 400));
    BeamModel none = machine_model();
    none.backscatter = {};
    const auto with = delivered_maps(aperture({-150, 150, -150, 150}), machine_model())[0].fluence,
               without = delivered_maps(aperture({-150, 150, -150, 150}), none)[0].fluence;
    EXPECT_NEAR(mean_within(with.focal, 20, 20) / mean_within(without.focal, 20, 20), monitor.output(300, 300), 1e-9);
}

TEST(Softening, FollowsItsTable) {
    const auto physics = repository("data") / "physics";
    const Spectrum axis = read_spectrum(physics, "mohan6");
    const SpectrumRows& rows = machine_model().softening;
    ASSERT_EQ(rows.bins, axis.photons.size());
    const double mu0 = half_value_attenuation(axis, physics);
    const auto at = [&](std::size_t row) {
        Spectrum s = axis;
        s.photons.assign(rows.photons.begin() + static_cast<std::ptrdiff_t>(row * rows.bins),
                         rows.photons.begin() + static_cast<std::ptrdiff_t>((row + 1) * rows.bins));
        double sum = 0;
        for (double p : s.photons) sum += p;
        EXPECT_NEAR(sum, 1, 1e-9);
        return half_value_attenuation(s, physics) / mu0;
    };
    EXPECT_NEAR(at(0), 1, 1e-9);
    // 100 mm is 5.71 degrees: between 1.048 at 5 and 1.087 at 7.5
    EXPECT_NEAR(at(5), 1.048 + 0.039 * 0.7106 / 2.5, 1e-4);
}

/// Apertures whose maps must be what rays see.
struct Aperture {
    const char* name;
    Beam beam;
};
std::vector<Aperture> apertures() {
    std::vector<double> x1, x2;
    for (int l = 0; l < 60; ++l) {
        x1.push_back(-18 + 6 * std::sin(l));
        x2.push_back(14 + 6 * std::cos(1.3 * l));
    }
    Beam moving = with_leaves(aperture({-26, 22, -20, 20}), x1, x2);
    for (std::size_t l = 0; l < 60; ++l) {
        moving.control_points[0].leaves_x1[l] = -26;
        moving.control_points[0].leaves_x2[l] = -26 + static_cast<double>(l % 7);
    }
    Beam tracking = with_leaves(aperture({-5, 5, -20, 20}), all(0), all(0));
    for (int k = 0; k < 2; ++k) {
        auto& p = tracking.control_points[static_cast<std::size_t>(k)];
        const double at = k == 0 ? -20 : 20;
        p.jaws = {at - 5, at + 5, -20, 20};
        p.leaves_x1 = all(at - 5);
        p.leaves_x2 = all(at + 5);
    }
    return {{"jaws", aperture({-20, 20, -20, 20})},
            {"off axis", aperture({80, 110, -60, -30})},
            {"leaves", with_leaves(aperture({-24, 20, -20, 20}), x1, x2)},
            {"moving", moving},
            {"tracking", tracking},
            {"closed", with_leaves(aperture({-10, 30, -20, 20}), all(15), all(15))}};
}

TEST(Head, FocalMapIsWhatRaysSee) {
    for (const auto& [name, beam] : apertures()) {
        const auto map = planar(delivered_maps(beam, machine_model())[0].fluence.focal);
        const int rays = std::string(name) == "closed" ? 600 : 150;  // few of which get through
        const auto truth = traced(machine_model(), beam, HeadDisc::Focal, map, rays);
        double a = 0, b = 0, worst = 0, peak = 0;
        for (double v : truth.values) peak = std::max(peak, v);
        for (int j = 1; j + 1 < map.ny; ++j)
            for (int i = 1; i + 1 < map.nx; ++i) {
                double local = 0, seen = 0;  // over 3 x 3 mm: less noise than one pixel
                for (int v = -1; v <= 1; ++v)
                    for (int u = -1; u <= 1; ++u) {
                        local += (map.at(i + u, j + v) - truth.at(i + u, j + v)) / 9;
                        seen += truth.at(i + u, j + v) / 9;
                    }
                const double noise = std::sqrt(std::max(0.0, seen * (1 - std::min(1.0, seen))) / (9.0 * rays));
                worst = std::max(worst, (std::abs(local) - 4.5 * noise) / peak);
                a += map.at(i, j);
                b += truth.at(i, j);
            }
        EXPECT_NEAR(a / b, 1, std::string(name) == "tracking" ? 0.02 : 0.01) << name;
        EXPECT_LT(worst, std::string(name) == "tracking" ? 0.05 : 0.03) << name;
    }
}

TEST(Head, ExtraFocalMapIsWhatRaysSee) {
    for (const auto& [name, beam] : apertures()) {
        const auto fluence = delivered_maps(beam, machine_model())[0].fluence;
        const auto map = planar(fluence.extra_focal, fluence.extra_focal_from_mm);
        const auto truth = traced(machine_model(), beam, HeadDisc::ExtraFocal, map, 200);
        const double peak = *std::max_element(truth.values.begin(), truth.values.end());
        double worst = 0, a = 0, b = 0;
        for (int j = 1; j + 1 < map.ny; ++j)
            for (int i = 1; i + 1 < map.nx; ++i) {
                double local = 0;
                for (int v = -1; v <= 1; ++v)
                    for (int u = -1; u <= 1; ++u) local += (map.at(i + u, j + v) - truth.at(i + u, j + v)) / 9;
                worst = std::max(worst, std::abs(local));
                if (truth.at(i, j) < 0.1 * peak) continue;  // what leaks through jaws is left out of the map
                a += map.at(i, j);
                b += truth.at(i, j);
            }
        EXPECT_LT(worst, 0.004) << name;  // of the focal fluence
        // corners of jaws and leaves let more through the narrower the opening, which the map takes as sharp
        const std::string which = name;
        const double within = which == "tracking" ? 0.21 : which == "closed" ? 0.09 : which == "moving" ? 0.08 : 0.07;
        EXPECT_NEAR(a / b, 1, within) << name;
    }
}

TEST(Head, RowsOfAMapServeAllMomentsOfOneJawSetting) {
    const BeamModel& model = machine_model();
    const VisibleSource visible(model, *model.extra_focal, 30, false);
    ControlPoint open = aperture({-40, 40, -30, 30}).control_points.front(), closed = open, narrow = open;
    open.leaves_x1 = all(-20);
    open.leaves_x2 = all(25);
    closed.leaves_x1 = closed.leaves_x2 = all(10);
    narrow.leaves_x1 = all(-20);
    narrow.leaves_x2 = all(25);
    narrow.jaws.y1 = -5;
    FluenceMap together = visible.empty_map({open, closed, narrow}, 5), apart = together;
    auto rows = visible.rows(together, open);
    for (const auto& point : {open, closed, narrow, open}) {
        visible.add(together, point, 0.5, rows);
        visible.add(apart, point, 0.5);
    }
    EXPECT_GT(*std::max_element(apart.values.begin(), apart.values.end()), 0.3);
    EXPECT_EQ(together.values, apart.values);
}

TEST(Head, BeamletsAddUpToTheOpenFluence) {
    const BeamModel& model = machine_model();
    BeamletBeam beam;
    for (double y = -22.5; y < 25; y += 5)
        for (double x = -22.5; x < 25; x += 5) beam.beamlets.push_back({x, y, 5, 5, 0, 0});
    const BeamletFluence head(model, beam);
    double sum = 0;
    for (const auto& b : beam.beamlets) {
        const auto map = head.of(b, 0.5);
        for (double v : map.values) sum += v * 0.25;
    }
    const auto fluence = delivered_maps(aperture({-25, 25, -25, 25}), model)[0].fluence;
    const double open = mean_within(fluence.focal, 15, 15) + mean_within(fluence.extra_focal, 15, 15);
    EXPECT_NEAR(sum / 2500 / open, 1, 0.01);
}

TEST(Head, ContaminantElectronsHaveTheDepthDoseOfTheirSpectrum) {
    const ContaminantElectrons& electrons = *machine_model().electrons;
    const auto found = contaminant_depth_dose(electrons, repository("data"), 100'000, 5);
    for (std::size_t i : {1U, 3U, 6U, 11U}) {
        const auto at = std::find_if(electrons.depth_g_cm2.begin(), electrons.depth_g_cm2.end(),
                                     [&](double d) { return std::abs(d - found.depth_g_cm2[i]) < 1e-6; });
        ASSERT_NE(at, electrons.depth_g_cm2.end());
        const double kept = electrons.dose_Gy_cm2[static_cast<std::size_t>(at - electrons.depth_g_cm2.begin())];
        EXPECT_NEAR(found.dose_Gy_cm2[i] / kept, 1, 5 * found.uncertainty[i] + 0.002) << i;
    }
}

SlabSpec machine_slab(double side_cm, std::array<double, 4> jaws_cm) {
    SlabSpec spec;
    spec.size_cm = {side_cm, side_cm, 8};
    spec.voxel_mm = {5, 5, 5};
    spec.slabs = {{"water", {}, {-side_cm, side_cm}, {-side_cm, side_cm}, {0, 8}}};
    spec.machine_beam = true;
    spec.ssd_cm = 95;
    spec.jaws_cm = jaws_cm;
    spec.field_cm = {jaws_cm[1] - jaws_cm[0], jaws_cm[3] - jaws_cm[2]};
    return spec;
}

TEST(Head, ACollimatorAtNinetyDegreesTurnsTheDose) {
    SlabSpec spec = machine_slab(12, {-3, 1, -1, 2});
    const auto data = repository("data");
    const auto straight = slab_dose(spec, data, ConeLayout::coarse(), Device::Cpu, {}).dose;
    spec.collimator_deg = 90;
    const auto turned = slab_dose(spec, data, ConeLayout::coarse(), Device::Cpu, {}).dose;
    const int n = straight.grid().size().x;
    double peak = 0, worst = 0;
    for (float d : straight.values()) peak = std::max(peak, static_cast<double>(d));
    // device x lies along fixed y then: the phantom's (x, y) goes to (y, -x)
    for (int k = 2; k < straight.grid().size().z; ++k)
        for (int j = 0; j < n; ++j)
            for (int i = 0; i < n; ++i)
                worst = std::max(worst, std::abs(static_cast<double>(straight.at(i, j, k)) -
                                                 static_cast<double>(turned.at(j, n - 1 - i, k))));
    EXPECT_LT(worst, 0.02 * peak);
}

TEST(Head, MonteCarloFliesThroughTheSameHead) {
    SlabSpec spec = machine_slab(8, {-2, 3, -2, 2});
    spec.collimator_deg = 90;
    for (int l = 0; l < 60; ++l) {
        spec.leaves_x1_cm.push_back(-1.5);
        spec.leaves_x2_cm.push_back(2.5);
    }
    const auto data = repository("data");
    SlabRun how;
    how.run.members = 16;
    how.run.histories = 4000;
    how.run.reduction.photon_weight = 1.0F / 16;
    const auto rays = slab_monte_carlo(spec, data, how, {}), again = slab_monte_carlo(spec, data, how, {});
    EXPECT_EQ(rays.dose.values()[1000], again.dose.values()[1000]);
    const auto map = slab_dose(spec, data, ConeLayout::coarse(), Device::Cpu, {}).dose;
    double a = 0, b = 0, a_x = 0, b_x = 0, a_y = 0, b_y = 0;
    const Size3 n = map.grid().size();
    for (int k = 2; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                const Vec3 p = map.grid().point(i, j, k);
                const double m = static_cast<double>(map.at(i, j, k)), r = static_cast<double>(rays.dose.at(i, j, k));
                a += r;
                b += m;
                a_x += r * p.x;
                b_x += m * p.x;
                a_y += r * p.y;
                b_y += m * p.y;
            }
    EXPECT_NEAR(a / b, 1, 0.03);
    EXPECT_NEAR(a_x / a, b_x / b, 0.3);  // centres of gravity [mm]
    EXPECT_NEAR(a_y / a, b_y / b, 0.3);
    EXPECT_GT(std::abs(b_y / b), 2);  // turned: the leaves' opening lies off the axis along the phantom's y
    EXPECT_LT(std::abs(b_x / b), 0.2);
}

TEST(Head, RefusesWrongModelsByName) {
    std::ifstream in(repository("data/machines/generic_6mv.json"));
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto refusal = [&](const std::string& was, const std::string& now) -> std::string {
        const Scratch scratch;
        std::filesystem::create_directory(scratch / "machines");
        std::filesystem::create_directory_symlink(repository("data/physics"), scratch / "physics");
        std::string other = text;
        EXPECT_NE(other.find(was), std::string::npos) << was;
        other.replace(other.find(was), was.size(), now);
        std::ofstream(scratch / "machines/generic_6mv.json") << other;
        try {
            read_beam_model(scratch.path(), "generic_6mv");
        } catch (const InputError& error) {
            return error.what();
        }
        return {};
    };
    EXPECT_EQ(refusal("\"fluence\"", "\"fluence\""), "");
    const auto names = [&](const std::string& was, const std::string& now, const std::string& key) {
        const std::string said = refusal(was, now);
        EXPECT_NE(said.find(key), std::string::npos) << was << " -> " << now << ": " << said;
    };
    names("\"focal_spot_fwhm_mm\": [1.5, 1.5]", "\"focal_spot_fwhm_mm\": [1.5]", "focal_spot_fwhm_mm");
    names("\"y_faces_mm\": [280, 358]", "\"y_faces_mm\": [358, 280]", "y_faces_mm");
    names("\"from_target_mm\": 125", "\"from_target_mm\": 300", "from_target_mm");
    names("\"gap_mm\": 0.06", "\"gap_mm\": 0.4, \"gap\": 1", "gap");
    names("\"tongue_mm\": 0.8", "\"tongue_mm\": 0.01", "gap_mm");
    names("\"end_radius_mm\": 80", "\"end_radius_mm\": 20", "end_radius_mm");
    names("\"attenuation\": [1, 1.016", "\"attenuation\": [1.1, 1.016", "attenuation");
    names("\"angle_deg\": [0, 2.5,", "\"angle_deg\": [0, 5.5,", "angle_deg");
    names("\"upper_jaws\": 0.015", "\"upper_jaws\": -1", "upper_jaws");
    names("\"high_MeV\": 6", "\"high_MeV\": 0.2", "high_MeV");
    names("\"depth_g_cm2\": [0, 0.05", "\"depth_g_cm2\": [0.01, 0.05", "depth_g_cm2");
}

}  // namespace
}  // namespace coutard::dose
