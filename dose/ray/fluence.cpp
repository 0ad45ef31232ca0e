#include <algorithm>

#include "dose/ray/fluence.hd.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {

std::vector<double> FluenceMap::sums() const {
    const auto row = static_cast<std::size_t>(nx) + 1;
    std::vector<double> out(row * (static_cast<std::size_t>(ny) + 1), 0.0);
    for (int j = 0; j < ny; ++j) {
        double along = 0;
        for (int i = 0; i < nx; ++i) {
            along += at(i, j);
            const auto here = (static_cast<std::size_t>(j) + 1) * row + static_cast<std::size_t>(i) + 1;
            out[here] = out[here - row] + along;
        }
    }
    return out;
}

namespace {

void undo_blur(std::vector<double>& values, std::size_t n, std::size_t step, std::size_t lines, std::size_t line_step) {
    constexpr double part = 1.0 / 12;
    for (std::size_t l = 0; l < lines; ++l) {
        double before = values[l * line_step];
        for (std::size_t i = 0; i < n; ++i) {
            double& here = values[l * line_step + i * step];
            const double now = here, after = i + 1 < n ? values[l * line_step + (i + 1) * step] : now;
            here = now - part * (before - 2 * now + after);
            before = now;
        }
    }
}

}  // namespace

void FluenceMap::undo_pixel_blur() {
    const auto row = static_cast<std::size_t>(nx), rows = static_cast<std::size_t>(ny);
    undo_blur(values, row, 1, rows, row);
    undo_blur(values, rows, row, row, 1);
}

FluenceMap rectangle_fluence(double x1, double x2, double y1, double y2, double pixel) {
    expect(pixel > 0 && x2 > x1 && y2 > y1, "rectangle fluence: positive pixel and sides");
    FluenceMap map;
    map.pixel_mm = pixel;
    map.x0_mm = pixel * std::floor(x1 / pixel);
    map.y0_mm = pixel * std::floor(y1 / pixel);
    map.nx = static_cast<int>(std::ceil((x2 - map.x0_mm) / pixel - 1e-9));
    map.ny = static_cast<int>(std::ceil((y2 - map.y0_mm) / pixel - 1e-9));
    map.values.resize(static_cast<std::size_t>(map.nx) * static_cast<std::size_t>(map.ny));
    const auto covered = [pixel](double from, double a, double b) {
        return std::clamp((std::min(from + pixel, b) - std::max(from, a)) / pixel, 0.0, 1.0);
    };
    for (int j = 0; j < map.ny; ++j)
        for (int i = 0; i < map.nx; ++i)
            map.at(i, j) = covered(map.x0_mm + i * pixel, x1, x2) * covered(map.y0_mm + j * pixel, y1, y2);
    return map;
}

}  // namespace coutard::dose
