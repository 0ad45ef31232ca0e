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
constexpr int kSearchSteps = 60;
constexpr double kLeastTemperature = 0.25, kMostTemperature = 4;

double sigmoid(double logit) {
    return 1 / (1 + std::exp(-logit));
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

double Reliability::loss(double temperature) const {
    double sum = 0;
    for (int b = 0; b < kBins; ++b) {
        const auto i = static_cast<std::size_t>(b);
        const double scaled = logit_of_bin(b) / temperature;
        sum += inside_[i] * std::log1p(std::exp(-scaled)) + (count_[i] - inside_[i]) * std::log1p(std::exp(scaled));
    }
    return sum;
}

double Reliability::best_temperature() const {
    if (voxels() == 0) return 1;
    // golden section in the logarithm: the loss is convex in 1 / temperature
    const double golden = 0.5 * (std::sqrt(5.0) - 1);
    double low = std::log(kLeastTemperature), high = std::log(kMostTemperature);
    for (int k = 0; k < kSearchSteps; ++k) {
        const double a = high - golden * (high - low), b = low + golden * (high - low);
        (loss(std::exp(a)) < loss(std::exp(b)) ? high : low) = loss(std::exp(a)) < loss(std::exp(b)) ? b : a;
    }
    return std::exp(0.5 * (low + high));
}

void CalibrationError::add(const Reliability& voxels, double temperature) {
    for (int b = 0; b < Reliability::kBins; ++b) {
        const auto i = static_cast<std::size_t>(b);
        const double p = sigmoid(logit_of_bin(b) / temperature);
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
    CalibrationError untempered, tempered;
    for (std::size_t p = 0; p < patients.size(); ++p) {
        Reliability others;
        for (std::size_t q = 0; q < patients.size(); ++q)
            if (q != p) others.add(patients[q]);
        untempered.add(patients[p], 1);
        tempered.add(patients[p], others.best_temperature());
    }
    return {untempered.value(), tempered.value()};
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
