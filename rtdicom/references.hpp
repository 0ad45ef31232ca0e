#pragma once
#include "engine/plan/case.hpp"
#include "engine/plan/plan.hpp"
#include "engine/shape/structure.hpp"

namespace coutard::rtdicom {

/// Whether an object belongs to this CT: same patient (where both name one) and same frame of
/// reference. A plan must also have been made for the CT's patient position.
/// \throws InputError naming the object, the attribute, what the CT has and what was found
void check_belongs(const StructureSet& structures, const CtImage& ct);
void check_belongs(const Plan& plan, const CtImage& ct);
void check_belongs(const Dose& dose, const CtImage& ct);

}  // namespace coutard::rtdicom
