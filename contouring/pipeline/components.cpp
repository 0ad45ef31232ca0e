#include "contouring/pipeline/components.hpp"

#include <algorithm>

#include "contouring/pipeline/flat_point.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr float kBelowHalf = 0.499F;
constexpr double kRoundingMm = 1e-3;
constexpr double kAsideMm = 30;   // off the box of the largest piece: a piece on the couch is none
constexpr double kOverlapMm = 6;  // along the patient: pieces of a slanting tube end side by side

/// Where a region lies in patient space [mm].
struct Extent {
    Vec3 low{1e30, 1e30, 1e30}, high{-1e30, -1e30, -1e30}, centre;

    /// A tube goes on there: above or below this region, not beside it.
    bool goes_on_in(const Extent& other, double margin_mm) const {
        const Vec3& p = other.centre;
        const bool in_line = p.x >= low.x - margin_mm && p.x <= high.x + margin_mm && p.y >= low.y - margin_mm &&
                             p.y <= high.y + margin_mm;
        return in_line && (other.low.z > high.z - kOverlapMm || other.high.z < low.z + kOverlapMm);
    }
};

Extent extent_of(const std::vector<std::size_t>& region, const Grid& grid) {
    Extent e;
    for (const std::size_t v : region) {
        const Vec3 p = flat_point(grid, v);
        for (int k = 0; k < 3; ++k) e.low[k] = std::min(e.low[k], p[k]), e.high[k] = std::max(e.high[k], p[k]);
        e.centre = e.centre + p / static_cast<double>(region.size());
    }
    return e;
}

using Region = std::vector<std::size_t>;

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

/// What was kept of regions, largest first, and the largest of those beside the first that were and were not.
struct Kept {
    Found found;
    const Region *second = nullptr, *left_out = nullptr;
};

/// Set the probability of unwanted regions below one half. \param wanted  (region, its extent)
template <class Wanted>
Kept keep(Chances& chances, int structure, const std::vector<Region>& regions, const ScanEnds& scan,
          const Wanted& wanted) {
    const double voxel_mm = chances.grid.spacing_mm().z, voxel_cm3 = chances.grid.voxel_cm3();
    Kept kept;
    Found& found = kept.found;
    double voxels = 0;
    for (const Region& region : regions) {
        const Extent extent = extent_of(region, chances.grid);
        const auto size = static_cast<double>(region.size());
        if (!wanted(region, extent)) {
            for (const std::size_t v : region) chances.of(structure)[v] = kBelowHalf;
            if (!kept.left_out) kept.left_out = &region, found.left_out_cm3 = size * voxel_cm3;
            continue;
        }
        if (voxels > 0 && !kept.second) kept.second = &region;
        found.centre_mm = found.centre_mm + extent.centre * size;
        voxels += size;
        found.at_edge = found.at_edge || extent.low.z <= scan.low_mm + voxel_mm + kRoundingMm ||
                        extent.high.z >= scan.high_mm - voxel_mm - kRoundingMm;
    }
    found.volume_cm3 = voxels * voxel_cm3;
    if (voxels > 0) found.centre_mm = found.centre_mm / voxels;
    return kept;
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

std::vector<std::vector<std::size_t>> regions_of(const Chances& chances, int structure) {
    const auto chance = chances.of(structure);
    std::vector<std::uint8_t> inside(chance.size());
    std::transform(chance.begin(), chance.end(), inside.begin(), [](float c) { return c >= 0.5F ? 1 : 0; });
    return components(inside, chances.grid.size());
}

Found keep_largest(Chances& chances, int structure, double keep_part, const ScanEnds& scan) {
    const auto regions = regions_of(chances, structure);
    if (regions.empty()) return {};
    const Extent largest = extent_of(regions[0], chances.grid);
    const auto part = [&](const Region& region) {
        return static_cast<double>(region.size()) / static_cast<double>(regions[0].size());
    };
    const Kept kept = keep(chances, structure, regions, scan, [&](const Region& region, const Extent& extent) {
        return &region == &regions[0] || (part(region) >= keep_part && largest.goes_on_in(extent, kAsideMm));
    });
    Found found = kept.found;
    if (kept.second) found.second_part = part(*kept.second);
    if (kept.left_out) found.left_out_part = part(*kept.left_out);
    return found;
}

Found keep_parts(Chances& chances, int structure, double least_cm3, const ScanEnds& scan) {
    const double voxel_cm3 = chances.grid.voxel_cm3();
    return keep(chances, structure, regions_of(chances, structure), scan,
                [&](const Region& region, const Extent&) {
                    return static_cast<double>(region.size()) * voxel_cm3 >= least_cm3;
                })
        .found;
}

}  // namespace coutard::contouring
