#include "engine/optimise/arc.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

constexpr double rounding_mm = 0.01;

double rounded(double x) {
    return std::round(x / rounding_mm) * rounding_mm;
}

double least_gap(const Machine& m) {
    return m.leaf_min_gap_mm + 2 * rounding_mm;
}

}  // namespace

double ArcPath::angle_at(double done) const {
    const double angle = std::fmod(start_deg + way_deg * done / intervals, 360);
    return angle < 0 ? angle + 360 : angle;
}

double ArcShape::monitor_units() const {
    return std::accumulate(mu.begin(), mu.end(), 0.0);
}

std::vector<double> interval_times_s(const ArcShape& arc, const Machine& m) {
    std::vector<double> times;
    for (std::size_t k = 0; k < arc.mu.size(); ++k) {
        double moved = 0;
        for (std::size_t p = 0; p < arc.pairs.size(); ++p)
            moved = std::max({moved, std::abs(arc.x1_mm[arc.at(k + 1, p)] - arc.x1_mm[arc.at(k, p)]),
                              std::abs(arc.x2_mm[arc.at(k + 1, p)] - arc.x2_mm[arc.at(k, p)])});
        times.push_back(std::max({std::abs(arc.path.step_deg()) / m.gantry_max_speed_deg_s,
                                  60 * arc.mu[k] / m.dose_rate_max_mu_min, moved / m.leaf_max_speed_mm_s}));
    }
    return times;
}

void keep_limits(ArcShape& arc, const Machine& m) {
    const double gap = least_gap(m), low = arc.jaws.x1, high = arc.jaws.x2;
    expect(high - low <= m.leaf_max_span_mm, "arc: the field is no wider than a carriage spans");
    for (std::size_t i = 0; i < arc.x1_mm.size(); ++i) {
        double &x1 = arc.x1_mm[i], &x2 = arc.x2_mm[i];
        x1 = std::clamp(x1, low, high - gap);
        x2 = std::clamp(x2, low + gap, high);
        if (x2 - x1 < gap) {
            const double middle = std::clamp((x1 + x2) / 2, low + gap / 2, high - gap / 2);
            x1 = middle - gap / 2, x2 = middle + gap / 2;
        }
    }
    for (double& mu : arc.mu) mu = std::max(mu, 0.0);
}

Beam beam_of(const ArcShape& arc, const Machine& m) {
    Beam beam;
    beam.machine = m.name;
    beam.energy_MV = m.energy_MV;
    beam.delivery = Delivery::Vmat;
    beam.leaf_edges_mm = m.leaf_edges_mm;
    beam.sad_mm = m.sad_mm;
    beam.flattening_filter = m.flattening_filter;
    beam.monitor_units = arc.monitor_units();
    validate(beam.monitor_units > 0, "arc: monitor units", beam.monitor_units, "more than 0");
    const auto pairs = static_cast<std::size_t>(m.leaf_pairs());
    const double middle = rounded((arc.jaws.x1 + arc.jaws.x2) / 2);
    double given = 0;
    for (std::size_t k = 0; k < arc.control_points(); ++k) {
        ControlPoint cp;
        cp.gantry_deg = arc.path.angle_at(static_cast<double>(k));
        cp.collimator_deg = arc.path.collimator_deg;
        cp.couch_deg = arc.path.couch_deg;
        cp.jaws = arc.jaws;
        cp.leaves_x1.assign(pairs, rounded(middle - least_gap(m)));
        cp.leaves_x2.assign(pairs, middle);
        for (std::size_t p = 0; p < arc.pairs.size(); ++p) {
            const auto pair = static_cast<std::size_t>(arc.pairs[p]);
            cp.leaves_x1[pair] = rounded(arc.x1_mm[arc.at(k, p)]);
            cp.leaves_x2[pair] = rounded(arc.x2_mm[arc.at(k, p)]);
        }
        cp.cumulative = k + 1 == arc.control_points() ? 1 : given / beam.monitor_units;
        if (k < arc.mu.size()) given += arc.mu[k];
        beam.control_points.push_back(std::move(cp));
    }
    return beam;
}

}  // namespace coutard
