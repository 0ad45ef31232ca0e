#include "engine/optimise/leaf_fluence.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

/// Mean of clamp(u, a, b) - a while u runs evenly from u0 to u1.
double mean_clamped(double u0, double u1, double a, double b) {
    const auto whole = [&](double u) {  // antiderivative
        if (u <= a) return 0.0;
        if (u < b) return (u - a) * (u - a) / 2;
        return (b - a) * (b - a) / 2 + (u - b) * (b - a);
    };
    if (std::abs(u1 - u0) < 1e-9) return std::clamp((u0 + u1) / 2, a, b) - a;
    return (whole(u1) - whole(u0)) / (u1 - u0);
}

/// Part of [a, b] between the edges of one leaf pair, averaged over the motion between two control points.
double open_part(const ControlPoint& from, const ControlPoint& to, std::size_t pair, double half_gap, double a,
                 double b) {
    if (from.leaves_x1.empty()) return 1;
    const double left = mean_clamped(from.leaves_x1[pair] - half_gap, to.leaves_x1[pair] - half_gap, a, b);
    const double right = mean_clamped(from.leaves_x2[pair] + half_gap, to.leaves_x2[pair] + half_gap, a, b);
    return std::max(0.0, right - left) / (b - a);
}

double overlap(double a1, double a2, double b1, double b2) {
    return std::max(0.0, std::min(a2, b2) - std::max(a1, b1));
}

std::string sentence(const char* what, std::size_t point, std::size_t pair, double found, double limit) {
    char text[160];
    std::snprintf(text, sizeof text, "%s at control point %zu, leaf pair %zu: found %.2f, limit %.2f", what, point,
                  pair + 1, found, limit);
    return text;
}

void check_bank(const std::vector<double>& bank, const Machine& m, std::size_t point,
                std::vector<std::string>& broken) {
    const auto [low, high] = std::minmax_element(bank.begin(), bank.end());
    if (*high - *low > m.leaf_max_span_mm + 1e-6)
        broken.push_back(sentence("span of a leaf bank [mm]", point, 0, *high - *low, m.leaf_max_span_mm));
    for (std::size_t pair = 0; pair < bank.size(); ++pair)
        if (std::abs(bank[pair]) > m.leaf_max_overtravel_mm + 1e-6)
            broken.push_back(sentence("leaf position [mm]", point, pair, bank[pair], m.leaf_max_overtravel_mm));
}

void check_point(const ControlPoint& cp, const Machine& m, std::size_t point, std::vector<std::string>& broken) {
    const auto& j = cp.jaws;
    if (j.x1 < -m.jaw_max_x_mm || j.x2 > m.jaw_max_x_mm || j.y1 < -m.jaw_max_y_mm || j.y2 > m.jaw_max_y_mm ||
        j.x1 >= j.x2 || j.y1 >= j.y2)
        broken.push_back(sentence("jaws", point, 0, std::max({-j.x1, j.x2, -j.y1, j.y2}), m.jaw_max_x_mm));
    if (cp.leaves_x1.empty()) return;
    if (cp.leaves_x1.size() != static_cast<std::size_t>(m.leaf_pairs()) || cp.leaves_x2.size() != cp.leaves_x1.size()) {
        broken.push_back(sentence("leaf pairs", point, 0, static_cast<double>(cp.leaves_x1.size()), m.leaf_pairs()));
        return;
    }
    for (std::size_t pair = 0; pair < cp.leaves_x1.size(); ++pair)
        if (cp.leaves_x2[pair] - cp.leaves_x1[pair] < m.leaf_min_gap_mm - 1e-6)
            broken.push_back(
                sentence("leaf gap [mm]", point, pair, cp.leaves_x2[pair] - cp.leaves_x1[pair], m.leaf_min_gap_mm));
    check_bank(cp.leaves_x1, m, point, broken);
    check_bank(cp.leaves_x2, m, point, broken);
}

}  // namespace

std::vector<double> delivered_fluence(const Beam& beam, const BeamletBeam& beamlets, const Machine& machine) {
    const auto& points = beam.control_points;
    expect(!points.empty(), "delivered fluence: at least one control point");
    std::vector<double> fluence(beamlets.beamlets.size(), 0.0);
    const double leaf = machine.leaf_transmission, jaw = machine.jaw_transmission;
    for (std::size_t i = 0; i < fluence.size(); ++i) {
        const auto& b = beamlets.beamlets[i];
        const double a1 = b.x_mm - b.width_mm / 2, a2 = b.x_mm + b.width_mm / 2;
        const double y1 = b.y_mm - b.height_mm / 2, y2 = b.y_mm + b.height_mm / 2;
        for (std::size_t k = 0; k + 1 < points.size(); ++k) {
            const double mu = (points[k + 1].cumulative - points[k].cumulative) * beam.monitor_units;
            if (mu <= 0) continue;
            const auto& j = points[k].jaws;
            const double in_jaw = overlap(a1, a2, j.x1, j.x2) / b.width_mm * overlap(y1, y2, j.y1, j.y2) / b.height_mm;
            const double open = open_part(points[k], points[k + 1], static_cast<std::size_t>(b.row),
                                          machine.dosimetric_leaf_gap_mm / 2, a1, a2);
            // A beamlet partly under a jaw is taken as open in proportion: jaws end at cell edges in our plans.
            fluence[i] += mu * (in_jaw + (1 - in_jaw) * jaw) * (leaf + (1 - leaf) * open);
        }
    }
    return fluence;
}

std::vector<std::string> broken_limits(const Beam& beam, const Machine& m, double dose_rate_mu_min) {
    std::vector<std::string> broken;
    const auto& points = beam.control_points;
    if (points.size() < 2 || points.front().cumulative != 0 || std::abs(points.back().cumulative - 1) > 1e-9)
        broken.push_back("cumulative meterset: expected two or more control points from 0 to 1");
    if (!(beam.monitor_units > 0)) broken.push_back("monitor units: expected more than 0");
    const double mu_per_s = dose_rate_mu_min / 60;
    const bool dynamic = beam.delivery == Delivery::SlidingWindow;  // on an arc, gantry and dose rate wait for leaves
    for (std::size_t k = 0; k < points.size(); ++k) {
        check_point(points[k], m, k, broken);
        if (k == 0) continue;
        const double part = points[k].cumulative - points[k - 1].cumulative;
        if (part < 0)
            broken.push_back(sentence("cumulative meterset", k, 0, points[k].cumulative, points[k - 1].cumulative));
        if (!dynamic || points[k].leaves_x1.size() != points[k - 1].leaves_x1.size()) continue;
        const double reach =
            m.leaf_max_speed_mm_s * part * beam.monitor_units / mu_per_s + 0.021;  // positions are rounded to 0.01 mm
        for (std::size_t pair = 0; pair < points[k].leaves_x1.size(); ++pair) {
            const double moved = std::max(std::abs(points[k].leaves_x1[pair] - points[k - 1].leaves_x1[pair]),
                                          std::abs(points[k].leaves_x2[pair] - points[k - 1].leaves_x2[pair]));
            if (moved > reach) broken.push_back(sentence("leaf travel [mm]", k, pair, moved, reach));
        }
    }
    return broken;
}

}  // namespace coutard
