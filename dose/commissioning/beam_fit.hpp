#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "dose/commissioning/measured_curve.hpp"
#include "dose/commissioning/tank_dose.hpp"

namespace coutard::dose {

enum class FitTarget { SpectrumPower, SpotX, SpotY, ExtraFluence, ExtraWidth, ElectronFluence, Backscatter, OffAxis };

/// One number of the beam model that may be fitted.
struct FitParameter {
    FitTarget target;
    std::size_t node = 0;  ///< OffAxis: row of off_axis_mm
    std::string name;
    double start = 0, value = 0;
    double low = 0, high = 0;  ///< hard ends
    double prior = 1;          ///< standard deviation around `start` before anything is measured
    double uncertainty = 0;    ///< one standard deviation after the fit, prior included
    bool at_bound = false;
    /// Whether the measurements say more than the prior: uncertainty below half of it.
    bool determined() const { return uncertainty < 0.5 * prior; }
};

struct FitOptions {
    std::vector<std::string> hold_out;  ///< fields, "5x5": predicted, not fitted
    double chamber_mm = 0;
    std::vector<std::string> hold;  ///< parameters that keep their start, by the beginning of their names
    double fine_mm = 2;             ///< voxels of the last stage (tank_grid)
    double coarse_mm = 3.5;         ///< of the first stage and of derivatives
    int coarse_rounds = 4, fine_rounds = 3;
    bool fine_cones = true;  ///< standard cones in the last stage, else coarse ones
    bool calibrate = true;   ///< 0.01 Gy per MU under the reference conditions afterwards
};

/// A measured curve beside what a model says.
struct FittedCurve {
    MeasuredCurve measured;
    bool held_out = false;
    std::vector<double> wanted;  ///< measured, after normalisation
    std::vector<double> sigma;   ///< of the fit's weights; 0: not fitted
    std::vector<double> found;   ///< calculated; a scan by the factor that brings it closest
    double start_rms = 0;        ///< of wanted less found with the start's model, on the coarse grid
};

struct BeamFit {
    BeamModel model;
    std::vector<FitParameter> parameters;
    std::vector<FittedCurve> curves;
    double start_chi2 = 0, chi2 = 0;  ///< of the coarse start and of the end, weights of the fit
    std::size_t residuals = 0;
    int rounds = 0;
    double seconds = 0;
};

/// Least squares of a head model's parameters on measured curves. Theory: docs/theory/commissioning.md.
/// \throws InputError no curve to fit, output factors without a 10x10 cm field, an unknown field held out
BeamFit fit_beam(const BeamModel& start, const MeasurementSet& measured, const FitOptions& options,
                 const std::filesystem::path& data_dir, Device device, const Progress& progress);

/// What a model says at the points of curves: dose per MU over its fluence per MU, monitor included.
std::vector<std::vector<double>> tank_readings(const BeamModel& model, const std::vector<MeasuredCurve>& curves,
                                               const WaterTank& tank, double fine_mm, const ConeLayout& layout,
                                               const Progress& progress);

}  // namespace coutard::dose
