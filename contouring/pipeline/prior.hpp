#pragma once
#include "contouring/pipeline/chances.hpp"
#include "engine/image/volume.hpp"

namespace coutard::contouring {

/// Drop the regions of a structure (probability 1/2 and more) that lie wholly outside the box around
/// yesterday's contour, grown on all sides; the others stay whole, also where they reach out of the box.
/// An empty prior changes nothing. \param margin_mm  at least 0
/// \returns volume dropped [cm3]
double keep_near(Chances& chances, int structure, const Mask& prior, double margin_mm);

/// Overlap (DSC) of two masks on the same grid; 1 when both are empty.
double overlap(const Mask& a, const Mask& b);

}  // namespace coutard::contouring
