#pragma once
#include <vector>

#include "dose/machine/beam_model.hpp"
#include "dose/machine/head_fluence.hpp"
#include "engine/plan/plan.hpp"

namespace coutard::dose {

/// Fluence that one gantry direction delivers, summed over its segments: MU of open fluence per pixel.
struct DirectionFluence {
    double gantry_deg = 0, collimator_deg = 0, couch_deg = 0;
    double monitor_units = 0;
    HeadFluence fluence;
};

/// Fluence of a beam's control points, per direction and source of the head: leaves and jaws move evenly between
/// control points and throw their shadows from their own planes, with round leaf ends, tongues and leaks; the monitor
/// counts what comes back from the jaws. No direction holds more gantry travel than `arc_step_deg`: short
/// segments are joined, longer ones cut evenly. A half turn between two control points runs clockwise.
/// Focal fluence further outside the jaws than 10 mm and the blur is left out. Theory: docs/theory/beam.md.
/// \throws InputError as check_beam
std::vector<DirectionFluence> delivered_maps(const Beam& beam, const BeamModel& model, double arc_step_deg = 4,
                                             double pixel_mm = 1);

}  // namespace coutard::dose
