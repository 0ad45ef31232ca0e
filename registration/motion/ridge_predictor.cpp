#include "registration/motion/ridge_predictor.hpp"

#include <Eigen/Cholesky>
#include <cmath>
#include <sstream>

#include "engine/base/error.hpp"

namespace coutard::registration {

std::string RidgeSettings::text() const {
    std::ostringstream text;
    text << "order " << order_s << " s, memory " << memory_s << " s, ridge " << ridge;
    return text.str();
}

RidgePredictor::RidgePredictor(double horizon_s, const RidgeSettings& settings)
    : horizon_s_(horizon_s), settings_(settings), seen_(std::max(settings.order_s, horizon_s) + 1) {
    expect(horizon_s > 0, "online-ridge: horizon is positive");
    expect(settings.order_s >= settings.lag_s && settings.lag_s > 0, "online-ridge: order is at least one lag");
    expect(settings.memory_s > 0 && settings.ridge > 0 && settings.baseline_s > 0 && settings.refresh_samples > 0,
           "online-ridge: memory, ridge, baseline and refresh are positive");
}

/// Inputs (3): past positions relative to now, now relative to the slow mean, and one.
Eigen::VectorXd RidgePredictor::inputs_now() const {
    const auto width = static_cast<Eigen::Index>(seen_.width());
    const auto lags = static_cast<Eigen::Index>(std::lround(settings_.order_s / settings_.lag_s));
    const double now = seen_.latest_s();
    Eigen::VectorXd inputs(width * (lags + 1) + 1);
    for (Eigen::Index lag = 0; lag < lags; ++lag)
        inputs.segment(lag * width, width) =
            seen_.at(now - static_cast<double>(lag + 1) * settings_.lag_s) - seen_.latest_mm();
    inputs.segment(lags * width, width) = seen_.latest_mm() - slow_mean_mm_;
    inputs[inputs.size() - 1] = 1;
    return inputs;
}

/// Equation (4): sums of products, older ones fading.
void RidgePredictor::learn(const Example& example, double now_s) {
    const Eigen::VectorXd outcome = seen_.at(example.t_s + horizon_s_) - example.position_mm;
    if (gram_.size() == 0) {
        gram_ = Eigen::MatrixXd::Zero(example.inputs.size(), example.inputs.size());
        cross_ = Eigen::MatrixXd::Zero(example.inputs.size(), outcome.size());
        learnt_s_ = now_s;
    }
    const double fade = std::exp(-(now_s - learnt_s_) / settings_.memory_s);
    learnt_s_ = now_s;
    gram_ *= fade;
    cross_ *= fade;
    gram_.selfadjointView<Eigen::Lower>().rankUpdate(example.inputs);
    cross_.noalias() += example.inputs * outcome.transpose();
}

/// Equation (5).
void RidgePredictor::solve() {
    const double scale = gram_.trace() / static_cast<double>(gram_.rows());
    Eigen::MatrixXd system = gram_;
    system.diagonal().array() += settings_.ridge * scale + 1e-9;
    weights_ = system.selfadjointView<Eigen::Lower>().llt().solve(cross_);
    since_solved_ = 0;
}

void RidgePredictor::observe(double t_s, std::span<const double> position_mm) {
    const double before = seen_.empty() ? t_s : seen_.latest_s();
    if (seen_.empty()) first_s_ = t_s;
    seen_.add(t_s, position_mm);
    if (slow_mean_mm_.size() == 0) slow_mean_mm_ = seen_.latest_mm();
    slow_mean_mm_ += (seen_.latest_mm() - slow_mean_mm_) * (1 - std::exp(-(t_s - before) / settings_.baseline_s));
    const double rounding_s = 1e-9;
    while (!waiting_.empty() && waiting_.front().t_s + horizon_s_ <= t_s + rounding_s) {
        learn(waiting_.front(), t_s);
        waiting_.pop_front();
    }
    // Inputs that would reach before the first sample are no example to learn from.
    if (t_s - first_s_ >= settings_.order_s) waiting_.push_back({t_s, inputs_now(), seen_.latest_mm()});
    if (gram_.size() > 0 && ++since_solved_ >= settings_.refresh_samples) solve();
}

std::vector<double> RidgePredictor::predict() const {
    expect(!seen_.empty(), "predictor: nothing observed yet");
    Eigen::VectorXd ahead = seen_.latest_mm();
    const bool ready = weights_.size() > 0 && seen_.latest_s() - first_s_ >= settings_.warm_up_s + horizon_s_;
    if (ready) ahead += weights_.transpose() * inputs_now();
    return {ahead.begin(), ahead.end()};
}

}  // namespace coutard::registration
