#include "engine/shape/boolean.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/par/for_each.hpp"

namespace coutard {
namespace {

template <class Part>
Mask combine(const Mask& a, const Mask& b, const Part& part) {
    expect(a.grid().same_as(b.grid()), "boolean operation: both masks lie on one grid");
    Mask out(a.grid());
    for (std::size_t v = 0; v < out.count(); ++v) out[v] = static_cast<std::uint8_t>(part(int{a[v]}, int{b[v]}));
    return out;
}

/// Visits the up to six neighbours of a voxel that share a face.
template <class Visit>
void for_each_neighbour(const Size3& n, std::size_t v, const Visit& visit) {
    const auto x = static_cast<std::size_t>(n.x), xy = x * static_cast<std::size_t>(n.y);
    const std::size_t i = v % x, j = v / x % static_cast<std::size_t>(n.y), k = v / xy;
    if (i > 0) visit(v - 1);
    if (i + 1 < x) visit(v + 1);
    if (j > 0) visit(v - x);
    if (j + 1 < static_cast<std::size_t>(n.y)) visit(v + x);
    if (k > 0) visit(v - xy);
    if (k + 1 < static_cast<std::size_t>(n.z)) visit(v + xy);
}

/// Fill what cannot be reached from the rim of slice k.
void fill_slice(Mask& mask, int k) {
    const Size3 n = mask.grid().size();
    const auto cell = [&](int i, int j) {
        return static_cast<std::size_t>(j) * static_cast<std::size_t>(n.x) + static_cast<std::size_t>(i);
    };
    const std::size_t base = mask.grid().flat(0, 0, k);
    std::vector<std::uint8_t> reached(cell(0, n.y), 0);
    std::vector<std::array<int, 2>> stack;
    const auto visit = [&](int i, int j) {
        if (i < 0 || j < 0 || i >= n.x || j >= n.y || reached[cell(i, j)] || inside(mask, base + cell(i, j))) return;
        reached[cell(i, j)] = 1;
        stack.push_back({i, j});
    };
    for (int i = 0; i < n.x; ++i) visit(i, 0), visit(i, n.y - 1);
    for (int j = 0; j < n.y; ++j) visit(0, j), visit(n.x - 1, j);
    while (!stack.empty()) {
        const auto [i, j] = stack.back();
        stack.pop_back();
        visit(i - 1, j), visit(i + 1, j), visit(i, j - 1), visit(i, j + 1);
    }
    for (std::size_t c = 0; c < reached.size(); ++c)
        if (!reached[c] && !inside(mask, base + c)) mask[base + c] = 255;
}

}  // namespace

Mask unite(const Mask& a, const Mask& b) {
    return combine(a, b, [](int p, int q) { return std::max(p, q); });
}
Mask intersect(const Mask& a, const Mask& b) {
    return combine(a, b, [](int p, int q) { return std::min(p, q); });
}
Mask subtract(const Mask& a, const Mask& b) {
    return combine(a, b, [](int p, int q) { return std::min(p, 255 - q); });
}
Mask exclusive_or(const Mask& a, const Mask& b) {
    return combine(a, b, [](int p, int q) { return std::max(std::min(p, 255 - q), std::min(q, 255 - p)); });
}

double volume_cm3(const Mask& mask) {
    std::uint64_t sum = 0;
    for (const auto part : mask.values()) sum += part;
    return static_cast<double>(sum) / 255.0 * mask.grid().voxel_cm3();
}

std::vector<Component> components(const Mask& mask) {
    std::vector<Component> found;
    std::vector<std::uint8_t> seen(mask.count(), 0);
    for (std::size_t start = 0; start < mask.count(); ++start) {
        if (seen[start] || !inside(mask, start)) continue;
        Component component;
        seen[start] = 1;
        component.voxels.push_back(start);
        std::uint64_t sum = 0;
        for (std::size_t at = 0; at < component.voxels.size(); ++at) {  // breadth first; the list is the queue
            const std::size_t v = component.voxels[at];
            sum += mask[v];
            for_each_neighbour(mask.grid().size(), v, [&](std::size_t w) {
                if (seen[w] || !inside(mask, w)) return;
                seen[w] = 1;
                component.voxels.push_back(w);
            });
        }
        component.cm3 = static_cast<double>(sum) / 255.0 * mask.grid().voxel_cm3();
        found.push_back(std::move(component));
    }
    std::stable_sort(found.begin(), found.end(), [](const Component& a, const Component& b) { return a.cm3 > b.cm3; });
    return found;
}

Mask keep_largest(const Mask& mask) {
    Mask out(mask.grid());
    const auto all = components(mask);
    if (all.empty()) return out;
    std::vector<std::uint8_t> kept(mask.count(), 0);
    for (const std::size_t v : all.front().voxels) kept[v] = 1, out[v] = mask[v];
    for (std::size_t v = 0; v < mask.count(); ++v)
        if (mask[v] != 0 && !inside(mask, v))
            for_each_neighbour(mask.grid().size(), v, [&](std::size_t w) {
                if (kept[w]) out[v] = mask[v];
            });
    return out;
}

Mask fill_holes(const Mask& mask) {
    Mask out = mask;
    par::for_each_index(par::Host{}, static_cast<std::size_t>(mask.grid().size().z),
                        [&](std::size_t k) { fill_slice(out, static_cast<int>(k)); });
    return out;
}

Mask with_whole_interior(const Mask& mask) {
    Mask out = mask;
    par::for_each_index(
        par::Host{}, mask.count(),
        [&](std::size_t v) {
            if (!inside(mask, v)) return;
            bool at_surface = false;
            for_each_neighbour(mask.grid().size(), v,
                               [&](std::size_t w) { at_surface = at_surface || !inside(mask, w); });
            if (!at_surface) out[v] = 255;
        },
        4096);
    return out;
}

}  // namespace coutard
