#include "engine/plan/motion.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard {

double gantry_way_deg(double a, double b) {
    const double way = std::remainder(b - a, 360.0);
    return way <= -180 ? 180 : way;
}

ControlPoint between(const ControlPoint& a, const ControlPoint& b, double part) {
    const auto mix = [part](double u, double v) { return u + part * (v - u); };
    ControlPoint out = a;
    out.gantry_deg = a.gantry_deg + part * gantry_way_deg(a.gantry_deg, b.gantry_deg);
    out.cumulative = mix(a.cumulative, b.cumulative);
    out.jaws = {mix(a.jaws.x1, b.jaws.x1), mix(a.jaws.x2, b.jaws.x2), mix(a.jaws.y1, b.jaws.y1),
                mix(a.jaws.y2, b.jaws.y2)};
    for (std::size_t l = 0; l < a.leaves_x1.size(); ++l) {
        out.leaves_x1[l] = mix(a.leaves_x1[l], b.leaves_x1[l]);
        out.leaves_x2[l] = mix(a.leaves_x2[l], b.leaves_x2[l]);
    }
    return out;
}

ControlPoint state_at(const Beam& beam, double delivered) {
    const auto& points = beam.control_points;
    expect(points.size() >= 2, "beam " + std::to_string(beam.number) + ": at least two control points, found " +
                                   std::to_string(points.size()));
    std::size_t next = 1;
    while (next + 1 < points.size() && points[next].cumulative < delivered) ++next;
    const ControlPoint &a = points[next - 1], &b = points[next];
    const double span = b.cumulative - a.cumulative;
    return between(a, b, span > 0 ? std::clamp((delivered - a.cumulative) / span, 0.0, 1.0) : 0);
}

}  // namespace coutard
