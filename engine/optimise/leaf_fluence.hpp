#pragma once
#include <string>
#include <vector>

#include "engine/plan/machine.hpp"
#include "engine/plan/plan.hpp"
#include "engine/ports/influence.hpp"

namespace coutard {

/// Mean fluence that a beam's control points deliver over each beamlet [MU, as of the open field]:
/// leaves and jaws move evenly between control points, their effective edges lie half the dosimetric
/// leaf gap behind the tips, closed leaves and jaws transmit (docs/theory/optimisation.md, 18).
/// Exact for linear motion with jaws at rest.
std::vector<double> delivered_fluence(const Beam& beam, const BeamletBeam& beamlets, const Machine& machine);

/// What the machine could not deliver, in words; empty when all limits hold: leaf and jaw ranges, gap,
/// span of a bank, leaf speed at the given dose rate (sliding windows: on arcs gantry and dose rate wait for leaves),
/// metersets that rise from 0 to 1. \param dose_rate_mu_min  rate at which the beam is on
std::vector<std::string> broken_limits(const Beam& beam, const Machine& machine, double dose_rate_mu_min);

}  // namespace coutard
