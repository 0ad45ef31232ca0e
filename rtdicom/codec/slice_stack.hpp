#pragma once
#include <string>
#include <vector>

#include "engine/geom/grid.hpp"

namespace coutard::rtdicom {

/// Where one slice of a series lies.
struct SlicePlane {
    std::string file;  ///< for messages
    Vec3 position_mm;  ///< centre of the first pixel
    Vec3 row, column;  ///< directions along a row (rising column index) and down a column
    double row_spacing_mm = 1, column_spacing_mm = 1;  ///< between rows; between columns
    int rows = 0, columns = 0;
    double thickness_mm = 0;  ///< used only when the series is a single slice
};

/// Slices put in order along their common normal (row x column).
struct SliceStack {
    Grid grid;
    std::vector<std::size_t> order;  ///< order[k] is the slice at index k of the grid
};

/// Orders slices by position and checks that they are one lattice: parallel to the patient's axes
/// (transverse), the same orientation, size and spacing, no gap, no duplicate, no gantry tilt.
/// Tolerances: 0.001 in direction cosines, 0.001 mm in pixel spacing, and in position 0.05 mm or 2 % of the slice
/// distance, whichever is larger: scanners round positions to a tenth of a millimetre.
/// \throws InputError naming the files, the attribute, what was found and what was expected
SliceStack stack_slices(const std::vector<SlicePlane>& slices);

}  // namespace coutard::rtdicom
