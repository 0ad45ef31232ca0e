#include "dose/machine/delivered_map.hpp"

#include <algorithm>
#include <cmath>

#include "dose/machine/beam_check.hpp"

namespace coutard::dose {
namespace {

/// Mean part of [a, a + width] that lies below an edge moving evenly from u0 to u1.
double part_below(double u0, double u1, double a, double width) {
    const auto whole = [&](double u) {  // antiderivative of clamp(u - a, 0, width)
        const double d = u - a;
        return d <= 0 ? 0 : d < width ? 0.5 * d * d : width * (d - 0.5 * width);
    };
    if (std::abs(u1 - u0) < 1e-6) return std::clamp(0.5 * (u0 + u1) - a, 0.0, width) / width;
    return (whole(u1) - whole(u0)) / ((u1 - u0) * width);
}

/// Mean part of each of n pixels from x0 on that lies between two edges that move evenly.
std::vector<double> open_parts(double low0, double low1, double high0, double high1, double x0, double pixel, int n) {
    std::vector<double> out;
    for (int i = 0; i < n; ++i) {
        const double a = x0 + i * pixel;
        out.push_back(std::max(0.0, part_below(high0, high1, a, pixel) - part_below(low0, low1, a, pixel)));
    }
    return out;
}

FluenceMap empty_map(const Beam& beam, double margin, double pixel) {
    Jaws all = beam.control_points.front().jaws;
    for (const auto& p : beam.control_points) {
        all.x1 = std::min(all.x1, p.jaws.x1);
        all.x2 = std::max(all.x2, p.jaws.x2);
        all.y1 = std::min(all.y1, p.jaws.y1);
        all.y2 = std::max(all.y2, p.jaws.y2);
    }
    FluenceMap map;
    map.pixel_mm = pixel;
    map.x0_mm = pixel * std::floor((all.x1 - margin) / pixel);
    map.y0_mm = pixel * std::floor((all.y1 - margin) / pixel);
    map.nx = static_cast<int>(std::ceil((all.x2 + margin - map.x0_mm) / pixel));
    map.ny = static_cast<int>(std::ceil((all.y2 + margin - map.y0_mm) / pixel));
    map.values.assign(static_cast<std::size_t>(map.nx) * static_cast<std::size_t>(map.ny), 0.0);
    return map;
}

/// Open part of a row of pixels under the leaves: rows cut by a leaf edge take both leaves in proportion.
/// Exact while at most one of jaws along x, jaws along y and leaves moves.
void add_segment(FluenceMap& map, const ControlPoint& from, const ControlPoint& to, double mu, const Machine& machine) {
    const double p = map.pixel_mm, half = machine.dosimetric_leaf_gap_mm / 2;
    const auto jaw_x = open_parts(from.jaws.x1, to.jaws.x1, from.jaws.x2, to.jaws.x2, map.x0_mm, p, map.nx);
    const auto jaw_y = open_parts(from.jaws.y1, to.jaws.y1, from.jaws.y2, to.jaws.y2, map.y0_mm, p, map.ny);
    const double leak = machine.jaw_transmission, leaf = machine.leaf_transmission;
    std::vector<double> open(static_cast<std::size_t>(map.nx) * static_cast<std::size_t>(map.ny),
                             from.leaves_x1.empty() ? 1.0 : 0.0);
    for (std::size_t l = 0; l < from.leaves_x1.size(); ++l) {
        const double y1 = machine.leaf_edges_mm[l], y2 = machine.leaf_edges_mm[l + 1];
        const int first = std::max(0, static_cast<int>(std::floor((y1 - map.y0_mm) / p)));
        const int last = std::min(map.ny - 1, static_cast<int>(std::ceil((y2 - map.y0_mm) / p)) - 1);
        if (first > last) continue;
        const auto parts = open_parts(from.leaves_x1[l] - half, to.leaves_x1[l] - half, from.leaves_x2[l] + half,
                                      to.leaves_x2[l] + half, map.x0_mm, p, map.nx);
        for (int j = first; j <= last; ++j) {
            const double a = map.y0_mm + j * p, share = (std::min(a + p, y2) - std::max(a, y1)) / p;
            for (int i = 0; i < map.nx; ++i)
                open[static_cast<std::size_t>(j) * static_cast<std::size_t>(map.nx) + static_cast<std::size_t>(i)] +=
                    share * (leaf + (1 - leaf) * parts[static_cast<std::size_t>(i)]);
        }
    }
    for (int j = 0; j < map.ny; ++j)
        for (int i = 0; i < map.nx; ++i) {
            const double jaws = jaw_x[static_cast<std::size_t>(i)] * jaw_y[static_cast<std::size_t>(j)];
            map.at(i, j) +=
                mu * (leak + (1 - leak) * jaws) *
                open[static_cast<std::size_t>(j) * static_cast<std::size_t>(map.nx) + static_cast<std::size_t>(i)];
        }
}

/// Signed way from a to b on the circle: the shorter one, clockwise (rising) for half a turn, as the plan
/// reader takes it.
double arc(double a, double b) {
    const double way = std::remainder(b - a, 360.0);
    return way <= -180 ? 180 : way;
}

/// The machine at a part of its even motion between two control points.
ControlPoint between(const ControlPoint& a, const ControlPoint& b, double part) {
    const auto mix = [part](double u, double v) { return u + part * (v - u); };
    ControlPoint out = a;
    out.gantry_deg = a.gantry_deg + part * arc(a.gantry_deg, b.gantry_deg);
    out.cumulative = mix(a.cumulative, b.cumulative);
    out.jaws = {mix(a.jaws.x1, b.jaws.x1), mix(a.jaws.x2, b.jaws.x2), mix(a.jaws.y1, b.jaws.y1),
                mix(a.jaws.y2, b.jaws.y2)};
    for (std::size_t l = 0; l < a.leaves_x1.size(); ++l) {
        out.leaves_x1[l] = mix(a.leaves_x1[l], b.leaves_x1[l]);
        out.leaves_x2[l] = mix(a.leaves_x2[l], b.leaves_x2[l]);
    }
    return out;
}

/// Longest way of a leaf or jaw edge between two control points [mm], and how many of the three factors of
/// the open part move: jaws along x, jaws along y, leaves.
struct EdgeMotion {
    double fastest_mm = 0;
    int moving = 0;
};

EdgeMotion edge_motion(const ControlPoint& a, const ControlPoint& b) {
    const double x = std::max(std::abs(b.jaws.x1 - a.jaws.x1), std::abs(b.jaws.x2 - a.jaws.x2)),
                 y = std::max(std::abs(b.jaws.y1 - a.jaws.y1), std::abs(b.jaws.y2 - a.jaws.y2));
    double leaves = 0;
    for (std::size_t l = 0; l < a.leaves_x1.size(); ++l)
        leaves =
            std::max({leaves, std::abs(b.leaves_x1[l] - a.leaves_x1[l]), std::abs(b.leaves_x2[l] - a.leaves_x2[l])});
    return {std::max({x, y, leaves}), (x > 0) + (y > 0) + (leaves > 0)};
}

/// A segment of any motion. The mean of a product of open parts is the product of their means only while at
/// most one of them moves; else the motion is cut so finely that none moves far.
void add_motion(FluenceMap& map, const ControlPoint& a, const ControlPoint& b, double mu, const Machine& machine) {
    constexpr double step_mm = 0.5;
    const EdgeMotion motion = edge_motion(a, b);
    const int parts = motion.moving <= 1 ? 1 : static_cast<int>(std::ceil(motion.fastest_mm / step_mm));
    for (int p = 0; p < parts; ++p)
        add_segment(map, between(a, b, static_cast<double>(p) / parts), between(a, b, (p + 1.0) / parts), mu / parts,
                    machine);
}

/// Maps of a beam, filled segment by segment: a segment joins the last map while its gantry way allows.
class DirectionMaps {
  public:
    DirectionMaps(const Beam& beam, const BeamModel& model, double arc_step_deg, double pixel_mm)
        : beam_(beam),
          model_(model),
          arc_step_deg_(arc_step_deg),
          empty_(empty_map(beam, std::max(10.0, model.blur_reach_mm()), pixel_mm)) {}

    void add(const ControlPoint& a, const ControlPoint& b) {
        const double mu = (b.cumulative - a.cumulative) * beam_.monitor_units, way = arc(a.gantry_deg, b.gantry_deg);
        if (mu <= 0) return;
        const int parts = std::max(1, static_cast<int>(std::ceil(std::abs(way) / arc_step_deg_ - 1e-9)));
        for (int p = 0; p < parts; ++p)
            add_part(between(a, b, static_cast<double>(p) / parts), between(a, b, (p + 1.0) / parts), mu / parts,
                     way / parts);
    }
    std::vector<DirectionFluence> finish() {
        close();
        for (auto& direction : out_) direction.map = shaped(direction.map, model_, 0);
        return std::move(out_);
    }

  private:
    void add_part(const ControlPoint& a, const ControlPoint& b, double mu, double way) {
        const bool same = !out_.empty() && std::abs(travelled_) + std::abs(way) <= arc_step_deg_ + 1e-9 &&
                          std::abs(arc(out_.back().gantry_deg + travelled_, a.gantry_deg)) < 1e-6 &&
                          out_.back().collimator_deg == a.collimator_deg && out_.back().couch_deg == a.couch_deg;
        if (!same) {
            close();
            out_.push_back({a.gantry_deg, a.collimator_deg, a.couch_deg, 0, empty_});
            travelled_ = weighted_ = 0;
        }
        weighted_ += mu * (travelled_ + 0.5 * way);
        travelled_ += way;
        out_.back().monitor_units += mu;
        add_motion(out_.back().map, a, b, mu, model_.machine);
    }
    void close() {
        if (out_.empty() || out_.back().monitor_units <= 0) return;
        out_.back().gantry_deg += weighted_ / out_.back().monitor_units;
    }

    const Beam& beam_;
    const BeamModel& model_;
    double arc_step_deg_;
    FluenceMap empty_;
    std::vector<DirectionFluence> out_;
    double travelled_ = 0, weighted_ = 0;  // of the open map: gantry way, and its mean weighted with MU
};

}  // namespace

std::vector<DirectionFluence> delivered_maps(const Beam& beam, const BeamModel& model, double arc_step_deg,
                                             double pixel_mm) {
    check_beam(beam, model.machine);
    DirectionMaps maps(beam, model, arc_step_deg, pixel_mm);
    for (std::size_t k = 0; k + 1 < beam.control_points.size(); ++k)
        maps.add(beam.control_points[k], beam.control_points[k + 1]);
    return maps.finish();
}

}  // namespace coutard::dose
