#pragma once
#include <span>
#include <vector>

namespace coutard {

/// A point of a slice in index space: pixel i spans [i - 0.5, i + 0.5).
struct PixelPoint {
    double x = 0, y = 0;
};
using PixelPolygon = std::vector<PixelPoint>;  ///< closed: the last point joins the first

/// A rectangle of a slice with the part of each pixel that is inside, 0 to 1, x fastest.
struct Patch {
    int i0 = 0, j0 = 0, nx = 0, ny = 0;
    std::vector<float> part;

    float at(int i, int j) const {  ///< of pixel (i, j) of the slice; 0 beyond the patch
        if (i < i0 || j < j0 || i >= i0 + nx || j >= j0 + ny) return 0;
        return part[static_cast<std::size_t>(j - j0) * static_cast<std::size_t>(nx) + static_cast<std::size_t>(i - i0)];
    }
};

/// The part of each pixel that lies inside polygons by the even-odd rule, on the pixels around them that a
/// slice of nx times ny has. Areas are exact along x and sampled on 16 lines per pixel along y.
Patch cover(std::span<const PixelPolygon> polygons, int nx, int ny);

}  // namespace coutard
