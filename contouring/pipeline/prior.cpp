#include "contouring/pipeline/prior.hpp"

#include <algorithm>

#include "contouring/pipeline/components.hpp"
#include "contouring/pipeline/flat_point.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

/// In patient coordinates [mm].
struct Box {
    Vec3 low{1e30, 1e30, 1e30}, high{-1e30, -1e30, -1e30};

    bool holds(const Vec3& p) const {
        return p.x >= low.x && p.y >= low.y && p.z >= low.z && p.x <= high.x && p.y <= high.y && p.z <= high.z;
    }
};

/// Around the voxels inside, grown on all sides; low above high when there is none.
Box box_of(const Mask& mask, double margin_mm) {
    Box box;
    const Grid& grid = mask.grid();
    std::size_t v = 0;
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i, ++v) {
                if (!inside(mask, v)) continue;
                const Vec3 p = grid.point(i, j, k);
                for (int a = 0; a < 3; ++a) {
                    box.low[a] = std::min(box.low[a], p[a] - margin_mm);
                    box.high[a] = std::max(box.high[a], p[a] + margin_mm);
                }
            }
    return box;
}

}  // namespace

double keep_near(Chances& chances, int structure, const Mask& prior, double margin_mm) {
    expect(margin_mm >= 0, "prior: margin not negative");
    const Box box = box_of(prior, margin_mm);
    if (box.low.x > box.high.x) return 0;
    const Grid& grid = chances.grid;
    const auto chance = chances.of(structure);
    std::size_t dropped = 0;
    for (const auto& region : regions_of(chances, structure)) {
        const bool near =
            std::any_of(region.begin(), region.end(), [&](std::size_t v) { return box.holds(flat_point(grid, v)); });
        if (near) continue;
        for (const std::size_t v : region) chance[v] = 0;
        dropped += region.size();
    }
    return static_cast<double>(dropped) * grid.voxel_cm3();
}

double overlap(const Mask& a, const Mask& b) {
    expect(a.grid().same_as(b.grid()), "overlap: masks on one grid");
    std::size_t both = 0, sum = 0;
    for (std::size_t v = 0; v < a.count(); ++v) {
        both += inside(a, v) && inside(b, v) ? 1 : 0;
        sum += (inside(a, v) ? 1U : 0U) + (inside(b, v) ? 1U : 0U);
    }
    return sum == 0 ? 1 : 2.0 * static_cast<double>(both) / static_cast<double>(sum);
}

}  // namespace coutard::contouring
