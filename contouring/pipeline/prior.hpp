#pragma once
#include "contouring/pipeline/chances.hpp"
#include "engine/image/volume.hpp"

namespace coutard::contouring {

/// Forget a structure's probabilities outside the box around yesterday's contour, grown on all sides.
/// An empty prior changes nothing. \param margin_mm  at least 0
void keep_near(Chances& chances, int structure, const Mask& prior, double margin_mm);

/// Overlap (DSC) of two masks on the same grid; 1 when both are empty.
double overlap(const Mask& a, const Mask& b);

}  // namespace coutard::contouring
