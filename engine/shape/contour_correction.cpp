#include "engine/shape/contour_correction.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace coutard {
namespace {

// Pixels each way over which a pass balances the area: close by first, so that the two sides of a ring do not
// mix; then wider, so that what small shapes still lack as a whole counts.
constexpr std::array<int, 2> reaches{2, 3};
constexpr std::array<std::size_t, 5> passes{0, 0, 0, 1, 1};  // which of them
constexpr double relaxation = 0.7;
constexpr float nearly_in = 0.9F * 255, nearly_out = 0.1F * 255;

/// A pixel beside the outline.
struct RimPixel {
    int i = 0, j = 0;
    float slope = 0;                 ///< of the mask, per pixel
    std::array<double, 2> length{};  ///< of the outline around, per reach [pixels]
};

/// Visit the pixels of the slice around (i, j).
template <class Visit>
void for_each_around(const SliceField& field, int i, int j, int around, const Visit& visit) {
    for (int b = std::max(j - around, 0); b <= std::min(j + around, field.ny() - 1); ++b)
        for (int a = std::max(i - around, 0); a <= std::min(i + around, field.nx() - 1); ++a) visit(a, b);
}

/// Length of outline that falls to a pixel: the integral of the gradient over a step from 0 to 1 is its length.
double length_in(const SliceField& mask, int i, int j) {
    const float dx = mask.at(i + 1, j) - mask.at(i - 1, j), dy = mask.at(i, j + 1) - mask.at(i, j - 1);
    return std::hypot(dx, dy) / (2 * 255);
}

float slope_at(const SliceField& mask, int i, int j) {
    const float here = mask.at(i, j);
    return std::max({std::abs(mask.at(i + 1, j) - here), std::abs(mask.at(i - 1, j) - here),
                     std::abs(mask.at(i, j + 1) - here), std::abs(mask.at(i, j - 1) - here)});
}

/// The pixels on both sides of the loops, once each, where an outline wholly from outside to inside runs.
std::vector<RimPixel> rim_of(const SliceField& mask, const std::vector<std::vector<CrossedEdge>>& loops) {
    std::vector<std::array<int, 2>> pixels;  // row first
    for (const auto& loop : loops)
        for (const auto& [i, j, up] : loop) {
            pixels.push_back({j, i});
            pixels.push_back(up ? std::array{j + 1, i} : std::array{j, i + 1});
        }
    std::sort(pixels.begin(), pixels.end());
    pixels.erase(std::unique(pixels.begin(), pixels.end()), pixels.end());
    std::vector<RimPixel> rim;
    for (const auto& [j, i] : pixels) {
        if (i < 0 || j < 0 || i >= mask.nx() || j >= mask.ny()) continue;
        float most = 0, least = 255;
        for_each_around(mask, i, j, reaches[0], [&](int a, int b) {
            most = std::max(most, mask.at(a, b)), least = std::min(least, mask.at(a, b));
        });
        if (most < nearly_in || least > nearly_out) continue;
        RimPixel pixel{i, j, slope_at(mask, i, j), {}};
        for (std::size_t r = 0; r < reaches.size(); ++r)
            for_each_around(mask, i, j, reaches[r], [&](int a, int b) { pixel.length[r] += length_in(mask, a, b); });
        rim.push_back(pixel);
    }
    return rim;
}

std::vector<PixelPolygon> polygons_of(const std::vector<std::vector<CrossedEdge>>& loops, const SliceField& field) {
    std::vector<PixelPolygon> polygons;
    for (const auto& loop : loops) polygons.push_back(points_of(loop, field, half_coverage));
    return polygons;
}

}  // namespace

std::vector<PixelPolygon> corrected_polygons(const SliceField& mask,
                                             const std::vector<std::vector<CrossedEdge>>& loops) {
    const auto rim = rim_of(mask, loops);
    SliceField field = mask;
    auto polygons = polygons_of(loops, field);
    for (const std::size_t reach : passes) {
        if (rim.empty()) break;
        const Patch covered = cover(polygons, mask.nx(), mask.ny());
        for (const auto& pixel : rim) {
            double lacking = 0;
            for_each_around(mask, pixel.i, pixel.j, reaches[reach], [&](int a, int b) {
                lacking += static_cast<double>(mask.at(a, b)) / 255 - static_cast<double>(covered.at(a, b));
            });
            const double move = std::clamp(lacking / pixel.length[reach], -0.5, 0.5);
            float& value = field.at(pixel.i, pixel.j);
            const float moved = value + static_cast<float>(relaxation * move * static_cast<double>(pixel.slope));
            value = value > half_coverage ? std::max(moved, 128.0F) : std::min(moved, 127.0F);
        }
        polygons = polygons_of(loops, field);
    }
    return polygons;
}

}  // namespace coutard
