#include "contouring/pipeline/prior.hpp"

#include <algorithm>

#include "engine/base/error.hpp"

namespace coutard::contouring {

void keep_near(Chances& chances, int structure, const Mask& prior, double margin_mm) {
    expect(margin_mm >= 0, "prior: margin not negative");
    Vec3 low{1e30, 1e30, 1e30}, high = -low;
    const Grid& grid = prior.grid();
    std::size_t v = 0;
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i, ++v) {
                if (!inside(prior, v)) continue;
                const Vec3 p = grid.point(i, j, k);
                for (int a = 0; a < 3; ++a) low[a] = std::min(low[a], p[a]), high[a] = std::max(high[a], p[a]);
            }
    if (low.x > high.x) return;
    const auto chance = chances.of(structure);
    v = 0;
    for (int k = 0; k < chances.grid.size().z; ++k)
        for (int j = 0; j < chances.grid.size().y; ++j)
            for (int i = 0; i < chances.grid.size().x; ++i, ++v) {
                const Vec3 p = chances.grid.point(i, j, k);
                for (int a = 0; a < 3; ++a)
                    if (p[a] < low[a] - margin_mm || p[a] > high[a] + margin_mm) chance[v] = 0;
            }
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
