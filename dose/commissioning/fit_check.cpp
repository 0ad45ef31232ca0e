#include "dose/commissioning/fit_check.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace coutard::dose {
namespace {

// AAPM MPPG 5.b (Geurts et al., J Appl Clin Med Phys 23 (2022) e13641, table 1): 2 % of the local dose within the
// field and beyond the build-up, 2 mm in penumbrae (3 in 5.a), 3 % of the
// maximum in tails, 2 % of output factors
constexpr double inside_percent = 2, penumbra_mm = 2, outside_percent = 3, output_percent = 2;
constexpr double shallow_mm = 3, edge_mm = 10;

class Gather {
  public:
    explicit Gather(double limit) { region_.limit = limit; }
    void add(double difference, double at_mm) {
        if (region_.count == 0 || std::abs(difference) > std::abs(region_.worst)) {
            region_.worst = difference;
            region_.at_mm = at_mm;
        }
        square_ += difference * difference;
        ++region_.count;
    }
    CurveCheck::Region done() {
        if (region_.count > 0) region_.rms = std::sqrt(square_ / static_cast<double>(region_.count));
        return region_;
    }

  private:
    CurveCheck::Region region_;
    double square_ = 0;
};

/// Where values pass a level on one side of the axis, seen from outside. \param side -1 or 1
std::optional<double> passes_at(const MeasuredCurve& m, const std::vector<double>& values, double level, int side) {
    const auto n = static_cast<int>(values.size());
    for (int k = 0; k + 1 < n; ++k) {
        const auto a = static_cast<std::size_t>(side > 0 ? n - 1 - k : k),
                   b = static_cast<std::size_t>(side > 0 ? n - 2 - k : k + 1);
        if (values[a] >= level) return std::nullopt;  // begins above the level: not all of the edge was measured
        if (values[b] < level) continue;
        const double t = (level - values[a]) / (values[b] - values[a]), from = m.place_mm(m.points[a]);
        return from + t * (m.place_mm(m.points[b]) - from);
    }
    return std::nullopt;
}

void check_depths(const FittedCurve& c, CurveCheck& out) {
    Gather inside(inside_percent), build_up(0);
    const auto peak = static_cast<std::size_t>(std::max_element(c.wanted.begin(), c.wanted.end()) - c.wanted.begin());
    for (std::size_t i = 0; i < c.wanted.size(); ++i) {
        const double z = c.measured.points[i].at_mm.z, d = c.found[i] - c.wanted[i];
        if (i >= peak && c.wanted[i] > 0)
            inside.add(100 * d / c.wanted[i], z);
        else if (z >= shallow_mm)
            build_up.add(100 * d / c.wanted[peak], z);
    }
    out.inside = inside.done();
    out.build_up = build_up.done();
}

void check_profile(const FittedCurve& c, double sad_mm, CurveCheck& out) {
    const MeasuredCurve& m = c.measured;
    const double zoom = (m.ssd_mm + m.depth_mm()) / sad_mm, x = 0.5 * m.field_x_mm * zoom,
                 y = 0.5 * m.field_y_mm * zoom;
    const bool slant = m.axis == 'd' || m.axis == 'e';
    const double half = slant ? std::sqrt(2.0) * std::min(x, y) : m.axis == 'x' ? x : y;
    const double rim = (slant ? std::sqrt(2.0) : 1) * std::min(edge_mm, 0.4 * std::min(x, y));
    Gather inside(inside_percent), outside(outside_percent), penumbra(penumbra_mm);
    for (std::size_t i = 0; i < c.wanted.size(); ++i) {
        const double at = m.place_mm(m.points[i]), d = 100 * (c.found[i] - c.wanted[i]);
        if (std::abs(at) <= half - rim) inside.add(d, at);
        if (std::abs(at) >= half + edge_mm) outside.add(d, at);
    }
    for (int side : {-1, 1})
        for (double level : {0.2, 0.5, 0.8}) {
            const auto a = passes_at(m, c.wanted, level, side), b = passes_at(m, c.found, level, side);
            if (a && b) penumbra.add(side * (*b - *a), *a);
        }
    out.inside = inside.done();
    out.outside = outside.done();
    out.penumbra = penumbra.done();
}

}  // namespace

bool CurveCheck::Region::passes() const {
    return count == 0 || limit <= 0 || std::abs(worst) <= limit;
}

bool CurveCheck::passes() const {
    return inside.passes() && penumbra.passes() && outside.passes() && output.passes();
}

CurveCheck check_curve(const FittedCurve& curve, double sad_mm) {
    CurveCheck out;
    out.title = curve.measured.title();
    out.held_out = curve.held_out;
    switch (curve.measured.kind) {
        case CurveKind::DepthDose:
            check_depths(curve, out);
            break;
        case CurveKind::Profile:
            check_profile(curve, sad_mm, out);
            break;
        case CurveKind::Output: {
            Gather output(output_percent);
            output.add(100 * (curve.found[0] / curve.wanted[0] - 1), curve.measured.depth_mm());
            out.output = output.done();
            break;
        }
    }
    return out;
}

}  // namespace coutard::dose
