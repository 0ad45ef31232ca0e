#include "engine/shape/contour_from_mask.hpp"

#include <algorithm>
#include <cmath>

#include "engine/par/for_each.hpp"
#include "engine/shape/contour_correction.hpp"
#include "engine/shape/tg263.hpp"

namespace coutard {
namespace {

double area_of(const PixelPolygon& loop) {
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
    const Size3& n = mask.grid().size();
    SliceField field(n.x, n.y);
    for (int j = 0; j < n.y; ++j) {
        const auto row = mask.values().subspan(mask.grid().flat(0, j, k), static_cast<std::size_t>(n.x));
        std::copy(row.begin(), row.end(), &field.at(0, j));
    }
    std::vector<Contour> contours;
    for (const auto& polygon : corrected_polygons(field, level_loops(field, half_coverage))) {
        if (polygon.size() < 3 || std::abs(area_of(polygon)) < 0.25) continue;
        std::vector<Vec3> points;
        for (const auto& p : polygon) points.push_back(mask.grid().point(p.x, p.y, k));
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
