#pragma once
#include <string>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/ports/motion_predictor.hpp"
#include "registration/motion/ridge_predictor.hpp"
#include "registration/motion/trace.hpp"

namespace coutard::registration {

/// Which samples serve which purpose; the fixed protocol for published figures.
struct MotionProtocol {
    double rate_hz = 10;
    std::size_t train = 300;  ///< the first samples: learning only
    std::size_t tune = 300;   ///< the next: settings are chosen by the error here; the rest is the test
};

/// A position announced ahead of time.
struct Prediction {
    double made_s = 0, for_s = 0;     ///< when it was made, and for when [s]
    std::vector<double> position_mm;  ///< of all markers
};

/// Feed a trace, sample by sample, to a predictor and note what it says after each.
std::vector<Prediction> replay(MotionPredictor& predictor, const BreathingTrace& trace, std::size_t samples);

/// How far predictions were off. Error d is the 3-D distance per marker and prediction.
struct MotionScore {
    std::string method, settings;
    double horizon_s = 0;
    double rmse_mm = 0;  ///< sqrt(mean d^2)
    double nrmse = 0;    ///< sqrt(sum d^2 / sum |truth - mean of the scored samples|^2)
    double max_mm = 0;   ///< largest d
    std::size_t predictions = 0;
};

/// Score the predictions whose target time lies within samples [from, to) of the trace.
/// \throws InputError no prediction falls there
MotionScore score(const std::vector<Prediction>& predictions, const BreathingTrace& trace, std::size_t from,
                  std::size_t to);

/// The settings with the smallest error on the tune part; nothing of the test part is looked at.
RidgeSettings tune_ridge(const BreathingTrace& trace, double horizon_s, const MotionProtocol& protocol);

/// Hold-last-value, linear extrapolation and the online linear predictor on the test part of a trace,
/// in this order for each horizon. Theory: docs/theory/motion.md.
/// \param trace as read; thinned to the rate of the protocol here
/// \throws InputError a horizon not positive, or a trace too short for the protocol and horizon
std::vector<MotionScore> evaluate_motion(const BreathingTrace& trace, const std::vector<double>& horizons_s,
                                         const MotionProtocol& protocol, const Progress& progress);

/// Machine-readable form of scores.
std::string motion_json(const std::string& trace_name, const BreathingTrace& trace, const MotionProtocol& protocol,
                        const std::vector<MotionScore>& scores);

}  // namespace coutard::registration
