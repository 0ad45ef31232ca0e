#include "engine/shape/polygon_cover.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace coutard {
namespace {

constexpr int lines_per_pixel = 16;

/// The pixels of a slice that the polygons' box touches.
Patch patch_around(std::span<const PixelPolygon> polygons, int nx, int ny) {
    double x0 = HUGE_VAL, x1 = -HUGE_VAL, y0 = HUGE_VAL, y1 = -HUGE_VAL;
    for (const auto& polygon : polygons)
        for (const auto& p : polygon)
            x0 = std::min(x0, p.x), x1 = std::max(x1, p.x), y0 = std::min(y0, p.y), y1 = std::max(y1, p.y);
    const auto pixel = [](double at, int count) {
        return static_cast<int>(std::clamp(std::floor(at + 0.5), -1.0, static_cast<double>(count)));
    };
    Patch patch;
    patch.i0 = std::max(pixel(x0, nx), 0), patch.j0 = std::max(pixel(y0, ny), 0);
    patch.nx = std::max(std::min(pixel(x1, nx), nx - 1) - patch.i0 + 1, 0);
    patch.ny = std::max(std::min(pixel(y1, ny), ny - 1) - patch.j0 + 1, 0);
    patch.part.assign(static_cast<std::size_t>(patch.nx) * static_cast<std::size_t>(patch.ny), 0.0F);
    return patch;
}

/// Where the sample lines of a patch cross polygon edges, line by line, ascending.
class Crossings {
  public:
    Crossings(std::span<const PixelPolygon> polygons, int j0, int ny)
        : j0_(j0), lines_(ny * lines_per_pixel), start_(static_cast<std::size_t>(lines_) + 1, 0) {
        for_each_edge(polygons, [&](const PixelPoint&, const PixelPoint&, int first, int last) {
            for (int line = first; line < last; ++line) ++start_[static_cast<std::size_t>(line) + 1];
        });
        for (std::size_t line = 0; line + 1 < start_.size(); ++line) start_[line + 1] += start_[line];
        x_.resize(start_.back());
        std::vector<std::size_t> next(start_.begin(), start_.end() - 1);
        for_each_edge(polygons, [&](const PixelPoint& a, const PixelPoint& b, int first, int last) {
            const double slope = (b.x - a.x) / (b.y - a.y);
            for (int line = first; line < last; ++line)
                x_[next[static_cast<std::size_t>(line)]++] = a.x + (y_of(line) - a.y) * slope;
        });
        for (std::size_t line = 0; line + 1 < start_.size(); ++line)
            std::sort(x_.begin() + static_cast<std::ptrdiff_t>(start_[line]),
                      x_.begin() + static_cast<std::ptrdiff_t>(start_[line + 1]));
    }
    std::span<const double> of(int line) const {
        const std::size_t from = start_[static_cast<std::size_t>(line)];
        return std::span(x_).subspan(from, start_[static_cast<std::size_t>(line) + 1] - from);
    }

  private:
    double y_of(int line) const { return j0_ - 0.5 + (line + 0.5) / lines_per_pixel; }
    /// The first line at or above y. Each vertex has one, whichever edge asks, so every polygon crosses every
    /// line an even number of times.
    int line_from(double y) const {
        const double line = std::ceil((y - j0_ + 0.5) * lines_per_pixel - 0.5);
        return static_cast<int>(std::clamp(line, 0.0, static_cast<double>(lines_)));
    }
    template <class Visit>
    void for_each_edge(std::span<const PixelPolygon> polygons, const Visit& visit) const {
        for (const auto& polygon : polygons)
            for (std::size_t p = 0, q = polygon.size() - 1; p < polygon.size(); q = p++) {
                const int a = line_from(polygon[q].y), b = line_from(polygon[p].y);
                if (a != b) visit(polygon[q], polygon[p], std::min(a, b), std::max(a, b));
            }
    }

    int j0_, lines_;
    std::vector<std::size_t> start_;
    std::vector<double> x_;
};

/// Add the span [from, to) of one sample line to a row of pixels.
void add_span(float* row, int i0, int nx, double from, double to, float weight) {
    const double a = std::clamp(from + 0.5 - i0, 0.0, static_cast<double>(nx));
    const double b = std::clamp(to + 0.5 - i0, 0.0, static_cast<double>(nx));
    if (b <= a) return;
    const int first = std::min(static_cast<int>(a), nx - 1), last = std::min(static_cast<int>(b), nx - 1);
    if (first == last) {
        row[first] += weight * static_cast<float>(b - a);
        return;
    }
    row[first] += weight * static_cast<float>(first + 1 - a);
    for (int i = first + 1; i < last; ++i) row[i] += weight;
    row[last] += weight * static_cast<float>(b - last);
}

}  // namespace

Patch cover(std::span<const PixelPolygon> polygons, int nx, int ny) {
    Patch patch = patch_around(polygons, nx, ny);
    if (patch.part.empty()) return patch;
    const Crossings crossings(polygons, patch.j0, patch.ny);
    for (int line = 0; line < patch.ny * lines_per_pixel; ++line) {
        const auto xs = crossings.of(line);
        float* row =
            patch.part.data() + static_cast<std::size_t>(line / lines_per_pixel) * static_cast<std::size_t>(patch.nx);
        for (std::size_t c = 0; c + 1 < xs.size(); c += 2)
            add_span(row, patch.i0, patch.nx, xs[c], xs[c + 1], 1.0F / lines_per_pixel);
    }
    return patch;
}

}  // namespace coutard
