#pragma once
#include <vector>

#include "dose/machine/beam_model.hpp"
#include "engine/plan/plan.hpp"

namespace coutard::dose {

/// Fluence that one gantry direction delivers, summed over its segments: MU of open fluence per pixel.
struct DirectionFluence {
    double gantry_deg = 0, collimator_deg = 0, couch_deg = 0;
    double monitor_units = 0;
    FluenceMap map;
};

/// Fluence of a beam's control points, one map per direction: leaves and jaws move evenly between control
/// points; effective leaf edges lie half the dosimetric leaf gap behind the tips; closed leaves and jaws
/// transmit; the focal spot blurs. No map holds more gantry travel than `arc_step_deg`: short
/// segments are joined, longer ones cut evenly. A half turn between two control points runs clockwise.
/// Fluence further outside the jaws than 10 mm and the blur is left out.
/// \throws InputError as check_beam
std::vector<DirectionFluence> delivered_maps(const Beam& beam, const BeamModel& model, double arc_step_deg = 4,
                                             double pixel_mm = 1);

}  // namespace coutard::dose
