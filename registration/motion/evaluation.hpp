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

/// Predictions that could have been made at their time, and the settings behind them.
struct Announced {
    RidgeSettings settings;
    bool tuned = false;  ///< chosen on the trace; false: too short for that, the default ones
    std::vector<Prediction> predictions;
};

/// The online linear predictor over a trace. A trace longer than the train and tune parts has its settings
/// chosen on them, and only predictions made later than those samples are returned: an earlier one would
/// rest on settings that were not known yet. A shorter trace is predicted from its start with the defaults.
/// \param trace at the rate of the protocol (at_rate) \param horizon_s how far ahead [s], positive
Announced announce(const BreathingTrace& trace, double horizon_s, const MotionProtocol& protocol);

/// Announced predictions in short: horizon, method, settings, how many and from when.
std::string announced_json(const std::string& trace_name, double horizon_s, const Announced& announced);

/// Machine-readable form of scores. `samples` counts those at the protocol's rate, `samples_read` the trace as read.
/// \param trace as read
std::string motion_json(const std::string& trace_name, const BreathingTrace& trace, const MotionProtocol& protocol,
                        const std::vector<MotionScore>& scores);

}  // namespace coutard::registration
