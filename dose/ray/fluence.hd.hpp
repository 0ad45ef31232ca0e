#pragma once
#include <cmath>
#include <vector>

#include "engine/base/hd.hpp"
#include "engine/par/view.hd.hpp"

namespace coutard::dose {

/// Primary photon fluence as a map on the isocentre plane (beam limiting device axes): photons per
/// solid angle, relative to the open field on the axis. Pixel (i, j) spans x0 + [i, i + 1) pixel.
struct FluenceMap {
    double x0_mm = 0, y0_mm = 0, pixel_mm = 1;
    int nx = 0, ny = 0;
    std::vector<double> values;  ///< shape (ny, nx), x fastest

    double& at(int i, int j) {
        return values[static_cast<std::size_t>(j) * static_cast<std::size_t>(nx) + static_cast<std::size_t>(i)];
    }
    double at(int i, int j) const {
        return values[static_cast<std::size_t>(j) * static_cast<std::size_t>(nx) + static_cast<std::size_t>(i)];
    }
    /// Take from each pixel, on both axes, a twelfth of its second difference: pixels that are means and are read as
    /// even blur by a sixth of a pixel squared, which that undoes to second order. For maps blurred by a pixel and
    /// more, as by a focal spot; sums stay, but at the outer edge of the map.
    void undo_pixel_blur();
    /// Running sums over both axes, shape (ny + 1, nx + 1): what FluenceReader reads.
    std::vector<double> sums() const;
};

/// A map with 1 inside a rectangle and the covered part on the pixels of its edge.
FluenceMap rectangle_fluence(double x1_mm, double x2_mm, double y1_mm, double y2_mm, double pixel_mm);

/// Half widths of a voxel's shadow from its centre to the end of what FluenceReader::release reads.
inline constexpr int release_reach = 3;

/// Reads a map over rectangles, by its running sums and its values.
template <class Space>
struct FluenceReader {
    double x0_mm, y0_mm, pixel_mm;
    int nx, ny;
    par::View<const double, Space> sums, values;

    /// Mean over [x - hx, x + hx] x [y - hy, y + hy] [mm]; zero outside the map. hx, hy > 0
    COUTARD_HD double mean(double x, double y, double hx, double hy) const {
        const double all =
            corner(x + hx, y + hy) - corner(x - hx, y + hy) - corner(x + hx, y - hy) + corner(x - hx, y - hy);
        return std::fmax(0.0, all * pixel_mm * pixel_mm / (4 * hx * hy));
    }
    /// What a voxel with that shadow is to release evenly, so that it and its neighbours together release with the same
    /// first moments and variances as the map: its light goes to the three voxels of each axis beside it by
    /// release_below (docs/theory/dose.md, section 2). Where the map is even, its mean; beside an edge perhaps below
    /// zero or above the map's largest value. Sums over neighbouring voxels stay.
    COUTARD_HD double release(double x, double y, double hx, double hy) const {
        if (mean(x, y, release_reach * hx, release_reach * hy) == 0) return 0;
        double along_x[most_pixels], along_y[most_pixels];
        const Range i = pixel_weights((x - x0_mm) / pixel_mm, 2 * hx / pixel_mm, nx, along_x),
                    j = pixel_weights((y - y0_mm) / pixel_mm, 2 * hy / pixel_mm, ny, along_y);
        if (!i.fits || !j.fits) return mean(x, y, hx, hy);  // of so many pixels: their evenness is no blur
        double column[most_pixels] = {};                    // sums along y, side by side
        for (int b = 0; b < j.count; ++b) {
            const double* row = values.data + static_cast<std::size_t>(j.first + b) * static_cast<std::size_t>(nx) +
                                static_cast<std::size_t>(i.first);
            for (int a = 0; a < i.count; ++a) column[a] += along_y[b] * row[a];
        }
        double sum = 0;
        for (int a = 0; a < i.count; ++a) sum += along_x[a] * column[a];
        return sum;
    }

  private:
    static constexpr int most_pixels = 64;
    struct Range {
        int first, count;
        bool fits;
    };

    /// Weights of the pixels of one axis. \param centre, width of the shadow, in pixels
    COUTARD_HD static Range pixel_weights(double centre, double width, int n, double (&weight)[most_pixels]) {
        const double from = std::floor(centre - 0.5 * release_reach * width),
                     to = std::ceil(centre + 0.5 * release_reach * width);
        const int first = from > 0 ? static_cast<int>(from) : 0, last = to < n ? static_cast<int>(to) : n;
        if (last - first > most_pixels) return {0, 0, false};
        const int count = last > first ? last - first : 0;
        const double start = (first - centre) / width, step = 1 / width;
        double below[most_pixels + 1];
        for (int p = 0; p <= count; ++p) below[p] = release_below(start + p * step);
        for (int p = 0; p < count; ++p) weight[p] = below[p + 1] - below[p];
        return {first, count, true};
    }
    /// Part of light that is even everywhere which a voxel at 0 of width 1 gets from below u. A point at d in its own
    /// voxel gives 13/12 - d^2 to it and (d^2 - 1/12 +- d)/2 to its neighbours: boxes with the point's moments 0 to 2.
    /// The sum of what the three boxes around 0 give it, each of which is 0 or whole beside it: no branches.
    COUTARD_HD static double release_below(double u) {
        constexpr double third = 1.0 / 3, twelfth = 1.0 / 12;
        const double l = in_box(u + 1), m = in_box(u), h = in_box(u - 1);
        const double lower = l * (l * l * third - twelfth) + 0.5 * l * l,
                     upper = h * (h * h * third - twelfth) - 0.5 * h * h;
        return 0.5 + m * (13 * twelfth - m * m * third) + 0.5 * (lower + upper);
    }
    COUTARD_HD static double in_box(double u) { return u < -0.5 ? -0.5 : u > 0.5 ? 0.5 : u; }
    COUTARD_HD double corner(double x, double y) const {
        const double u = std::fmin(std::fmax((x - x0_mm) / pixel_mm, 0.0), static_cast<double>(nx));
        const double v = std::fmin(std::fmax((y - y0_mm) / pixel_mm, 0.0), static_cast<double>(ny));
        const int i = u >= nx ? nx - 1 : static_cast<int>(u), j = v >= ny ? ny - 1 : static_cast<int>(v);
        const double f = u - i, g = v - j;
        const std::size_t row = static_cast<std::size_t>(nx) + 1;
        const double* s = sums.data + static_cast<std::size_t>(j) * row + static_cast<std::size_t>(i);
        return (1 - g) * ((1 - f) * s[0] + f * s[1]) + g * ((1 - f) * s[row] + f * s[row + 1]);
    }
};

}  // namespace coutard::dose
