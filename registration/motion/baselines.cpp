#include "registration/motion/baselines.hpp"

#include <algorithm>

#include "engine/base/error.hpp"

namespace coutard::registration {

HoldLastValue::HoldLastValue(double horizon_s) : horizon_s_(horizon_s) {
    expect(horizon_s > 0, "hold-last-value: horizon is positive");
}

std::vector<double> HoldLastValue::predict() const {
    expect(!seen_.empty(), "predictor: nothing observed yet");
    const auto& now = seen_.latest_mm();
    return {now.begin(), now.end()};
}

LinearExtrapolation::LinearExtrapolation(double horizon_s, double slope_s)
    : horizon_s_(horizon_s), slope_s_(slope_s), seen_(slope_s) {
    expect(horizon_s > 0 && slope_s > 0, "linear-extrapolation: horizon and slope time are positive");
}

std::vector<double> LinearExtrapolation::predict() const {
    expect(!seen_.empty(), "predictor: nothing observed yet");
    const double from = std::max(seen_.oldest_s(), seen_.latest_s() - slope_s_), time = seen_.latest_s() - from;
    Eigen::VectorXd ahead = seen_.latest_mm();
    if (time > 0) ahead += (ahead - seen_.at(from)) * (horizon_s_ / time);
    return {ahead.begin(), ahead.end()};
}

}  // namespace coutard::registration
