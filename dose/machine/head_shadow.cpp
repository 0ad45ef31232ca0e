#include "dose/machine/head_shadow.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace coutard::dose {
namespace {

constexpr double penetration_mm = 14;  // of the round end, beyond which a leaf has its full thickness

/// Mean of f over a Gaussian spot.
template <class F>
double over_spot(double sigma, F&& f) {
    constexpr int half = 20;  // points on each side, to four standard deviations
    double sum = 0, weight = 0;
    for (int i = -half; i <= half; ++i) {
        const double u = 4.0 * i / half, w = std::exp(-0.5 * u * u);
        sum += w * f(u * sigma);
        weight += w;
    }
    return sum / weight;
}

EdgeShadow jaw_shadow(const CollimatorFaces& faces, double per_mm, double sad, double sigma) {
    const double reach = 4 * sigma * (sad - faces.near_mm) / faces.near_mm + 1;
    return EdgeShadow(
        [&](double d) {
            return over_spot(sigma, [&](double spot) {
                const double slope = (d - spot) / sad;  // from the spot to d behind the edge, which stands at 0
                return 1 - std::exp(-per_mm * length_above(spot, slope, faces.near_mm, faces.far_mm));
            });
        },
        reach);
}

EdgeShadow end_shadow(const HeadGeometry& head, double low, double high, double sigma) {
    const double reach = 4 * sigma * (head.sad_mm - low) / low + penetration_mm;
    return EdgeShadow(
        [&](double d) {
            return over_spot(sigma, [&](double spot) {
                const double slope = (d - spot) / head.sad_mm;
                return 1 - std::exp(-head.leaf_per_mm * leaf_end_length(head, spot, slope, 0, low, high));
            });
        },
        reach);
}

/// Antiderivative of the distribution function of a Gaussian.
double ramp(double y, double sigma) {
    const double u = y / sigma;
    return sigma *
           (u * 0.5 * std::erfc(-u / std::numbers::sqrt2) + std::exp(-0.5 * u * u) / std::sqrt(2 * std::numbers::pi));
}

/// Mean part of [a, a + width] that lies above an edge, blurred.
double part_above(double edge, double sigma, double a, double width) {
    return (ramp(a + width - edge, sigma) - ramp(a - edge, sigma)) / width;
}

}  // namespace

namespace {
constexpr double farthest_apart_mm = 4, apart_step_mm = 0.5;
constexpr int apart_steps = 8;  // on each side
}  // namespace

TongueShadow::TongueShadow(const HeadGeometry& head, double sigma) {
    const double near = head.leaf.near_mm, middle = head.leaf.middle_mm(), far = head.leaf.far_mm;
    const double reach = 4 * sigma * (head.sad_mm - near) / near + penetration_mm + farthest_apart_mm;
    for (int k = -apart_steps; k <= apart_steps; ++k)
        tables_.emplace_back(
            [&](double d) {
                return over_spot(sigma, [&](double spot) {
                    const double slope = (d - spot) / head.sad_mm;
                    return 1 - std::exp(-head.leaf_per_mm *
                                        (leaf_end_length(head, spot, slope, 0, near, middle) +
                                         leaf_end_length(head, spot, slope, k * apart_step_mm, middle, far)));
                });
            },
            reach, 0.1);
}

namespace {

/// Width of a gap with straight sides that lets through what the gap between two closed leaves does.
double seen_gap_mm(const HeadGeometry& head, double sigma) {
    constexpr double reach_mm = 4, step_mm = 0.005;
    const double closed = std::exp(-head.leaf_per_mm * (head.leaf.far_mm - head.leaf.near_mm)),
                 half = std::sqrt(closed);
    if (head.gap_mm <= 0 || half - closed < 1e-9) return head.gap_mm;
    const std::vector<double> edges{-20, 0, 20}, behind(4, 300);  // two leaf pairs, closed far to the side
    const LeafTips tips{behind.data(), behind.data(), 2, 0};
    double excess = 0;
    for (double y = -reach_mm; y < reach_mm; y += step_mm)
        excess += step_mm * over_spot(sigma, [&](double spot) {
                      const HeadRay ray{0, spot, 0, (y - spot) / head.sad_mm};
                      return std::exp(-head.leaf_per_mm * leaf_length(head, par::view(edges), tips, ray)) - closed;
                  });
    return std::clamp(excess / (2 * (half - closed)), 0.0, head.gap_mm);
}

}  // namespace

double MeetingEnds::width_mm(double apart) const {
    const double over = -2 * head_.end_offset_mm - apart;
    if (over <= 0) return 0;
    constexpr int points = 40;
    const double step = over / points;
    const auto blocked = [&](double behind) {  // by one end, at a distance behind its setting
        return 1 - std::exp(-head_.leaf_per_mm *
                            leaf_end_length(head_, 0, behind / head_.sad_mm, 0, head_.leaf.near_mm, head_.leaf.far_mm));
    };
    double sum = 0;
    for (int n = 0; n < points; ++n) {
        const double behind = head_.end_offset_mm + (n + 0.5) * step;
        sum += step * blocked(behind) * blocked(-behind - apart);
    }
    return sum;
}

double line_in_pixel(double at, double sigma, double a, double width) {
    const auto below = [&](double x) { return 0.5 * std::erfc((at - x) / (sigma * std::numbers::sqrt2)); };
    return (below(a + width) - below(a)) / width;
}

bool TongueShadow::joint(double apart_mm) const {
    return std::abs(apart_mm) < farthest_apart_mm;
}

double TongueShadow::above(double upper0, double upper1, double lower0, double lower1, double a, double width) const {
    const double apart = 0.5 * (lower0 + lower1 - upper0 - upper1), place = apart / apart_step_mm + apart_steps;
    const auto k = std::min(static_cast<std::size_t>(std::max(place, 0.0)), tables_.size() - 2);
    const double part = std::clamp(place - static_cast<double>(k), 0.0, 1.0);
    return (1 - part) * tables_[k].above(upper0, upper1, a, width) +
           part * tables_[k + 1].above(upper0, upper1, a, width);
}

HeadShadow::HeadShadow(const BeamModel& model, double collimator_deg) {
    const HeadGeometry& head = model.head;
    const auto [sx, sy] = model.spot_mm(collimator_deg);
    const double middle = head.leaf.middle_mm();
    jaw_x = jaw_shadow(head.jaw_x, head.jaw_x_per_mm, head.sad_mm, sx);
    jaw_y = jaw_shadow(head.jaw_y, head.jaw_y_per_mm, head.sad_mm, sy);
    leaf_end = end_shadow(head, head.leaf.near_mm, head.leaf.far_mm, sx);
    upper_half_end = end_shadow(head, head.leaf.near_mm, middle, sx);
    lower_half_end = end_shadow(head, middle, head.leaf.far_mm, sx);
    meeting_ends = MeetingEnds(head);
    leaf_middle_mm = sx * (head.sad_mm - middle) / middle;
    gap_mm = seen_gap_mm(head, sy);
    if (head.tongue_mm > 0) tongue = TongueShadow(head, sx);
    const double upper = 0.5 * (head.leaf.near_mm + middle), lower = 0.5 * (middle + head.leaf.far_mm);
    upper_side_mm = sy * (head.sad_mm - upper) / upper;
    lower_side_mm = sy * (head.sad_mm - lower) / lower;
}

LeafStrips::LeafStrips(const BeamModel& model, const HeadShadow& shadow, double y0, double pixel, int rows)
    : rows_(static_cast<std::size_t>(rows)) {
    const auto& edges = model.machine.leaf_edges_mm;
    const double half = 0.5 * model.head.tongue_mm, gap = 0.5 * shadow.gap_mm;
    const int pairs = model.machine.leaf_pairs();
    struct Side {
        double y, sigma;
    };
    std::vector<Side> starts;  // of each strip; the last one never ends
    strips_.push_back({Behind::Leaf, -1, -1});
    starts.push_back({-1e6, shadow.lower_side_mm});
    const auto add = [&](double y, double sigma, Behind behind, int upper, int lower) {
        strips_.push_back({behind, upper, lower});
        starts.push_back({y, sigma});
    };
    for (int l = 0; l <= pairs; ++l) {  // the side between leaf l - 1 and leaf l
        const double y = edges[static_cast<std::size_t>(l)];
        if (half > 0) {
            add(y - half - gap, shadow.lower_side_mm, Behind::UpperHalf, l - 1, -1);
            add(y - half + gap, shadow.lower_side_mm, Behind::BothHalves, l - 1, l);
            add(y + half - gap, shadow.upper_side_mm, Behind::LowerHalf, -1, l);
        }
        add(y + half + gap, shadow.upper_side_mm, Behind::Leaf, l, l);
    }
    seen_.assign(strips_.size(), false);
    first_ = pairs;
    for (int j = 0; j < rows; ++j) {
        const double a = y0 + j * pixel;
        double above = 1;
        for (std::size_t s = 0; s < strips_.size(); ++s) {
            const double next = s + 1 < strips_.size() ? part_above(starts[s + 1].y, starts[s + 1].sigma, a, pixel) : 0;
            const double begin = above;
            above = next;
            if (std::abs(begin - next) < 1e-7) continue;
            rows_[static_cast<std::size_t>(j)].push_back({s, begin, next});
            seen_[s] = true;
            for (int l : {strips_[s].upper, strips_[s].lower})
                if (l >= 0 && l < pairs) {
                    first_ = std::min(first_, l);
                    last_ = std::max(last_, l + 1);
                }
        }
    }
    first_ = std::min(first_, last_);
}

}  // namespace coutard::dose
