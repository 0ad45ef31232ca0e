// A machine whose numbers are hidden from the fit: can they be found, and fields predicted? Takes minutes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "dose/commissioning/beam_fit.hpp"
#include "dose/commissioning/fit_check.hpp"
#include "dose/phantom/slab_dose.hpp"
#include "tests/dose/tank_measurements.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::dose {
namespace {

using namespace test;

TEST(CommissioningFit, FindsAHiddenMachineAndPredictsAFieldItWasNotShown) {
    const BeamModel hidden = hidden_model(), start = read_beam_model(repository("data"), "generic_6mv");
    const WaterTank tank(repository("data"), 0, Device::Cpu);
    auto curves = empty_curves({4, 6, 10, 16}, 20, {5}, 3);
    measure(curves, hidden, tank, 1.6, ConeLayout::standard(), 0.003, 11);
    const Scratch scratch;
    const char* keep = std::getenv("COUTARD_KEEP_MEASUREMENTS");  // a folder, to fit them by the program as well
    const std::filesystem::path folder = keep != nullptr ? keep : scratch.path();
    write_csv(folder / "tank.csv", curves, false);
    FitOptions options;
    options.hold_out = {"6x6"};
    const BeamFit fit = fit_beam(start, read_measurements(folder), options, repository("data"), Device::Cpu, {});
    std::printf("%s", commissioning_markdown(fit, "hidden", read_measurements(folder), options, {}).c_str());

    for (const auto& curve : fit.curves) {  // 0.3 % of noise is in the measured points
        const CurveCheck check = check_curve(curve, 1000);
        EXPECT_LT(check.inside.rms, 1) << check.title;
        EXPECT_LT(std::abs(check.penumbra.worst), 1) << check.title;
        EXPECT_LT(check.outside.rms, 1) << check.title;
        EXPECT_LT(std::abs(check.output.worst), 1) << check.title;
        EXPECT_EQ(curve.held_out, check.title.find(" 6x6 ") != std::string::npos) << check.title;
    }
    // without noise: what the fitted machine gives beside the hidden one, on all fields
    const auto truth = tank_readings(hidden, curves, tank, 2, ConeLayout::coarse(), {}),
               found = tank_readings(fit.model, curves, tank, 2, ConeLayout::coarse(), {});
    for (std::size_t c = 0; c < curves.size(); ++c) {
        FittedCurve clean;
        clean.measured = curves[c];
        const auto middle = curves[c].points.size() / 2;
        const bool depth = curves[c].kind == CurveKind::DepthDose;
        for (std::size_t i = 0; i < truth[c].size(); ++i) {
            const std::size_t at = depth ? truth[c].size() - 11 : middle;  // 10 cm; the axis
            clean.wanted.push_back(truth[c][i] / truth[c][curves[c].kind == CurveKind::Output ? 0 : at]);
            clean.found.push_back(found[c][i] / found[c][curves[c].kind == CurveKind::Output ? 0 : at]);
        }
        const CurveCheck check = check_curve(clean, 1000);
        EXPECT_LT(std::abs(check.inside.worst), 1) << check.title;
        EXPECT_LT(std::abs(check.penumbra.worst), 1) << check.title;
        EXPECT_LT(std::abs(check.outside.worst), 1) << check.title;
        if (curves[c].kind == CurveKind::Output) {
            const double ratio = found[c][0] / truth[c][0];
            std::size_t reference = 0;
            for (std::size_t o = 0; o < curves.size(); ++o)
                if (curves[o].kind == CurveKind::Output && curves[o].field_x_mm == 100) reference = o;
            EXPECT_NEAR(ratio / (found[reference][0] / truth[reference][0]), 1, 0.01) << check.title;
        }
    }
    const auto value = [&](const std::string& name) {
        return std::find_if(fit.parameters.begin(), fit.parameters.end(), [&](const auto& p) { return p.name == name; })
            ->value;
    };
    EXPECT_NEAR(value("spectrum_power"), hidden.spectrum_power, 0.05);
    EXPECT_NEAR(value("focal_spot_fwhm_mm[0]"), 2.0, 0.3);
    EXPECT_NEAR(value("focal_spot_fwhm_mm[1]"), 1.1, 0.3);
    EXPECT_NEAR(value("extra_focal.fluence"), 0.11, 0.02);
    EXPECT_NEAR(value("electrons.fluence"), 0.0065, 0.002);
    EXPECT_NEAR(value("off_axis_factor(25 mm)"), hidden.off_axis_factor[1], 0.006);
    EXPECT_NEAR(value("off_axis_factor(50 mm)"), hidden.off_axis_factor[2], 0.01);
    EXPECT_NEAR(value("off_axis_factor(75 mm)"), hidden.off_axis_factor[3], 0.015);
    const double calibrated = calibrated_fluence(hidden, repository("data"), Device::Cpu, {});
    EXPECT_NEAR(fit.model.fluence_per_mu / calibrated, 1, 0.01);
}

/// Monte Carlo through the same head as the measuring device: what superposition itself does wrong is in the fit.
TEST(CommissioningFit, PredictsAFieldThatMonteCarloMeasures) {
    const BeamModel start = read_beam_model(repository("data"), "generic_6mv"), hidden = hidden_model();
    FitOptions options;
    options.hold_out = {"6x6"};
    options.chamber_mm = 4;
    const BeamFit fit = fit_beam(start, read_measurements(repository("tests/dose/monte_carlo_tank")), options,
                                 repository("data"), Device::Cpu, {});
    ASSERT_EQ(fit.curves.size(), 24U);
    for (const auto& curve : fit.curves) {
        const CurveCheck check = check_curve(curve, 1000);
        EXPECT_LT(check.inside.rms, 1) << check.title;
        EXPECT_LT(std::abs(check.inside.worst), curve.held_out ? 1 : 2) << check.title;
        EXPECT_LT(std::abs(check.penumbra.worst), 1) << check.title;
        EXPECT_LT(std::abs(check.outside.worst), 1) << check.title;
        EXPECT_LT(std::abs(check.output.worst), 1) << check.title;
    }
    const auto value = [&](const std::string& name) {
        return std::find_if(fit.parameters.begin(), fit.parameters.end(), [&](const auto& p) { return p.name == name; })
            ->value;
    };
    EXPECT_NEAR(value("spectrum_power"), hidden.spectrum_power, 0.05);
    EXPECT_NEAR(value("extra_focal.fluence"), hidden.extra_focal->fluence, 0.01);
    EXPECT_NEAR(value("off_axis_factor(50 mm)"), hidden.off_axis_factor[2], 0.01);
}

}  // namespace
}  // namespace coutard::dose
