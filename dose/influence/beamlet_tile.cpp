#include "dose/influence/beamlet_tile.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace coutard::dose {

std::vector<std::vector<std::size_t>> tiles_of(const std::vector<Beamlet>& beamlets) {
    constexpr double side = 4;  // beamlets
    double x1 = 1e9, y1 = 1e9;
    for (const auto& b : beamlets) {
        x1 = std::min(x1, b.x_mm - 0.5 * b.width_mm);
        y1 = std::min(y1, b.y_mm - 0.5 * b.height_mm);
    }
    std::map<std::pair<int, int>, std::vector<std::size_t>> squares;
    for (std::size_t i = 0; i < beamlets.size(); ++i) {
        const Beamlet& b = beamlets[i];
        squares[{static_cast<int>(std::floor((b.y_mm - y1) / (side * b.height_mm))),
                 static_cast<int>(std::floor((b.x_mm - x1) / (side * b.width_mm)))}]
            .push_back(i);
    }
    std::vector<std::vector<std::size_t>> out;
    for (const auto& [at, all] : squares)
        for (std::size_t from = 0; from < all.size(); from += tile_lanes)
            out.emplace_back(
                all.begin() + static_cast<std::ptrdiff_t>(from),
                all.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(all.size(), from + tile_lanes)));
    return out;
}

}  // namespace coutard::dose
