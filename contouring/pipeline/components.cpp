#include "contouring/pipeline/components.hpp"

#include <algorithm>

#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr float kBelowHalf = 0.499F;

std::vector<std::size_t> flood(std::vector<std::uint8_t>& left, std::size_t seed, const Size3& n) {
    const auto nx = static_cast<std::size_t>(n.x), ny = static_cast<std::size_t>(n.y);
    std::vector<std::size_t> region{seed};
    left[seed] = 0;
    for (std::size_t next = 0; next < region.size(); ++next) {
        const int x = static_cast<int>(region[next] % nx), y = static_cast<int>(region[next] / nx % ny),
                  z = static_cast<int>(region[next] / (nx * ny));
        for (int k = std::max(0, z - 1); k <= std::min(n.z - 1, z + 1); ++k)
            for (int j = std::max(0, y - 1); j <= std::min(n.y - 1, y + 1); ++j)
                for (int i = std::max(0, x - 1); i <= std::min(n.x - 1, x + 1); ++i) {
                    const std::size_t v = (static_cast<std::size_t>(k) * ny + static_cast<std::size_t>(j)) * nx +
                                          static_cast<std::size_t>(i);
                    if (!left[v]) continue;
                    left[v] = 0;
                    region.push_back(v);
                }
    }
    std::sort(region.begin(), region.end());
    return region;
}

}  // namespace

std::vector<std::vector<std::size_t>> components(std::span<const std::uint8_t> inside, const Size3& size) {
    expect(inside.size() ==
               static_cast<std::size_t>(size.x) * static_cast<std::size_t>(size.y) * static_cast<std::size_t>(size.z),
           "components: one flag per voxel");
    std::vector<std::uint8_t> left(inside.begin(), inside.end());
    std::vector<std::vector<std::size_t>> regions;
    for (std::size_t v = 0; v < left.size(); ++v)
        if (left[v]) regions.push_back(flood(left, v, size));
    std::stable_sort(regions.begin(), regions.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    return regions;
}

Found keep_largest(Chances& chances, int structure, double keep_part) {
    const auto chance = chances.of(structure);
    const Size3& n = chances.grid.size();
    std::vector<std::uint8_t> inside(chance.size());
    std::transform(chance.begin(), chance.end(), inside.begin(), [](float c) { return c >= 0.5F ? 1 : 0; });
    const auto regions = components(inside, n);
    Found found;
    std::size_t kept = 0;
    const std::size_t slice = static_cast<std::size_t>(n.x) * static_cast<std::size_t>(n.y);
    for (const auto& region : regions) {
        const double part = static_cast<double>(region.size()) / static_cast<double>(regions.front().size());
        if (&region == &regions[0] || part >= keep_part) {
            for (const std::size_t v : region) {
                const auto x = static_cast<double>(v % static_cast<std::size_t>(n.x)),
                           y = static_cast<double>(v % slice / static_cast<std::size_t>(n.x)),
                           z = static_cast<double>(v / slice);
                found.centre_mm = found.centre_mm + chances.grid.point(x, y, z);
            }
            kept += region.size();
            found.at_edge = found.at_edge || region.front() < slice || region.back() >= chance.size() - slice;
        } else {
            for (const std::size_t v : region) chance[v] = kBelowHalf;
        }
    }
    if (regions.size() > 1)
        found.second_part = static_cast<double>(regions[1].size()) / static_cast<double>(regions[0].size());
    found.volume_cm3 = static_cast<double>(kept) * chances.grid.voxel_cm3();
    if (kept > 0) found.centre_mm = found.centre_mm / static_cast<double>(kept);
    return found;
}

}  // namespace coutard::contouring
