#include "dose/machine/visible_source.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/geom/iec61217.hpp"

namespace coutard::dose {
namespace {
constexpr double everywhere_mm = 1e6;
constexpr double half_pixel = 0.5;
constexpr int farthest_neighbour = 4;  // that a ray may slant to within the leaves' thickness
constexpr double farthest_mm = 400;    // from the axis at the isocentre plane

/// Distribution function of the unit normal from a table, linear between: off by less than 3e-7. A map asks for it some
/// millions of times.
class NormalBelow {
  public:
    static double at(double u) {
        static const NormalBelow table;
        const double place = (u + reach) / step;
        if (!(place > 0)) return 0;
        const auto k = static_cast<std::size_t>(place);
        if (k + 1 >= table.values_.size()) return 1;
        return table.values_[k] + (place - static_cast<double>(k)) * (table.values_[k + 1] - table.values_[k]);
    }

  private:
    static constexpr double reach = 6, step = 1.0 / 320;
    NormalBelow() {
        for (int k = 0; k * step <= 2 * reach; ++k)
            values_.push_back(0.5 * std::erfc((reach - k * step) / std::numbers::sqrt2));
    }
    std::vector<double> values_;
};
}  // namespace

VisibleSource::VisibleSource(const BeamModel& model, const DiscSource& disc, double collimator_deg,
                             bool stopped_by_any_metal)
    : model_(model), disc_(disc) {
    const iec::Turn t = iec::turn(collimator_deg);
    sigma_x_ = std::hypot(disc.sigma_x_mm * t.cos, disc.sigma_y_mm * t.sin);
    sigma_y_ = std::hypot(disc.sigma_x_mm * t.sin, disc.sigma_y_mm * t.cos);
    const HeadGeometry& head = model.head;
    leaf_leak_ = stopped_by_any_metal ? 0 : model.machine.leaf_transmission;
    end_gap_mm_ = stopped_by_any_metal ? head.end_offset_mm : 0.5 * model.machine.dosimetric_leaf_gap_mm;
    // a slant ray may cross a corner of a jaw: the corner that takes 1/e of it stands for the face
    const auto planes = [&](const CollimatorFaces& faces, double per_mm) {
        const double in =
            stopped_by_any_metal || per_mm <= 0 ? 0 : std::min(1 / per_mm, 0.5 * (faces.far_mm - faces.near_mm));
        return std::vector<Projection>{projection(disc.from_target_mm, faces.near_mm + in, head.sad_mm),
                                       projection(disc.from_target_mm, faces.far_mm - in, head.sad_mm)};
    };
    jaw_x_ = planes(head.jaw_x, head.jaw_x_per_mm);
    jaw_y_ = planes(head.jaw_y, head.jaw_y_per_mm);
    const double in = stopped_by_any_metal || head.leaf_per_mm <= 0
                          ? 0
                          : std::min(1 / head.leaf_per_mm, 0.5 * (head.leaf.far_mm - head.leaf.near_mm));
    upper_ = projection(disc.from_target_mm, head.leaf.near_mm + in, head.sad_mm);
    lower_ = projection(disc.from_target_mm, head.leaf.far_mm - in, head.sad_mm);
    middle_ = projection(disc.from_target_mm, head.leaf.middle_mm(), head.sad_mm);
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
    return NormalBelow::at(of.high / sigma) - NormalBelow::at(of.low / sigma);
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

VisibleSource::Rows VisibleSource::rows(const FluenceMap& map, const ControlPoint& point) const {
    constexpr double least_share = 1e-7;
    const int leaves = static_cast<int>(point.leaves_x1.size());
    Rows out{point.jaws.y1, point.jaws.y2, point.leaves_x1.size(), {}};
    for (int a = leaves > 0 ? -1 : 0; a < leaves + 1; ++a)
        for (int b = std::max(leaves > 0 ? -1 : 0, a - farthest_neighbour);
             b < std::min(leaves, a + farthest_neighbour) + 1; ++b) {
            Rows::Way way{a, b, {}};
            bool any = false;
            for (int j = 0; j < map.ny; ++j) {
                const double y = map.y0_mm + (j + half_pixel) * map.pixel_mm;
                way.share.push_back(share(through(jaw_y_, point.jaws.y1, point.jaws.y2, y)
                                              .cut(row(a, leaves, upper_, 0.5 * model_.head.tongue_mm, y))
                                              .cut(row(b, leaves, lower_, -0.5 * model_.head.tongue_mm, y)),
                                          sigma_y_));
                any = any || way.share.back() > least_share;
            }
            if (any) out.ways.push_back(std::move(way));
            if (leaves == 0) return out;
        }
    return out;
}

void VisibleSource::add(FluenceMap& map, const ControlPoint& point, double weight, Rows& rows_of_map) const {
    if (rows_of_map.jaw_y1 != point.jaws.y1 || rows_of_map.jaw_y2 != point.jaws.y2 ||
        rows_of_map.pairs != point.leaves_x1.size())
        rows_of_map = rows(map, point);
    const int leaves = static_cast<int>(point.leaves_x1.size());
    const double once = std::sqrt(leaf_leak_);  // behind half of the thickness
    const auto x_at = [&](int i) { return map.x0_mm + (i + half_pixel) * map.pixel_mm; };
    std::vector<Seen> jaws;
    for (int i = 0; i < map.nx; ++i) {
        const Interval open = through(jaw_x_, point.jaws.x1, point.jaws.x2, x_at(i));
        jaws.push_back({open, share(open, sigma_x_)});
    }
    // what columns of pixels see between the tips of a leaf pair; found when a ray passes there
    std::vector<std::vector<Seen>> between(static_cast<std::size_t>(leaves) + 2);
    const auto seen = [&](int leaf) -> const auto& {
        auto& columns = between[static_cast<std::size_t>(leaf + 1)];
        for (int i = static_cast<int>(columns.size()); i < map.nx; ++i) {
            const Interval open =
                jaws[static_cast<std::size_t>(i)].interval.cut(between_tips(point, leaf, leaves, x_at(i)));
            columns.push_back({open, share(open, sigma_x_)});
        }
        return columns;
    };
    std::vector<double> along_x(static_cast<std::size_t>(map.nx));
    for (const Rows::Way& way : rows_of_map.ways) {
        const auto &above = seen(way.upper), &below = seen(way.lower);
        for (std::size_t i = 0; i < along_x.size(); ++i) {
            const Interval &a = above[i].interval, &b = below[i].interval;
            const double all = jaws[i].share, one = above[i].share, other = below[i].share,
                         both = a.low == b.low && a.high == b.high ? one : share(a.cut(b), sigma_x_);
            along_x[i] = weight * (both + once * (one + other - 2 * both) + leaf_leak_ * (all - one - other + both));
        }
        for (int j = 0; j < map.ny; ++j) {
            const double part = way.share[static_cast<std::size_t>(j)];
            if (part == 0) continue;
            double* to = map.values.data() + static_cast<std::size_t>(j) * along_x.size();
            for (std::size_t i = 0; i < along_x.size(); ++i) to[i] += part * along_x[i];
        }
    }
}

VisibleSource::Interval VisibleSource::row(int leaf, int leaves, const Projection& plane, double shift,
                                           double y) const {
    if (leaves == 0) return {-everywhere_mm, everywhere_mm};
    const auto& edges = model_.machine.leaf_edges_mm;
    const double low = leaf < 0 ? -everywhere_mm : edges[static_cast<std::size_t>(leaf)] + shift,
                 high = leaf >= leaves ? everywhere_mm : edges[static_cast<std::size_t>(leaf + 1)] + shift;
    return {(low - plane.spread * y) / plane.shift, (high - plane.spread * y) / plane.shift};
}

VisibleSource::Interval VisibleSource::between_tips(const ControlPoint& point, int leaf, int leaves, double x) const {
    if (leaf < 0 || leaf >= leaves) return {-everywhere_mm, everywhere_mm};
    const auto l = static_cast<std::size_t>(leaf);
    return {touching(point.leaves_x1[l], -1, x), touching(point.leaves_x2[l], 1, x)};
}

double VisibleSource::touching(double tip, int side, double x) const {
    const HeadGeometry& head = model_.head;
    const double arc = head.end_radius_mm * head.sad_mm / head.leaf.middle_mm();
    const auto steep = [](double slope) { return std::sqrt(1 + slope * slope); };
    // the arc of equation (2) touches the ray of a slope where it reaches that much less far than for the target's ray
    double edge = tip + side * end_gap_mm_;
    for (int n = 0; n < 3; ++n) {
        const double from = (edge - middle_.spread * x) / middle_.shift,
                     slope = (x - from) / (head.sad_mm - disc_.from_target_mm);
        edge = tip + side * (end_gap_mm_ + arc * (steep(tip / head.sad_mm) - steep(slope)));
    }
    return (edge - middle_.spread * x) / middle_.shift;
}

}  // namespace coutard::dose
