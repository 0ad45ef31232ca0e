#include "engine/eval/dvh.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

/// Bins to "at least": one more entry than bins, so that V reaches 0 at the end of the hottest bin.
std::vector<double> accumulate_from_above(std::vector<double> bins) {
    while (!bins.empty() && bins.back() == 0) bins.pop_back();
    bins.push_back(0);
    std::partial_sum(bins.rbegin(), bins.rend(), bins.rbegin());
    return bins;
}

}  // namespace

Dvh::Dvh(std::span<const float> dose, std::span<const float> occupancy, Cm3 voxel, Gy width) : width_(width) {
    expect(dose.size() == occupancy.size(), "dvh: dose and occupancy share one grid");
    expect(voxel > Cm3{0} && width > Gy{0}, "dvh: voxel volume and bin width are positive");
    std::vector<double> bins;
    for (std::size_t i = 0; i < dose.size(); ++i) {
        const double d = dose[i], part = occupancy[i];
        validate(d >= 0 && d < 1e6 * width.value(), "dose [Gy]", d, "0 to 10^6 bins");
        validate(part >= 0 && part <= 1, "occupancy", part, "0 to 1");  // NaN fails both
        const auto bin = static_cast<std::size_t>(d / width.value());
        if (bin >= bins.size()) bins.resize(bin + 1);
        bins[bin] += part * voxel.value();
    }
    at_least_ = accumulate_from_above(std::move(bins));
}

Dvh::Dvh(std::vector<double> volume_in_bin, Gy width) : width_(width) {
    expect(width > Gy{0}, "dvh: bin width is positive");
    for (const double v : volume_in_bin) expect(v >= 0 && std::isfinite(v), "dvh: volumes are not negative");
    at_least_ = accumulate_from_above(std::move(volume_in_bin));
}

Cm3 Dvh::volume_at(Gy dose) const {
    const double at = dose / width_;
    if (!(at > 0)) return total();
    if (at >= static_cast<double>(at_least_.size() - 1)) return Cm3{0};
    const auto bin = static_cast<std::size_t>(at);
    const double part = at - static_cast<double>(bin);
    return Cm3{at_least_[bin] + part * (at_least_[bin + 1] - at_least_[bin])};
}

Gy Dvh::dose_at(Cm3 volume) const {
    const double all = total().value(), rounding = 1e-9 * all;
    expect(volume.value() > 0 && volume.value() <= all + rounding, "dvh: the volume asked for is in (0, total]");
    const double v = std::min(volume.value(), all);
    // The last edge with V >= v: on a plateau of V the hottest v starts at its upper end.
    const auto below = std::partition_point(at_least_.begin(), at_least_.end(), [v](double a) { return a >= v; });
    const auto edge = static_cast<std::size_t>(below - at_least_.begin()) - 1;
    const double high = at_least_[edge], low = at_least_[edge + 1];
    return width_ * (static_cast<double>(edge) + (high - v) / (high - low));
}

}  // namespace coutard
