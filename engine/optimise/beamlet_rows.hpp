#pragma once
#include <span>
#include <vector>

#include "engine/ports/influence.hpp"

namespace coutard {

/// Beamlets of one leaf pair from left to right, without gaps: absent ones are -1.
struct BeamletRow {
    int pair = 0;
    double y1_mm = 0, y2_mm = 0;  ///< edges across the leaves
    double x0_mm = 0;             ///< left edge of the first cell
    std::vector<int> beamlet;     ///< index in BeamletBeam::beamlets, or -1
};

/// A beam's beamlets as the leaves meet them: rows by rising pair, cells of one width.
struct BeamletRows {
    double width_mm = 5;
    double x1_mm = 0, x2_mm = 0, y1_mm = 0, y2_mm = 0;  ///< the rectangle that holds all cells
    std::vector<BeamletRow> rows;
};
/// \throws ContractError no beamlets, widths differ, two beamlets in one cell
BeamletRows rows_of(const BeamletBeam& beam);

}  // namespace coutard
