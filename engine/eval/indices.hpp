#pragma once
#include "engine/eval/structure_dose.hpp"

namespace coutard {

/// Homogeneity of the target dose, (D2% - D98%) / D50%: 0 is uniform.
/// Source: ICRU Report 83 (2010), section 3.7.1. \throws ContractError the target is empty or has no dose
double homogeneity_index(const StructureDose& target);

/// How well the prescription isodose wraps the target; volumes [cm3].
struct Conformity {
    Cm3 target;          ///< TV
    Cm3 prescription;    ///< PIV: all of the body at or above the prescription
    Cm3 overlap;         ///< TV_PIV: target at or above the prescription
    double rtog = 0;     ///< PIV / TV. Source: Shaw et al., IJROBP 27 (1993) 1231
    double paddick = 0;  ///< TV_PIV^2 / (TV PIV), 1 is ideal. Source: Paddick, J Neurosurg 93 Suppl 3 (2000) 219
    double gradient =
        0;  ///< PIV at half the prescription / PIV. Source: Paddick, Lippitz, J Neurosurg 105 Suppl (2006) 194
};
/// \param body all tissue that the dose grid covers, target included
/// \throws ContractError an empty structure or a prescription that is not positive
/// When nothing reaches the prescription, paddick and gradient are 0: there is no isodose to judge.
Conformity conformity(const StructureDose& target, const StructureDose& body, Gy prescription);

}  // namespace coutard
