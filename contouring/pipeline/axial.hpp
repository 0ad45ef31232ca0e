#pragma once
#include <cmath>

#include "engine/geom/grid.hpp"

namespace coutard::contouring {

/// Whether a grid's slices lie across the patient: its third axis within 26 degrees of feet to head, either way.
inline bool slices_are_axial(const Grid& grid) {
    return std::abs(grid.direction().cz.z) >= 0.9;
}

}  // namespace coutard::contouring
