// Fits that a few seconds allow; the whole of it is in commissioning_fit_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>

#include "dose/commissioning/beam_fit.hpp"
#include "dose/commissioning/fit_check.hpp"
#include "engine/base/error.hpp"
#include "tests/dose/tank_measurements.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::dose {
namespace {

using namespace test;

BeamModel generic() {
    return read_beam_model(repository("data"), "generic_6mv");
}

/// Everything but these, by the beginning of their names.
std::vector<std::string> all_but(std::vector<std::string> kept) {
    std::vector<std::string> out{"spectrum_power", "focal_spot_fwhm_mm[0]", "focal_spot_fwhm_mm[1]", "extra_focal",
                                 "electrons",      "monitor_backscatter"};
    std::erase_if(out, [&](const auto& n) { return std::find(kept.begin(), kept.end(), n) != kept.end(); });
    return out;
}

FitOptions quick() {
    FitOptions options;
    options.fine_cones = options.calibrate = false;
    options.coarse_rounds = options.fine_rounds = 2;
    options.coarse_mm = 3;
    options.fine_mm = 2.5;
    return options;
}

const FitParameter& parameter(const BeamFit& fit, const std::string& name) {
    return *std::find_if(fit.parameters.begin(), fit.parameters.end(), [&](const auto& p) { return p.name == name; });
}

TEST(Commissioning, SharpDoseGivesBackWhatMeansTakeFromACurve) {  // truth on paper: a parabola, and its means
    const double h = 4;
    const Grid grid({9, 9, 9}, {-16, -16, 2}, {h, h, h});
    Volume<float> dose(grid);
    const auto truth = [](const Vec3& p) { return 100 - 0.05 * p.x * p.x + 0.02 * p.y * p.y - p.z; };
    for (int k = 0; k < 9; ++k)
        for (int j = 0; j < 9; ++j)
            for (int i = 0; i < 9; ++i) {
                const Vec3 p = grid.point(i, j, k);
                // twice the mean over a voxel: of the fluence, and of what is laid down
                dose[grid.flat(i, j, k)] = static_cast<float>(truth(p) + (-0.05 + 0.02) * 2 * h * h / 12);
            }
    for (const Vec3& p : {Vec3{0, 0, 10}, Vec3{1.3, -2.1, 13.7}, Vec3{-5, 3.9, 20.2}})
        EXPECT_NEAR(sharp_dose(dose, p), truth(p), 1e-4);
    EXPECT_NEAR(sharp_dose(dose, {0, 0, 0.5}), truth({0, 0, 0.5}), 1e-3);  // above the first layer's middle
}

TEST(Commissioning, HardnessIsFoundAlikeFromThreeFormats) {
    const WaterTank tank(repository("data"), 0, Device::Cpu);
    BeamModel hidden = generic();
    hidden.spectrum_power = 0.3;
    hidden.softening = beam_softening(hidden, repository("data/physics"));
    auto curves = empty_curves({5}, 12, {}, 2);
    curves.resize(1);
    measure(curves, hidden, tank, 2, ConeLayout::coarse(), 0.003, 3);
    std::vector<double> found;
    for (const auto& [name, write] : {std::pair<std::string, std::function<void(const std::filesystem::path&)>>{
                                          "scan.csv", [&](const auto& f) { write_csv(f, curves, false); }},
                                      {"scan.asc", [&](const auto& f) { write_w2cad(f, curves); }},
                                      {"scan.txt", [&](const auto& f) { write_rfa300(f, curves); }}}) {
        const Scratch scratch;
        write(scratch / name);
        FitOptions options = quick();
        options.hold = all_but({"spectrum_power"});
        options.coarse_rounds = options.fine_rounds = 1;
        const BeamFit fit =
            fit_beam(generic(), read_measurements(scratch.path()), options, repository("data"), Device::Cpu, {});
        found.push_back(parameter(fit, "spectrum_power").value);
        EXPECT_NEAR(found.back(), 0.3, 4 * parameter(fit, "spectrum_power").uncertainty) << name;
        EXPECT_NEAR(found.back(), 0.3, 0.05) << name;
        EXPECT_TRUE(parameter(fit, "spectrum_power").determined());
        EXPECT_LT(fit.chi2, 1.6 * static_cast<double>(fit.residuals)) << name;  // noise alone: one per residual
        EXPECT_GT(fit.start_chi2, 2 * fit.chi2) << name;
        EXPECT_EQ(fit.model.focal.sigma_x_mm, generic().focal.sigma_x_mm) << "held";
    }
    EXPECT_NEAR(found[1], found[0], 2e-4);  // files keep three decimals
    EXPECT_NEAR(found[2], found[0], 2e-4);
}

TEST(Commissioning, SpotAndHornAreFoundFromAProfile) {
    const WaterTank tank(repository("data"), 0, Device::Cpu);
    auto curves = empty_curves({6}, 6, {3}, 2);
    std::erase_if(curves, [](const auto& c) { return c.kind != CurveKind::Profile || c.axis != 'x'; });
    BeamModel hidden = generic();
    hidden.focal.sigma_x_mm *= 2.4 / 1.5;
    hidden.off_axis_factor[1] += 0.02;
    hidden.off_axis_factor[2] += 0.04;
    measure(curves, hidden, tank, 1.6, ConeLayout::coarse(), 0.003, 4);
    MeasurementSet set;
    set.curves = curves;
    FitOptions options = quick();
    options.coarse_rounds = 1;
    options.fine_mm = 2;
    options.hold = all_but({"focal_spot_fwhm_mm[0]"});
    const BeamFit fit = fit_beam(generic(), set, options, repository("data"), Device::Cpu, {});
    EXPECT_NEAR(parameter(fit, "focal_spot_fwhm_mm[0]").value, 2.4, 0.3);
    EXPECT_NEAR(parameter(fit, "off_axis_factor(25 mm)").value, 1.039, 0.006);
    const CurveCheck check = check_curve(fit.curves.at(0), 1000);
    EXPECT_LT(std::abs(check.inside.worst), 1.2);  // noise of 0.3 %, its worst of some 25 points
    EXPECT_LT(check.inside.rms, 0.5);
    EXPECT_LT(std::abs(check.penumbra.worst), 0.3);
    EXPECT_EQ(check.penumbra.count, 6U);
}

TEST(Commissioning, WritesAMachineThatReadsBackAsFitted) {
    BeamFit fit;
    fit.model = hidden_model();
    fit.model.fluence_per_mu = 1.25e9;
    for (const auto target : {FitTarget::SpectrumPower, FitTarget::SpotX, FitTarget::ExtraFluence,
                              FitTarget::ElectronFluence, FitTarget::Backscatter, FitTarget::OffAxis})
        fit.parameters.push_back({target, 0, "", 0, 0, 0, 0, 1, 0, false});
    const Scratch scratch;
    std::ofstream(scratch / "mine.json") << fitted_machine_json(repository("data/machines/generic_6mv.json"), fit,
                                                                "mine", "water tank");
    const BeamModel back = read_beam_model_file(scratch / "mine.json", repository("data"));
    EXPECT_EQ(back.machine.name, "mine");
    EXPECT_NEAR(back.spectrum_power, 0.25, 1e-6);
    EXPECT_NEAR(back.focal.sigma_x_mm / fit.model.focal.sigma_x_mm, 1, 1e-5);
    EXPECT_NEAR(back.focal.sigma_y_mm / fit.model.focal.sigma_y_mm, 1, 1e-5);
    EXPECT_NEAR(back.extra_focal->fluence, 0.11, 1e-6);
    EXPECT_NEAR(back.electrons->disc.fluence, 0.0065, 1e-8);
    EXPECT_NEAR(back.off_axis_factor[4], fit.model.off_axis_factor[4], 1e-5);
    EXPECT_EQ(back.fluence_per_mu, 1.25e9);
    EXPECT_EQ(back.machine.leaf_edges_mm, generic().machine.leaf_edges_mm);
}

TEST(Commissioning, RegionsOfACurveAreJudgedApart) {  // truth on paper: an edge moved by 1 mm, a field 1 % too high
    FittedCurve curve;
    curve.measured = empty_curves({10}, 5, {5}, 2)[1];  // along x
    for (const auto& p : curve.measured.points) {
        const auto field = [](double x) { return std::clamp((0.5 * 95 + 5 - std::abs(x)) / 10, 0.02, 1.0); };
        curve.wanted.push_back(field(p.at_mm.x));
        curve.found.push_back(1.01 * field(p.at_mm.x > 0 ? p.at_mm.x - 1 : p.at_mm.x));
    }
    const CurveCheck check = check_curve(curve, 1000);
    EXPECT_NEAR(check.inside.worst, 1, 1e-9);
    EXPECT_NEAR(check.penumbra.worst, 1.08, 0.05);
    EXPECT_EQ(check.penumbra.count, 6U);
    EXPECT_NEAR(check.outside.worst, 0.02, 1e-9);
    EXPECT_TRUE(check.passes());
    for (double& f : curve.found) f *= 1.02;
    EXPECT_FALSE(check_curve(curve, 1000).passes());
}

TEST(Commissioning, RefusesWhatCannotBeFitted) {
    MeasurementSet set;
    set.curves = empty_curves({5}, 5, {}, 2);
    for (auto& c : set.curves)
        for (auto& p : c.points) p.value = 50;
    const auto refused = [&](const FitOptions& options, const std::string& names) {
        try {
            fit_beam(generic(), set, options, repository("data"), Device::Cpu, {});
            ADD_FAILURE() << names;
        } catch (const InputError& error) {
            EXPECT_NE(std::string(error.what()).find(names), std::string::npos) << error.what();
        }
    };
    refused({}, "10x10");  // an output factor without its reference
    FitOptions options;
    options.hold_out = {"7x7"};
    refused(options, "7x7");
    options.hold_out = {"5x5"};
    refused(options, "no curve is left");
    set.curves.resize(1);
    options = {};
    options.hold = {"colour"};
    refused(options, "colour");
}

}  // namespace
}  // namespace coutard::dose
