#include "registration/motion/evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"
#include "registration/motion/baselines.hpp"

namespace coutard::registration {
namespace {

double squared_distance(const double* a, const double* b) {
    double sum = 0;
    for (int k = 0; k < 3; ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sum;
}

std::vector<double> mean_position(const BreathingTrace& trace, std::size_t from, std::size_t to) {
    std::vector<double> mean(trace.width(), 0.0);
    for (std::size_t i = from; i < to; ++i)
        for (std::size_t c = 0; c < trace.width(); ++c) mean[c] += trace.at(i)[c] / static_cast<double>(to - from);
    return mean;
}

/// The candidates: few, so that 30 s of tuning data can tell them apart.
std::vector<RidgeSettings> ridge_candidates() {
    std::vector<RidgeSettings> all;
    for (const double order : {0.6, 1.0, 2.0})
        for (const double memory : {20.0, 50.0, 1000.0})
            for (const double ridge : {1e-3, 1e-2, 1e-1}) {
                RidgeSettings settings;
                settings.order_s = order;
                settings.memory_s = memory;
                settings.ridge = ridge;
                all.push_back(settings);
            }
    return all;
}

/// Runs one candidate up to the end of the tune part.
struct TuneExecutor {
    const BreathingTrace& trace;
    const MotionProtocol& protocol;
    const std::vector<RidgeSettings>& candidates;
    double horizon_s;
    std::vector<double>& rmse_mm;

    void operator()(std::size_t i) const {
        RidgePredictor predictor(horizon_s, candidates[i]);
        const std::size_t end = protocol.train + protocol.tune;
        rmse_mm[i] = score(replay(predictor, trace, end), trace, protocol.train, end).rmse_mm;
    }
};

}  // namespace

std::vector<Prediction> replay(MotionPredictor& predictor, const BreathingTrace& trace, std::size_t samples) {
    expect(samples <= trace.samples(), "replay: no more samples than the trace has");
    std::vector<Prediction> said;
    for (std::size_t i = 0; i < samples; ++i) {
        const double now = trace.time_s(i);
        predictor.observe(now, trace.at(i));
        said.push_back({now, now + predictor.horizon_s(), predictor.predict()});
    }
    return said;
}

MotionScore score(const std::vector<Prediction>& predictions, const BreathingTrace& trace, std::size_t from,
                  std::size_t to) {
    expect(from < to && to <= trace.samples(), "score: samples of the trace");
    const double first = trace.time_s(from), last = trace.time_s(to - 1), rounding_s = 1e-9;
    const auto mean = mean_position(trace, from, to);
    MotionScore result;
    double error = 0, spread = 0, largest = 0;
    for (const auto& said : predictions) {
        if (said.for_s < first - rounding_s || said.for_s > last + rounding_s) continue;
        const auto truth = trace.truth_at(std::clamp(said.for_s, first, last));
        for (std::size_t m = 0; m < trace.width(); m += 3) {
            const double d2 = squared_distance(&said.position_mm[m], &truth[m]);
            error += d2;
            largest = std::max(largest, d2);
            spread += squared_distance(&truth[m], &mean[m]);
        }
        ++result.predictions;
        result.horizon_s = said.for_s - said.made_s;
    }
    validate(result.predictions > 0, "trace: no prediction falls into the scored samples, expected a longer trace");
    result.rmse_mm =
        std::sqrt(error / static_cast<double>(result.predictions * static_cast<std::size_t>(trace.markers())));
    result.nrmse = spread > 0 ? std::sqrt(error / spread) : std::numeric_limits<double>::quiet_NaN();
    result.max_mm = std::sqrt(largest);
    return result;
}

RidgeSettings tune_ridge(const BreathingTrace& trace, double horizon_s, const MotionProtocol& protocol) {
    const auto candidates = ridge_candidates();
    std::vector<double> rmse_mm(candidates.size());
    par::for_each_index(par::Host{}, candidates.size(), TuneExecutor{trace, protocol, candidates, horizon_s, rmse_mm});
    const auto best = std::min_element(rmse_mm.begin(), rmse_mm.end()) - rmse_mm.begin();
    return candidates[static_cast<std::size_t>(best)];
}

Announced announce(const BreathingTrace& trace, double horizon_s, const MotionProtocol& protocol) {
    const std::size_t known = protocol.train + protocol.tune;
    Announced out;
    out.tuned = trace.samples() > known;
    if (out.tuned) out.settings = tune_ridge(trace, horizon_s, protocol);
    RidgePredictor predictor(horizon_s, out.settings);
    out.predictions = replay(predictor, trace, trace.samples());
    if (out.tuned)  // settings chosen on sample 600 are no help at sample 599
        out.predictions.erase(out.predictions.begin(), out.predictions.begin() + static_cast<std::ptrdiff_t>(known));
    return out;
}

std::vector<MotionScore> evaluate_motion(const BreathingTrace& trace, const std::vector<double>& horizons_s,
                                         const MotionProtocol& protocol, const Progress& progress) {
    const BreathingTrace thinned = at_rate(trace, protocol.rate_hz);
    const std::size_t test = protocol.train + protocol.tune;
    validate(thinned.samples() > test + 1, "trace samples at the protocol's rate", thinned.samples(),
             "more than " + std::to_string(test + 1) + " (train, tune and test parts)");
    std::vector<MotionScore> scores;
    const auto add = [&](MotionPredictor& predictor, const std::string& settings) {
        scores.push_back(score(replay(predictor, thinned, thinned.samples()), thinned, test, thinned.samples()));
        scores.back().method = predictor.name();
        scores.back().settings = settings;
        scores.back().horizon_s = predictor.horizon_s();
    };
    for (std::size_t i = 0; i < horizons_s.size(); ++i) {
        const double horizon = horizons_s[i];
        validate(horizon > 0 && horizon <= 10, "horizon [s]", horizon, "above 0, at most 10");
        progress.at(static_cast<double>(i) / static_cast<double>(horizons_s.size()), "breathing prediction");
        HoldLastValue hold(horizon);
        add(hold, "");
        LinearExtrapolation line(horizon);
        add(line, "slope over 0.3 s");
        const auto settings = tune_ridge(thinned, horizon, protocol);
        RidgePredictor ridge(horizon, settings);
        add(ridge, settings.text());
    }
    return scores;
}

}  // namespace coutard::registration
