#include "dose/commissioning/fit_residuals.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

constexpr double own_uncertainty = 0.005;  // of points that say none, relative to the normalisation
constexpr double output_uncertainty = 0.003;
constexpr double position_mm = 0.3;  // of the detector
constexpr double shallow_mm = 3;     // chambers do not resolve what lies above
constexpr double most_points = 40;   // a finely sampled curve weighs no more than this many

bool is_reference(const MeasuredCurve& c) {
    return c.kind == CurveKind::Output && std::abs(c.field_x_mm - 100) < 0.5 && std::abs(c.field_y_mm - 100) < 0.5;
}

bool same_set(const MeasuredCurve& a, const MeasuredCurve& b) {
    return a.kind == CurveKind::Output && b.kind == CurveKind::Output && a.ssd_mm == b.ssd_mm &&
           std::abs(a.depth_mm() - b.depth_mm()) < 0.01;
}

/// Points around 10 cm depth, or around the axis.
std::vector<std::size_t> normalisation_points(const MeasuredCurve& c) {
    std::vector<std::size_t> out;
    const double deepest = c.points.back().at_mm.z;
    const double at = c.kind == CurveKind::Profile ? 0 : std::min(100.0, 0.5 * deepest);
    std::size_t nearest = 0;
    for (std::size_t i = 0; i < c.points.size(); ++i) {
        const double off = std::abs(c.place_mm(c.points[i]) - at);
        if (off <= 5.01) out.push_back(i);
        if (off < std::abs(c.place_mm(c.points[nearest]) - at)) nearest = i;
    }
    if (out.empty()) out.push_back(nearest);
    return out;
}

double mean_at(const std::vector<double>& values, const std::vector<std::size_t>& points) {
    double sum = 0;
    for (std::size_t i : points) sum += values[i];
    return sum / static_cast<double>(points.size());
}

std::vector<double> values_of(const MeasuredCurve& c) {
    std::vector<double> out;
    for (const auto& p : c.points) out.push_back(p.value);
    return out;
}

/// Steepness of a curve at its points [1/mm].
double steepness(const MeasuredCurve& c, const std::vector<double>& values, std::size_t i) {
    const std::size_t a = i > 0 ? i - 1 : i, b = std::min(i + 1, values.size() - 1);
    if (a == b) return 0;
    return std::abs((values[b] - values[a]) / (c.place_mm(c.points[b]) - c.place_mm(c.points[a])));
}

}  // namespace

std::vector<MeasuredCurve> with_references(std::vector<MeasuredCurve> curves, const std::vector<MeasuredCurve>& all) {
    const std::size_t given = curves.size();
    for (std::size_t i = 0; i < given; ++i) {
        const MeasuredCurve c = curves[i];
        if (c.kind != CurveKind::Output) continue;
        const auto fits = [&](const MeasuredCurve& other) { return is_reference(other) && same_set(other, c); };
        if (std::any_of(curves.begin(), curves.end(), fits)) continue;
        const auto found = std::find_if(all.begin(), all.end(), fits);
        validate(found != all.end(), c.file + ", line " + std::to_string(c.line) + ": " + c.title() +
                                         ": found no 10x10 cm field at this depth and SSD, expected one: it is the "
                                         "reference of output factors");
        curves.push_back(*found);
    }
    return curves;
}

ResidualSet::ResidualSet(std::vector<MeasuredCurve> curves) : curves_(std::move(curves)) {
    for (std::size_t c = 0; c < curves_.size(); ++c) {
        const MeasuredCurve& m = curves_[c];
        Prepared p;
        p.reference = c;
        if (m.kind == CurveKind::Output) {
            for (std::size_t o = 0; o < curves_.size(); ++o)
                if (is_reference(curves_[o]) && same_set(curves_[o], m)) p.reference = o;
        }
        const double norm = m.kind == CurveKind::Output ? curves_[p.reference].points[0].value
                                                        : mean_at(values_of(m), normalisation_points(m));
        validate(norm > 0, m.file + ", line " + std::to_string(m.line) + ": " + m.title() +
                               ": found no dose where it is normalised (10 cm depth, or the axis)");
        for (const auto& point : m.points) p.wanted.push_back(point.value / norm);
        const auto peak =
            static_cast<std::size_t>(std::max_element(p.wanted.begin(), p.wanted.end()) - p.wanted.begin());
        const double thinned = std::sqrt(std::max(1.0, static_cast<double>(m.points.size()) / most_points));
        for (std::size_t i = 0; i < m.points.size(); ++i) {
            const auto& point = m.points[i];
            const bool output = m.kind == CurveKind::Output;
            double sigma = std::hypot(
                point.uncertainty > 0 ? point.uncertainty / norm : (output ? output_uncertainty : own_uncertainty),
                position_mm * steepness(m, p.wanted, i));
            // every place in the build-up is as uncertain as it is steep, and twice that
            if (m.kind == CurveKind::DepthDose && i < peak) sigma *= 2;
            const bool left_out =
                (m.kind == CurveKind::DepthDose && point.at_mm.z < shallow_mm) || (output && p.reference == c);
            p.sigma.push_back(left_out ? 0 : sigma * thinned);
            count_ += left_out ? 0 : 1;
        }
        prepared_.push_back(std::move(p));
    }
}

/// A scan's unit is anyone's: it takes the factor that brings it closest to the measured points that are fitted, so
/// that no single noisy point shifts it. Output factors are over their reference.
std::vector<double> ResidualSet::normalised(std::size_t c, const std::vector<std::vector<double>>& readings) const {
    const Prepared& p = prepared_[c];
    double factor = 0;
    if (curves_[c].kind == CurveKind::Output) {
        factor = 1 / readings[p.reference][0];
    } else {
        double both = 0, own = 0;
        for (std::size_t i = 0; i < p.wanted.size(); ++i) {
            if (p.sigma[i] <= 0) continue;
            const double over = readings[c][i] / (p.sigma[i] * p.sigma[i]);
            both += over * p.wanted[i];
            own += over * readings[c][i];
        }
        factor = both / own;
    }
    ensure(std::isfinite(factor) && factor > 0, "calculated dose is positive where it was measured");
    std::vector<double> out;
    for (double d : readings[c]) out.push_back(factor * d);
    return out;
}

std::vector<double> ResidualSet::of(const std::vector<std::vector<double>>& readings) const {
    std::vector<double> out;
    for (std::size_t c = 0; c < curves_.size(); ++c) {
        const auto found = normalised(c, readings);
        const Prepared& p = prepared_[c];
        for (std::size_t i = 0; i < found.size(); ++i)
            if (p.sigma[i] > 0) out.push_back((found[i] - p.wanted[i]) / p.sigma[i]);
    }
    return out;
}

std::vector<FittedCurve> ResidualSet::compared(const std::vector<std::vector<double>>& readings,
                                               const std::vector<std::vector<double>>& start) const {
    std::vector<FittedCurve> out;
    for (std::size_t c = 0; c < curves_.size(); ++c) {
        FittedCurve f;
        f.measured = curves_[c];
        f.wanted = prepared_[c].wanted;
        f.sigma = prepared_[c].sigma;
        f.found = normalised(c, readings);
        const auto before = normalised(c, start);
        double sum = 0;
        for (std::size_t i = 0; i < before.size(); ++i) sum += std::pow(before[i] - f.wanted[i], 2);
        f.start_rms = std::sqrt(sum / static_cast<double>(before.size()));
        out.push_back(std::move(f));
    }
    return out;
}

}  // namespace coutard::dose
