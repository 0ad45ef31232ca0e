#include "engine/optimise/beamlet_rows.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/base/error.hpp"

namespace coutard {

BeamletRows rows_of(const BeamletBeam& beam) {
    expect(!beam.beamlets.empty(), "rows of a beam: at least one beamlet");
    BeamletRows result;
    result.width_mm = beam.beamlets.front().width_mm;
    struct Extent {
        int first = 1 << 30, last = -(1 << 30);
    };
    std::map<int, Extent> extents;
    for (const auto& b : beam.beamlets) {
        expect(std::abs(b.width_mm - result.width_mm) < 1e-9, "rows of a beam: one width");
        auto& extent = extents[b.row];
        extent.first = std::min(extent.first, b.column);
        extent.last = std::max(extent.last, b.column);
    }
    std::map<int, std::size_t> place;
    for (const auto& [pair, extent] : extents) {
        place[pair] = result.rows.size();
        result.rows.push_back(
            {pair, 0, 0, 0, std::vector<int>(static_cast<std::size_t>(extent.last - extent.first) + 1, -1)});
    }
    for (std::size_t i = 0; i < beam.beamlets.size(); ++i) {
        const auto& b = beam.beamlets[i];
        auto& row = result.rows[place[b.row]];
        row.y1_mm = b.y_mm - b.height_mm / 2;
        row.y2_mm = b.y_mm + b.height_mm / 2;
        const int cell = b.column - extents[b.row].first;
        row.x0_mm = b.x_mm - (cell + 0.5) * b.width_mm;
        int& at = row.beamlet[static_cast<std::size_t>(cell)];
        expect(at < 0, "rows of a beam: one beamlet per cell");
        at = static_cast<int>(i);
    }
    result.x1_mm = result.y1_mm = 1e9;
    result.x2_mm = result.y2_mm = -1e9;
    for (const auto& row : result.rows) {
        result.x1_mm = std::min(result.x1_mm, row.x0_mm);
        result.x2_mm = std::max(result.x2_mm, row.x0_mm + result.width_mm * static_cast<double>(row.beamlet.size()));
        result.y1_mm = std::min(result.y1_mm, row.y1_mm);
        result.y2_mm = std::max(result.y2_mm, row.y2_mm);
    }
    return result;
}

}  // namespace coutard
