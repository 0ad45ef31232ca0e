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
    /// Running sums over both axes, shape (ny + 1, nx + 1): what FluenceSums reads.
    std::vector<double> sums() const;
};

/// A map with 1 inside a rectangle and the covered part on the pixels of its edge.
FluenceMap rectangle_fluence(double x1_mm, double x2_mm, double y1_mm, double y2_mm, double pixel_mm);

/// Exact mean of a map over any rectangle, from its running sums.
template <class Space>
struct FluenceSums {
    double x0_mm, y0_mm, pixel_mm;
    int nx, ny;
    par::View<const double, Space> sums;

    /// Mean over [x - hx, x + hx] x [y - hy, y + hy] [mm]; zero outside the map. hx, hy > 0
    COUTARD_HD double mean(double x, double y, double hx, double hy) const {
        const double all =
            corner(x + hx, y + hy) - corner(x - hx, y + hy) - corner(x + hx, y - hy) + corner(x - hx, y - hy);
        return std::fmax(0.0, all * pixel_mm * pixel_mm / (4 * hx * hy));
    }

  private:
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
