#include "dose/machine/edge_shadow.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::dose {

EdgeShadow::EdgeShadow(const std::function<double(double)>& blocked, double reach, double step)
    : reach_(reach), step_(step) {
    expect(reach > 0 && step > 0 && step < reach, "edge shadow: reach and step are positive");
    const int n = static_cast<int>(std::ceil(2 * reach / step)) + 1;
    step_ = 2 * reach / (n - 1);
    for (int i = 0; i < n; ++i) blocked_.push_back(blocked(-reach + i * step_));
    once_.assign(blocked_.size(), 0.0);
    twice_ = once_;
    for (std::size_t i = 1; i < blocked_.size(); ++i) {
        const double b0 = blocked_[i - 1], b1 = blocked_[i];
        once_[i] = once_[i - 1] + 0.5 * step_ * (b0 + b1);
        twice_[i] = twice_[i - 1] + step_ * once_[i - 1] + step_ * step_ * (2 * b0 + b1) / 6;
    }
}

double EdgeShadow::between(const std::vector<double>& table, const std::vector<double>& slope, double d) const {
    const double place = (d + reach_) / step_;
    const auto i = std::min(static_cast<std::size_t>(place), table.size() - 2);
    const double t = place - static_cast<double>(i), s = 1 - t;
    return table[i] * (1 + 2 * t) * s * s + table[i + 1] * (3 - 2 * t) * t * t +
           step_ * (slope[i] * t * s * s - slope[i + 1] * t * t * s);
}

double EdgeShadow::once(double d) const {
    if (d <= -reach_) return 0;
    if (d >= reach_) return once_.back() + full() * (d - reach_);
    return between(once_, blocked_, d);
}

double EdgeShadow::twice(double d) const {
    if (d <= -reach_) return 0;
    if (d >= reach_) {
        const double past = d - reach_;
        return twice_.back() + past * (once_.back() + 0.5 * full() * past);
    }
    return between(twice_, once_, d);
}

double EdgeShadow::above(double e0, double e1, double a, double width) const {
    constexpr double still_mm = 1e-3;
    if (std::abs(e1 - e0) < still_mm) {
        const double e = 0.5 * (e0 + e1);
        return (once(a + width - e) - once(a - e)) / width;
    }
    return (twice(a + width - e0) - twice(a - e0) - twice(a + width - e1) + twice(a - e1)) / ((e1 - e0) * width);
}

}  // namespace coutard::dose
