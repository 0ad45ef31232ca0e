#include "engine/shape/contour_planes.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

constexpr double thick_slice_mm = 5, most_mm = 10;

/// Unit normal of a polygon by Newell's formula, its largest component positive.
Vec3 normal_of(const std::vector<Vec3>& polygon) {
    Vec3 twice_area;
    for (std::size_t p = 0, q = polygon.size() - 1; p < polygon.size(); q = p++)
        twice_area = twice_area + cross(polygon[q] - polygon[0], polygon[p] - polygon[0]);
    const double length = norm(twice_area);
    if (!(length > 0)) return {0, 0, 1};
    const Vec3 n = twice_area / length;
    const auto [least, most] = std::minmax({n.x, n.y, n.z});
    return -least > most ? -n : n;
}

}  // namespace

double same_plane_mm(double slice_mm) {
    return std::clamp(0.3, 0.05 * slice_mm, 0.2 * slice_mm);
}

std::vector<double> distinct_planes(std::vector<double> positions_mm, double slice_mm) {
    std::sort(positions_mm.begin(), positions_mm.end());
    std::vector<double> planes;
    for (const double at : positions_mm)
        if (planes.empty() || at - planes.back() >= same_plane_mm(slice_mm)) planes.push_back(at);
    return planes;
}

double usual_distance_mm(std::span<const double> planes_mm, double slice_mm) {
    expect(slice_mm > 0, "usual_distance_mm: the slice distance is positive");
    std::vector<double> gaps;
    for (std::size_t p = 1; p < planes_mm.size(); ++p) gaps.push_back(planes_mm[p] - planes_mm[p - 1]);
    if (gaps.empty()) return std::min(slice_mm, most_mm);
    const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>((gaps.size() - 1) / 2);
    std::nth_element(gaps.begin(), middle, gaps.end());
    const double usual = gaps.size() > 1 ? *middle : std::min(*middle, std::max(1.5 * slice_mm, thick_slice_mm));
    return std::min(usual, most_mm);
}

std::vector<double> stray_planes(const Structure& structure) {
    constexpr double slice_mm = 3;  // the image is not at hand; it matters for one or two planes only
    std::vector<double> positions;
    Vec3 normal;
    for (const auto& contour : structure.contours) {
        if (contour.points_mm.size() < 3) continue;
        if (positions.empty()) normal = normal_of(contour.points_mm);
        positions.push_back(dot(normal, contour.points_mm.front()));
    }
    const auto planes = distinct_planes(std::move(positions), slice_mm);
    const double usual = usual_distance_mm(planes, slice_mm);
    std::vector<double> strays;
    for (std::size_t p = 0; p < planes.size() && planes.size() > 1; ++p) {
        const bool below = p > 0 && joined(planes[p] - planes[p - 1], usual);
        const bool above = p + 1 < planes.size() && joined(planes[p + 1] - planes[p], usual);
        if (!below && !above) strays.push_back(planes[p]);
    }
    return strays;
}

}  // namespace coutard
