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

/// Whether a dose is that of the whole plan: its summation is PLAN, and where it names a plan, this one.
/// \throws InputError naming the attribute, what was found and what was expected
void check_belongs(const Dose& dose, const Plan& plan);

/// Whether two images are of one patient, where both name one. Their frames of reference may differ.
/// \throws InputError naming PatientID and both values
void check_same_patient(const CtImage& first, const CtImage& second);

}  // namespace coutard::rtdicom
