#pragma once
#include <string>

#include "engine/plan/machine.hpp"
#include "engine/plan/plan.hpp"
#include "engine/ports/dose_engine.hpp"

namespace coutard::dose {

/// Refuse a beam that its machine cannot have delivered: cheap, so that it runs before any long work.
/// \throws InputError naming beam and control point: a beam of another machine, fewer than two points,
/// falling or open metersets, leaves or jaws that cross, another number of leaf pairs, no monitor units
void check_beam(const Beam& beam, const Machine& machine);

/// \param beam what the error calls it \throws InputError the isocentre lies outside the CT
void check_isocentre(const DoseScene& scene, const Vec3& isocentre_mm, const std::string& beam);

/// \throws InputError the plan has no beams, or less than one fraction
void check_delivers(const Plan& plan);

}  // namespace coutard::dose
