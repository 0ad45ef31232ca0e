#include "contouring/pipeline/slivers.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "contouring/pipeline/axial.hpp"
#include "contouring/pipeline/components.hpp"

namespace coutard::contouring {
namespace {

using Region = std::vector<std::size_t>;

struct Slice {
    std::vector<Region> regions;  ///< flat indices within the slice, largest first
    std::size_t large = 0;        ///< how many are large enough
};

Slice slice_of(const Mask& mask, int k, std::size_t least_pixels) {
    const Size3& n = mask.grid().size();
    const std::size_t count = static_cast<std::size_t>(n.x) * static_cast<std::size_t>(n.y);
    const auto values = mask.values().subspan(static_cast<std::size_t>(k) * count, count);
    Slice slice;
    if (std::none_of(values.begin(), values.end(), [](std::uint8_t v) { return v >= 128; })) return slice;
    std::vector<std::uint8_t> inside(count);
    std::transform(values.begin(), values.end(), inside.begin(), [](std::uint8_t v) { return v >= 128 ? 1 : 0; });
    slice.regions = components(inside, {n.x, n.y, 1});
    for (const Region& region : slice.regions) slice.large += region.size() >= least_pixels ? 1 : 0;
    return slice;
}

}  // namespace

void drop_slivers(Mask& mask, double least_mm2) {
    const Grid& grid = mask.grid();
    if (!slices_are_axial(grid)) return;
    const double pixel_mm2 = grid.spacing_mm().x * grid.spacing_mm().y;
    const auto least_pixels = static_cast<std::size_t>(std::max(0.0, std::ceil(least_mm2 / pixel_mm2 - 1e-9)));
    if (least_pixels <= 1) return;
    std::vector<Slice> slices;
    int first = -1, last = -1;  // that stay
    for (int k = 0; k < grid.size().z; ++k) {
        slices.push_back(slice_of(mask, k, least_pixels));
        if (slices.back().large == 0) continue;
        if (first < 0) first = k;
        last = k;
    }
    if (first < 0) return;
    const std::size_t count = static_cast<std::size_t>(grid.size().x) * static_cast<std::size_t>(grid.size().y);
    for (int k = 0; k < grid.size().z; ++k) {
        const Slice& slice = slices[static_cast<std::size_t>(k)];
        const bool between = k > first && k < last;
        const std::size_t kept = slice.large == 0 && between ? 1 : slice.large;
        for (std::size_t r = kept; r < slice.regions.size(); ++r)
            for (const std::size_t v : slice.regions[r]) mask[static_cast<std::size_t>(k) * count + v] = 0;
    }
}

}  // namespace coutard::contouring
