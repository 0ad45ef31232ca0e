#include "engine/shape/rasterise.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/par/for_each.hpp"
#include "engine/shape/contour_planes.hpp"
#include "engine/shape/polygon_cover.hpp"

namespace coutard {
namespace {

/// All polygons of one plane.
struct Plane {
    double k = 0;  ///< continuous slice index
    std::vector<PixelPolygon> polygons;
    double low = 0, high = 0;  ///< the slab it stands for, continuous slice index
};

/// The same polygon, whichever point it begins with and whichever way it runs.
bool same_polygon(const PixelPolygon& a, const PixelPolygon& b) {
    constexpr double tolerance = 1e-6;  // pixels
    const std::size_t n = a.size();
    if (b.size() != n) return false;
    const auto equal = [](const PixelPoint& p, const PixelPoint& q) {
        return std::abs(p.x - q.x) < tolerance && std::abs(p.y - q.y) < tolerance;
    };
    for (std::size_t start = 0; start < n; ++start) {
        if (!equal(a[0], b[start])) continue;
        bool on = true, back = true;
        for (std::size_t p = 1; p < n && (on || back); ++p) {
            on = on && equal(a[p], b[(start + p) % n]);
            back = back && equal(a[p], b[(start + n - p) % n]);
        }
        if (on || back) return true;
    }
    return false;
}

/// Planes that are one put together. A contour that is there twice counts once: by the even-odd rule the
/// second would undo the first.
std::vector<Plane> merged(std::vector<Plane> planes, double slice_mm) {
    std::sort(planes.begin(), planes.end(), [](const Plane& a, const Plane& b) { return a.k < b.k; });
    std::vector<Plane> result;
    for (auto& plane : planes) {
        if (result.empty() || (plane.k - result.back().k) * slice_mm >= same_plane_mm(slice_mm)) {
            result.push_back(std::move(plane));
            continue;
        }
        auto& there = result.back().polygons;
        auto& polygon = plane.polygons.front();
        if (std::none_of(there.begin(), there.end(), [&](const auto& p) { return same_polygon(p, polygon); }))
            there.push_back(std::move(polygon));
    }
    return result;
}

std::vector<Plane> planes_of(std::span<const Contour> contours, const Grid& grid, const std::string& name) {
    std::vector<Plane> planes;
    for (const auto& contour : contours) {
        if (contour.points_mm.size() < 3) continue;
        PixelPolygon polygon;
        double low = HUGE_VAL, high = -HUGE_VAL, sum = 0;
        for (const auto& point : contour.points_mm) {
            const Vec3 at = grid.index(point);
            validate(std::isfinite(at.x + at.y + at.z), name + ": a contour point is not finite");
            polygon.push_back({at.x, at.y});
            low = std::min(low, at.z), high = std::max(high, at.z), sum += at.z;
        }
        validate(high - low < 0.2, name + ": contour leaves the plane of the slices by [slices]", high - low,
                 "below 0.2");
        planes.push_back({sum / static_cast<double>(polygon.size()), {std::move(polygon)}, 0, 0});
    }
    return merged(std::move(planes), grid.spacing_mm().z);
}

/// The slab that each plane stands for.
void give_slabs(std::vector<Plane>& planes, double slice_mm) {
    std::vector<double> positions_mm;
    for (const auto& plane : planes) positions_mm.push_back(plane.k * slice_mm);
    const double usual = usual_distance_mm(positions_mm, slice_mm);
    const auto reach = [&](std::size_t from, std::size_t to) {  // from one plane towards its neighbour
        const double gap = to < planes.size() ? std::abs(positions_mm[to] - positions_mm[from]) : HUGE_VAL;
        return (joined(gap, usual) ? gap : usual) / 2 / slice_mm;
    };
    for (std::size_t p = 0; p < planes.size(); ++p) {
        planes[p].low = planes[p].k - reach(p, p == 0 ? planes.size() : p - 1);
        planes[p].high = planes[p].k + reach(p, p + 1);
    }
}

/// Fill slice k from the planes whose slabs reach into it.
void fill_slice(const std::vector<Plane>& planes, const std::vector<Patch>& patches, int k, Mask& mask) {
    const Size3& n = mask.grid().size();
    std::vector<float> sum;
    for (std::size_t p = 0; p < planes.size(); ++p) {
        const double share = std::min(planes[p].high, k + 0.5) - std::max(planes[p].low, k - 0.5);
        if (share <= 1e-9) continue;
        if (sum.empty()) sum.assign(static_cast<std::size_t>(n.x) * static_cast<std::size_t>(n.y), 0.0F);
        const auto& patch = patches[p];
        for (int j = 0; j < patch.ny; ++j)
            for (int i = 0; i < patch.nx; ++i)
                sum[static_cast<std::size_t>(patch.j0 + j) * static_cast<std::size_t>(n.x) +
                    static_cast<std::size_t>(patch.i0 + i)] +=
                    static_cast<float>(share) *
                    patch.part[static_cast<std::size_t>(j) * static_cast<std::size_t>(patch.nx) +
                               static_cast<std::size_t>(i)];
    }
    const std::size_t base = mask.grid().flat(0, 0, k);
    for (std::size_t v = 0; v < sum.size(); ++v)
        mask[base + v] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(sum[v], 0.0F, 1.0F)));
}

Mask rasterise_named(std::span<const Contour> contours, const Grid& grid, const std::string& name) {
    Mask mask(grid);
    auto planes = planes_of(contours, grid, name);
    give_slabs(planes, grid.spacing_mm().z);
    std::vector<Patch> patches(planes.size());
    par::for_each_index(par::Host{}, planes.size(),
                        [&](std::size_t p) { patches[p] = cover(planes[p].polygons, grid.size().x, grid.size().y); });
    par::for_each_index(par::Host{}, static_cast<std::size_t>(grid.size().z),
                        [&](std::size_t k) { fill_slice(planes, patches, static_cast<int>(k), mask); });
    return mask;
}

}  // namespace

Mask rasterise(std::span<const Contour> contours, const Grid& grid) {
    return rasterise_named(contours, grid, "contours");
}
Mask rasterise(const Structure& structure, const Grid& grid) {
    return rasterise_named(structure.contours, grid, "structure " + structure.name);
}

}  // namespace coutard
