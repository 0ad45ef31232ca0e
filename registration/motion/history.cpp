#include "registration/motion/history.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::registration {

void PositionHistory::add(double t_s, std::span<const double> position_mm) {
    expect(std::isfinite(t_s) && (empty() || t_s > latest_s()), "predictor: times rise");
    expect(!position_mm.empty() && (empty() || position_mm.size() == width()),
           "predictor: same markers at every sample");
    const Eigen::Map<const Eigen::VectorXd> values(position_mm.data(), static_cast<Eigen::Index>(position_mm.size()));
    expect(values.allFinite(), "predictor: positions are finite");
    samples_.push_back({t_s, values});
    // The second sample stays until it is too old itself: interpolation needs one beyond the edge.
    while (samples_.size() > 2 && samples_[1].t_s < t_s - keep_s_) samples_.pop_front();
}

Eigen::VectorXd PositionHistory::at(double t_s) const {
    expect(!empty(), "predictor: nothing observed yet");
    const auto later = std::upper_bound(samples_.begin(), samples_.end(), t_s,
                                        [](double t, const Sample& sample) { return t < sample.t_s; });
    if (later == samples_.begin()) return samples_.front().position_mm;
    if (later == samples_.end()) return samples_.back().position_mm;
    const Sample &low = *std::prev(later), &high = *later;
    const double part = (t_s - low.t_s) / (high.t_s - low.t_s);
    return low.position_mm + part * (high.position_mm - low.position_mm);
}

}  // namespace coutard::registration
