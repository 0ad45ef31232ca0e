#pragma once
#include <optional>
#include <vector>

#include "gui/logic/patient.hpp"
#include "gui/logic/planes.hpp"

namespace coutard::gui {

/// A closed line on a plane.
using Outline = std::vector<PlanePoint>;

/// The contours of a structure drawn on the axial slice at this depth (within half a slice), as they were
/// drawn. Nothing when it has none there: then the mask's outline is all that is known.
std::vector<Outline> drawn_outlines(const Structure& structure, double z_mm, double slice_distance_mm);

}  // namespace coutard::gui
