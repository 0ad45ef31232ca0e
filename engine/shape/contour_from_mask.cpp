#include "engine/shape/contour_from_mask.hpp"

#include <cmath>
#include <cstdint>

#include "engine/par/for_each.hpp"
#include "engine/shape/tg263.hpp"

namespace coutard {
namespace {

constexpr double half = 127.5;

/// One slice with a rim of zeros, so that every loop closes.
class Slice {
  public:
    Slice(const Mask& mask, int k) : mask_(mask), k_(k), nx_(mask.grid().size().x), ny_(mask.grid().size().y) {}
    double value(int i, int j) const {
        return i < 0 || j < 0 || i >= nx_ || j >= ny_ ? 0.0 : static_cast<double>(mask_.at(i, j, k_));
    }
    int nx() const { return nx_; }
    int ny() const { return ny_; }

  private:
    const Mask& mask_;
    int k_, nx_, ny_;
};

struct Point {
    double x = 0, y = 0;
};

/// Crossings live on lattice edges: edge (i, j) to (i + 1, j) has the number 2 c, (i, j) to (i, j + 1) has
/// 2 c + 1, with c the number of (i, j) in the lattice with its rim.
class Edges {
  public:
    explicit Edges(const Slice& slice) : slice_(slice), width_(slice.nx() + 2) {}
    std::int32_t count() const { return 2 * width_ * (slice_.ny() + 2); }
    std::int32_t along_x(int i, int j) const { return 2 * ((j + 1) * width_ + i + 1); }
    std::int32_t along_y(int i, int j) const { return along_x(i, j) + 1; }
    Point crossing(std::int32_t edge) const {
        const int cell = edge / 2, i = cell % width_ - 1, j = cell / width_ - 1;
        const bool up = edge % 2 != 0;
        const double a = slice_.value(i, j), b = up ? slice_.value(i, j + 1) : slice_.value(i + 1, j);
        const double t = (half - a) / (b - a);
        return up ? Point{static_cast<double>(i), j + t} : Point{i + t, static_cast<double>(j)};
    }

  private:
    const Slice& slice_;
    int width_;
};

/// Link the crossings of one cell, inside on the left of the way.
void link_cell(const Slice& slice, const Edges& edges, int i, int j, std::vector<std::int32_t>& next) {
    const double v[4] = {slice.value(i, j), slice.value(i + 1, j), slice.value(i + 1, j + 1), slice.value(i, j + 1)};
    bool in[4];
    int count = 0;
    for (int c = 0; c < 4; ++c) count += in[c] = v[c] > half;
    if (count == 0 || count == 4) return;
    // Cell edges counter-clockwise, edge e from corner e to corner e + 1. Walking round the cell, the way
    // leaves through an edge in -> out and enters through an edge out -> in.
    const std::int32_t edge[4] = {edges.along_x(i, j), edges.along_y(i + 1, j), edges.along_x(i, j + 1),
                                  edges.along_y(i, j)};
    // Where two opposite corners are inside, the mean says whether they belong together.
    const bool joined = v[0] + v[1] + v[2] + v[3] > 4 * half;
    for (int e = 0; e < 4; ++e) {
        if (!in[e] || in[(e + 1) % 4]) continue;  // edge e goes in -> out: a way starts here, inside on its left
        int to = (e + 3) % 4;                     // walk back over the inside corners to where it began
        if (count == 2 && in[(e + 2) % 4]) {
            to = joined ? (e + 1) % 4 : to;
        } else {
            while (in[to]) to = (to + 3) % 4;
        }
        next[static_cast<std::size_t>(edge[e])] = edge[to];
    }
}

double area_of(const std::vector<Point>& loop) {
    double twice = 0;
    for (std::size_t p = 0, q = loop.size() - 1; p < loop.size(); q = p++)
        twice += loop[q].x * loop[p].y - loop[p].x * loop[q].y;
    return twice / 2;
}

/// Leave out points on the line of the last point kept and the next one.
std::vector<Vec3> simplified(const std::vector<Vec3>& loop, double tolerance_mm) {
    std::vector<Vec3> kept;
    const std::size_t n = loop.size();
    std::size_t last = 0;
    kept.push_back(loop[0]);
    for (std::size_t p = 1; p < n; ++p) {
        const Vec3 way = loop[(p + 1) % n] - loop[last];
        const double length = norm(way);
        bool straight = length > 1e-9;
        for (std::size_t q = last + 1; straight && q <= p; ++q)
            straight =
                norm(cross(loop[q] - loop[last], way)) <= tolerance_mm * length && dot(loop[q] - loop[last], way) >= 0;
        if (straight) continue;
        kept.push_back(loop[p]);
        last = p;
    }
    return kept;
}

std::vector<Contour> slice_contours(const Mask& mask, int k) {
    const Slice slice(mask, k);
    const Edges edges(slice);
    std::vector<std::int32_t> next;
    for (int j = -1; j < slice.ny(); ++j)
        for (int i = -1; i < slice.nx(); ++i) {
            if (next.empty()) {  // most slices are empty: pay for the table at the first crossing
                if (slice.value(i + 1, j + 1) <= half) continue;
                next.assign(static_cast<std::size_t>(edges.count()), -1);
                i = -1, j = j < 0 ? -1 : j;  // this row again, from its start
            }
            link_cell(slice, edges, i, j, next);
        }
    std::vector<Contour> contours;
    for (std::size_t start = 0; start < next.size(); ++start) {
        std::vector<Point> loop;
        for (auto at = static_cast<std::int32_t>(start); next[static_cast<std::size_t>(at)] >= 0;) {
            loop.push_back(edges.crossing(at));
            at = std::exchange(next[static_cast<std::size_t>(at)], -1);
        }
        if (loop.size() < 3 || std::abs(area_of(loop)) < 0.25) continue;
        std::vector<Vec3> points;
        for (const auto& p : loop) points.push_back(mask.grid().point(p.x, p.y, k));
        points = simplified(points, 0.01);
        if (points.size() >= 3) contours.push_back({std::move(points), ""});
    }
    return contours;
}

}  // namespace

std::vector<Contour> contours_from_mask(const Mask& mask) {
    std::vector<std::vector<Contour>> per_slice(static_cast<std::size_t>(mask.grid().size().z));
    par::for_each_index(par::Host{}, per_slice.size(),
                        [&](std::size_t k) { per_slice[k] = slice_contours(mask, static_cast<int>(k)); });
    std::vector<Contour> all;
    for (auto& some : per_slice) std::move(some.begin(), some.end(), std::back_inserter(all));
    return all;
}

Structure structure_from_mask(std::string_view name, const Mask& mask) {
    const auto entry = standard_name(name);
    Structure structure;
    structure.name = entry.name;
    structure.role = entry.role;
    structure.colour = entry.colour;
    structure.contours = contours_from_mask(mask);
    return structure;
}

}  // namespace coutard
