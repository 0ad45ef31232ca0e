#include "contouring/train/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "contouring/pipeline/upsample.hpp"
#include "engine/base/error.hpp"
#include "engine/shape/distance.hpp"

namespace coutard::contouring {
namespace {

constexpr double kReachMm = 8, kLargestLogit = 12, kPerLogit = 20;
constexpr int kNewtonSteps = 40;
constexpr double kLeastPart = 1e-6;  // of a step
constexpr double kLeastTemperature = 0.1, kMostTemperature = 10;

double sigmoid(double logit) {
    return 1 / (1 + std::exp(-logit));
}
/// log(1 + exp x) without overflow.
double softplus(double x) {
    return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}
double logit_of_bin(int bin) {
    return (bin + 0.5) / kPerLogit - kLargestLogit;
}

}  // namespace

void Reliability::add(float p, bool inside, double voxels) {
    const double bounded = std::clamp(double(p), 1e-7, 1 - 1e-7);
    const double logit = std::log(bounded / (1 - bounded));
    const int bin = std::clamp(static_cast<int>((logit + kLargestLogit) * kPerLogit), 0, kBins - 1);
    const auto b = static_cast<std::size_t>(bin);
    count_[b] += voxels;
    if (inside) inside_[b] += voxels;
}

void Reliability::add(const Reliability& other) {
    for (std::size_t b = 0; b < count_.size(); ++b) count_[b] += other.count_[b], inside_[b] += other.inside_[b];
}

void Reliability::add(const Chances& chances, int structure, const Mask& reference, const Mask& drawn) {
    expect(reference.grid().same_as(drawn.grid()), "reliability: both masks on one grid");
    const auto from_reference = signed_distance(reference, 2 * kReachMm),
               from_drawn = signed_distance(drawn, 2 * kReachMm);
    const auto p = chance_of(chances, structure, reference.grid());
    for (std::size_t v = 0; v < reference.count(); ++v)
        if (std::min(std::abs(from_reference[v]), std::abs(from_drawn[v])) <= kReachMm) add(p[v], inside(reference, v));
}

double Reliability::voxels() const {
    return std::accumulate(count_.begin(), count_.end(), 0.0);
}

Calibration Reliability::best_calibration() const {
    const Logistic best = fitted({1, 0}, true);
    const double a = std::clamp(best.a, 1 / kMostTemperature, 1 / kLeastTemperature);
    const double c = a == best.a ? best.c : fitted({a, best.c}, false).c;
    return {1 / a, c / a};
}

Reliability::Logistic Reliability::fitted(Logistic at, bool slope_too) const {
    // a convex loss, found by Newton's method with the step halved where it would rise
    const auto loss_of = [&](const Logistic& l) {
        double sum = 0.5 * ((l.a - 1) * (l.a - 1) + l.c * l.c);
        for (int b = 0; b < kBins; ++b) {
            const auto i = static_cast<std::size_t>(b);
            const double logit = l.a * logit_of_bin(b) + l.c;
            sum += inside_[i] * softplus(-logit) + (count_[i] - inside_[i]) * softplus(logit);
        }
        return sum;
    };
    double loss = loss_of(at);
    for (int k = 0; k < kNewtonSteps; ++k) {
        double ga = at.a - 1, gc = at.c, haa = 1, hac = 0, hcc = 1;
        for (int b = 0; b < kBins; ++b) {
            const auto i = static_cast<std::size_t>(b);
            const double z = logit_of_bin(b), p = sigmoid(at.a * z + at.c), wrong = count_[i] * p - inside_[i],
                         weight = count_[i] * p * (1 - p);
            ga += wrong * z, gc += wrong;
            haa += weight * z * z, hac += weight * z, hcc += weight;
        }
        if (!slope_too) ga = hac = 0;
        const double det = haa * hcc - hac * hac;
        const double da = (hcc * ga - hac * gc) / det, dc = (haa * gc - hac * ga) / det;
        double part = 1;
        while (part > kLeastPart && loss_of({at.a - part * da, at.c - part * dc}) > loss) part /= 2;
        if (part <= kLeastPart) break;
        at = {at.a - part * da, at.c - part * dc}, loss = loss_of(at);
    }
    return at;
}

void CalibrationError::add(const Reliability& voxels, const Calibration& calibration) {
    for (int b = 0; b < Reliability::kBins; ++b) {
        const auto i = static_cast<std::size_t>(b);
        const double p = sigmoid((logit_of_bin(b) + calibration.shift) / calibration.temperature);
        const auto e = static_cast<std::size_t>(std::min(kBins - 1, static_cast<int>(p * kBins)));
        count_[e] += voxels.count_[i], said_[e] += voxels.count_[i] * p, inside_[e] += voxels.inside_[i];
    }
}

double CalibrationError::value() const {
    double error = 0, all = 0;
    for (std::size_t e = 0; e < count_.size(); ++e) error += std::abs(said_[e] - inside_[e]), all += count_[e];
    return all > 0 ? error / all : 0;
}

CrossedError crossed_error(const std::vector<Reliability>& patients) {
    CalibrationError before, after;
    for (std::size_t p = 0; p < patients.size(); ++p) {
        Reliability others;
        for (std::size_t q = 0; q < patients.size(); ++q)
            if (q != p) others.add(patients[q]);
        before.add(patients[p], {});
        after.add(patients[p], others.best_calibration());
    }
    return {before.value(), after.value()};
}

Line fitted_line(const std::vector<double>& x, const std::vector<double>& y) {
    expect(x.size() == y.size() && !x.empty(), "line: as many x as y, at least one");
    const auto n = static_cast<double>(x.size());
    const double mx = std::accumulate(x.begin(), x.end(), 0.0) / n, my = std::accumulate(y.begin(), y.end(), 0.0) / n;
    double xx = 0, xy = 0, yy = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        xx += (x[i] - mx) * (x[i] - mx), xy += (x[i] - mx) * (y[i] - my), yy += (y[i] - my) * (y[i] - my);
    if (xx <= 0) return {my, 0, 0};
    return {my - xy / xx * mx, xy / xx, yy > 0 ? xy / std::sqrt(xx * yy) : 0};
}

}  // namespace coutard::contouring
