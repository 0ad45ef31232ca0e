#include "registration/motion/trace.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::registration {

BreathingTrace::BreathingTrace(std::vector<double> t_s, std::vector<double> position_mm, int markers)
    : t_s_(std::move(t_s)), position_mm_(std::move(position_mm)), markers_(markers) {
    expect(markers >= 1, "trace: at least one marker");
    expect(!t_s_.empty() && position_mm_.size() == t_s_.size() * width(), "trace: three numbers per marker and sample");
    const auto finite = [](double v) { return std::isfinite(v); };
    expect(std::all_of(t_s_.begin(), t_s_.end(), finite), "trace: times are finite");
    expect(std::all_of(position_mm_.begin(), position_mm_.end(), finite), "trace: positions are finite");
    expect(std::adjacent_find(t_s_.begin(), t_s_.end(), std::greater_equal<>()) == t_s_.end(), "trace: times rise");
}

std::vector<double> BreathingTrace::truth_at(double t_s) const {
    expect(t_s >= t_s_.front() && t_s <= t_s_.back(), "trace: time outside the trace");
    const auto after = std::upper_bound(t_s_.begin(), t_s_.end(), t_s);
    const auto high = std::min(static_cast<std::size_t>(after - t_s_.begin()), samples() - 1);
    const std::size_t low = high == 0 ? 0 : high - 1;
    const double part = high == low ? 0 : (t_s - t_s_[low]) / (t_s_[high] - t_s_[low]);
    std::vector<double> truth(width());
    for (std::size_t c = 0; c < width(); ++c) truth[c] = at(low)[c] + part * (at(high)[c] - at(low)[c]);
    return truth;
}

BreathingTrace at_rate(const BreathingTrace& trace, double rate_hz) {
    expect(rate_hz > 0 && std::isfinite(rate_hz), "at_rate: rate is positive");
    const double rounding_s = 1e-3, first = trace.time_s(0);
    std::vector<double> t_s, position_mm;
    for (std::size_t i = 0; i < trace.samples(); ++i) {
        // Sample i is the latest at some tick when the next sample comes after that tick.
        const auto tick = static_cast<long>(std::ceil((trace.time_s(i) - first - rounding_s) * rate_hz));
        const bool last = i + 1 == trace.samples();
        if (!last && trace.time_s(i + 1) - first <= static_cast<double>(tick) / rate_hz + rounding_s) continue;
        t_s.push_back(trace.time_s(i));
        const auto row = trace.at(i);
        position_mm.insert(position_mm.end(), row.begin(), row.end());
    }
    return {std::move(t_s), std::move(position_mm), trace.markers()};
}

}  // namespace coutard::registration
