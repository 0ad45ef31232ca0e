#include "engine/eval/surface_elements.hpp"

#include <algorithm>
#include <cmath>

#include "engine/shape/distance.hpp"

namespace coutard {
namespace {

Vec3 corner(int c) {
    return {double(c & 1), double(c >> 1 & 1), double(c >> 2)};
}

/// The six faces, corners in cyclic order.
constexpr int faces[6][4] = {{0, 2, 6, 4}, {1, 3, 7, 5}, {0, 1, 5, 4}, {2, 3, 7, 6}, {0, 1, 3, 2}, {4, 5, 7, 6}};

/// Name of the edge between two corners: unique, below 64.
int edge(int a, int b) {
    return std::min(a, b) * 8 + std::max(a, b);
}

/// Which two edges each crossed edge is joined to, face by face.
struct Links {
    std::array<std::array<int, 2>, 64> to;
    std::array<int, 64> count{};

    void join(int a, int b) {
        to[static_cast<std::size_t>(a)][static_cast<std::size_t>(count[static_cast<std::size_t>(a)]++)] = b;
        to[static_cast<std::size_t>(b)][static_cast<std::size_t>(count[static_cast<std::size_t>(b)]++)] = a;
    }
};

Links links_of(unsigned code) {
    Links links;
    const auto inside = [code](int c) { return (code >> c & 1U) != 0; };
    for (const auto& face : faces) {
        int crossed[4], n = 0;
        for (int s = 0; s < 4; ++s)
            if (inside(face[s]) != inside(face[(s + 1) % 4])) crossed[n++] = edge(face[s], face[(s + 1) % 4]);
        if (n == 2) links.join(crossed[0], crossed[1]);
        if (n == 4)  // ambiguous: cut off each inside corner by itself
            for (int s = 0; s < 4; ++s)
                if (inside(face[s])) links.join(edge(face[(s + 3) % 4], face[s]), edge(face[s], face[(s + 1) % 4]));
    }
    return links;
}

double area_of(const std::vector<Vec3>& loop) {
    Vec3 centre;
    for (const auto& p : loop) centre = centre + p / static_cast<double>(loop.size());
    double area = 0;
    for (std::size_t i = 0; i < loop.size(); ++i)
        area += norm(cross(loop[i] - centre, loop[(i + 1) % loop.size()] - centre)) / 2;
    return area;
}

double cell_area(unsigned code, const Vec3& spacing_mm) {
    Links links = links_of(code);
    double area = 0;
    for (int start = 0; start < 64; ++start) {
        std::vector<Vec3> loop;
        for (int at = start; links.count[static_cast<std::size_t>(at)] > 0;) {
            const Vec3 mid = (corner(at / 8) + corner(at % 8)) * 0.5;
            loop.push_back({mid.x * spacing_mm.x, mid.y * spacing_mm.y, mid.z * spacing_mm.z});
            links.count[static_cast<std::size_t>(at)] = 0;  // visited
            const auto& next = links.to[static_cast<std::size_t>(at)];
            at = links.count[static_cast<std::size_t>(next[0])] > 0 ? next[0] : next[1];
        }
        if (!loop.empty()) area += area_of(loop);
    }
    return area;
}

}  // namespace

std::array<double, 256> cell_areas(const Vec3& spacing_mm) {
    std::array<double, 256> areas{};
    for (unsigned code = 0; code < 256; ++code) areas[code] = cell_area(code, spacing_mm);
    return areas;
}

SurfaceElements surface_elements(const Mask& mask) {
    const Size3 n = mask.grid().size();
    const auto areas = cell_areas(mask.grid().spacing_mm());
    SurfaceElements surface{{n.x + 1, n.y + 1, n.z + 1}, {}, true};
    surface.area_mm2.reserve(static_cast<std::size_t>(n.x + 1) * static_cast<std::size_t>(n.y + 1) *
                             static_cast<std::size_t>(n.z + 1));
    const auto in = [&](int i, int j, int k) {
        return mask.grid().holds(i, j, k) && inside(mask, mask.grid().flat(i, j, k));
    };
    for (int k = 0; k <= n.z; ++k)
        for (int j = 0; j <= n.y; ++j)
            for (int i = 0; i <= n.x; ++i) {
                std::size_t code = 0;
                for (int c = 0; c < 8; ++c)
                    if (in(i - 1 + (c & 1), j - 1 + (c >> 1 & 1), k - 1 + (c >> 2))) code |= std::size_t{1} << c;
                surface.area_mm2.push_back(static_cast<float>(areas[code]));
                if (areas[code] > 0) surface.empty = false;
            }
    return surface;
}

std::vector<float> distance_to(const SurfaceElements& surface, const Vec3& spacing_mm) {
    expect(!surface.empty, "distance_to: there is a surface");
    constexpr float far_away = 1e18F;
    std::vector<float> distance(surface.area_mm2.size());
    std::transform(surface.area_mm2.begin(), surface.area_mm2.end(), distance.begin(),
                   [](float area) { return area > 0 ? 0 : far_away; });
    for (int axis = 0; axis < 3; ++axis) {
        const double step = spacing_mm[axis] * spacing_mm[axis];
        spread_squares(distance, surface.cells, axis, {step, step}, far_away);
    }
    for (float& d : distance) d = std::sqrt(d);
    return distance;
}

}  // namespace coutard
