#pragma once
#include "engine/plan/plan.hpp"

namespace coutard {

/// Signed way from a to b on the circle [degree]: the shorter one, clockwise (rising) for half a turn, as the plan
/// reader takes it.
double gantry_way_deg(double a, double b);

/// The machine at a part of its even motion between two control points, 0 to 1; collimator and couch are those of `a`.
ControlPoint between(const ControlPoint& a, const ControlPoint& b, double part);

/// The machine when a part of a beam's monitor units is delivered, 0 to 1.
/// \throws ContractError fewer than two control points
ControlPoint state_at(const Beam& beam, double delivered);

}  // namespace coutard
