#include "contouring/pipeline/network_frame.hpp"
#include "contouring/pipeline/intensity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace coutard::contouring {
namespace {

constexpr double kMarginVoxels = 2;

struct Box {
    Vec3 low{1e30, 1e30, 1e30}, high{-1e30, -1e30, -1e30};

    void hold(const Vec3& p) {
        for (int k = 0; k < 3; ++k) {
            low[k] = std::min(low[k], p[k]);
            high[k] = std::max(high[k], p[k]);
        }
    }
};

/// Corners of a part of a grid, by index.
Box corners(const Grid& grid, const Vec3& low, const Vec3& high) {
    Box box;
    for (int corner = 0; corner < 8; ++corner)
        box.hold(grid.point(corner & 1 ? high.x : low.x, corner & 2 ? high.y : low.y, corner & 4 ? high.z : low.z));
    return box;
}

/// Just around what is not air, in the patient.
Box filled_box(const Volume<float>& hu) {
    const Grid& grid = hu.grid();
    Box index;
    std::size_t v = 0;
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i, ++v) {
                if (!std::isfinite(hu[v])) throw InputError("CT: a voxel is not a finite number");
                if (hu[v] > kAirBelowHu) index.hold({double(i), double(j), double(k)});
            }
    validate(index.low.x <= index.high.x, "CT: nothing above -500 HU: no patient in this image");
    return corners(grid, index.low, index.high);
}

}  // namespace

Grid network_grid(const Volume<float>& hu, const Vec3& spacing_mm) {
    const Box box = filled_box(hu);
    const Vec3 low = box.low - spacing_mm * kMarginVoxels, extent = box.high + spacing_mm * kMarginVoxels - low;
    const auto count = [&](int k) { return static_cast<int>(std::ceil(extent[k] / spacing_mm[k])) + 1; };
    return Grid({count(0), count(1), count(2)}, low, spacing_mm);
}

ScanEnds scan_ends(const Volume<float>& hu) {
    const Size3& n = hu.grid().size();
    const Box image = corners(hu.grid(), {0, 0, 0}, {n.x - 1.0, n.y - 1.0, n.z - 1.0}), box = filled_box(hu);
    return {box.low.z, box.high.z, box.low.z - image.low.z, image.high.z - box.high.z};
}

}  // namespace coutard::contouring
