#include "dose/machine/visible_source.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/geom/iec61217.hpp"

namespace coutard::dose {
namespace {
constexpr double everywhere_mm = 1e6;
constexpr double farthest_mm = 400;  // from the axis at the isocentre plane
}  // namespace

VisibleSource::VisibleSource(const BeamModel& model, const DiscSource& disc, double collimator_deg,
                             bool stopped_by_any_metal)
    : model_(model), disc_(disc) {
    const iec::Turn t = iec::turn(collimator_deg);
    sigma_x_ = std::hypot(disc.sigma_x_mm * t.cos, disc.sigma_y_mm * t.sin);
    sigma_y_ = std::hypot(disc.sigma_x_mm * t.sin, disc.sigma_y_mm * t.cos);
    leaf_leak_ = stopped_by_any_metal ? 0 : model.machine.leaf_transmission;
    const HeadGeometry& head = model.head;
    // a slant ray may cross a corner of a jaw: the corner that takes 1/e of it stands for the face
    const auto planes = [&](const CollimatorFaces& faces, double per_mm) {
        const double in =
            stopped_by_any_metal || per_mm <= 0 ? 0 : std::min(1 / per_mm, 0.5 * (faces.far_mm - faces.near_mm));
        return std::vector<Projection>{projection(disc.from_target_mm, faces.near_mm + in, head.sad_mm),
                                       projection(disc.from_target_mm, faces.far_mm - in, head.sad_mm)};
    };
    jaw_x_ = planes(head.jaw_x, head.jaw_x_per_mm);
    jaw_y_ = planes(head.jaw_y, head.jaw_y_per_mm);
    leaf_ = {projection(disc.from_target_mm, head.leaf.middle_mm(), head.sad_mm)};
}

VisibleSource::Interval VisibleSource::Interval::cut(const Interval& other) const {
    return {std::max(low, other.low), std::min(high, other.high)};
}

VisibleSource::Interval VisibleSource::through(const std::vector<Projection>& planes, double low, double high,
                                               double q) const {
    Interval out{-everywhere_mm, everywhere_mm};
    for (const auto& p : planes) out = out.cut({(low - p.spread * q) / p.shift, (high - p.spread * q) / p.shift});
    return out;
}

double VisibleSource::share(const Interval& of, double sigma) {
    if (of.high <= of.low) return 0;
    const auto below = [sigma](double p) { return 0.5 * std::erfc(-p / (sigma * std::numbers::sqrt2)); };
    return below(of.high) - below(of.low);
}

FluenceMap VisibleSource::empty_map(const std::vector<ControlPoint>& points, double pixel) const {
    Jaws all = points.front().jaws;
    for (const auto& p : points)
        all = {std::min(all.x1, p.jaws.x1), std::max(all.x2, p.jaws.x2), std::min(all.y1, p.jaws.y1),
               std::max(all.y2, p.jaws.y2)};
    const auto reach = [](const std::vector<Projection>& planes, double edge, double sigma) {
        double most = 0;
        for (const auto& p : planes) most = std::max(most, (edge + 3.5 * sigma * p.shift) / p.spread);
        return std::min(most, farthest_mm);
    };
    const double x1 = -reach(jaw_x_, -all.x1, sigma_x_), x2 = reach(jaw_x_, all.x2, sigma_x_),
                 y1 = -reach(jaw_y_, -all.y1, sigma_y_), y2 = reach(jaw_y_, all.y2, sigma_y_);
    FluenceMap map;
    map.pixel_mm = pixel;
    map.x0_mm = pixel * std::floor(std::min(x1, x2 - pixel) / pixel);
    map.y0_mm = pixel * std::floor(std::min(y1, y2 - pixel) / pixel);
    map.nx = std::max(1, static_cast<int>(std::ceil((x2 - map.x0_mm) / pixel)));
    map.ny = std::max(1, static_cast<int>(std::ceil((y2 - map.y0_mm) / pixel)));
    map.values.assign(static_cast<std::size_t>(map.nx) * static_cast<std::size_t>(map.ny), 0.0);
    return map;
}

void VisibleSource::add(FluenceMap& map, const ControlPoint& point, double weight) const {
    const auto& edges = model_.machine.leaf_edges_mm;
    const std::size_t pairs = point.leaves_x1.size();
    const double half_gap = 0.5 * model_.machine.dosimetric_leaf_gap_mm;
    std::vector<double> along_y(static_cast<std::size_t>(map.ny));
    // rows of the opening along y: leaf pairs, and what lies beside the leaves
    for (std::size_t r = 0; r < pairs + (pairs > 0 ? 2 : 1); ++r) {
        const bool leaf = r < pairs;
        Interval row{-everywhere_mm, everywhere_mm};
        if (leaf) row = {edges[r], edges[r + 1]};
        if (!leaf && pairs > 0)
            row = r == pairs ? Interval{-everywhere_mm, edges.front()} : Interval{edges.back(), everywhere_mm};
        bool any = false;
        for (int j = 0; j < map.ny; ++j) {
            const double y = map.y0_mm + (j + 0.5) * map.pixel_mm;
            const double s = share(
                through(jaw_y_, point.jaws.y1, point.jaws.y2, y).cut(through(leaf_, row.low, row.high, y)), sigma_y_);
            along_y[static_cast<std::size_t>(j)] = weight * s;
            any = any || s > 0;
        }
        if (!any) continue;
        for (int i = 0; i < map.nx; ++i) {
            const double x = map.x0_mm + (i + 0.5) * map.pixel_mm;
            const Interval jaws = through(jaw_x_, point.jaws.x1, point.jaws.x2, x);
            double s = share(jaws, sigma_x_);
            if (leaf)
                s = leaf_leak_ * s + (1 - leaf_leak_) * share(jaws.cut(through(leaf_, point.leaves_x1[r] - half_gap,
                                                                               point.leaves_x2[r] + half_gap, x)),
                                                              sigma_x_);
            if (s <= 0) continue;
            for (int j = 0; j < map.ny; ++j) map.at(i, j) += s * along_y[static_cast<std::size_t>(j)];
        }
    }
}

}  // namespace coutard::dose
