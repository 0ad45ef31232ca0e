#pragma once
#include <vector>

#include "engine/image/volume.hpp"
#include "engine/plan/plan.hpp"
#include "engine/ports/registrar.hpp"
#include "engine/shape/structure.hpp"
#include "registration/quality/field_quality.hpp"

namespace coutard::registration {

/// What a registration does to one structure.
struct Propagated {
    Structure structure;    ///< on the fixed image; name, role, colour and number of the original
    double moving_cm3 = 0;  ///< volume where it was drawn
    double fixed_cm3 = 0;   ///< volume where it lies now
    double shift_mm = 0;    ///< distance of the centres of mass
};

/// A structure that was not carried over, and why not.
struct LeftBehind {
    std::string name, reason;
};

struct PropagatedSet {
    std::vector<Propagated> moved;
    std::vector<LeftBehind> left;
};

/// Pull contours of the moving image to the fixed one: masks on the moving grid, warped by the field,
/// contours again. Left behind, with the reason: supports (a couch does not bend with the patient), points
/// and empty structures, and what ends up outside the fixed image.
/// \param moving grid of the moving image, on whose slices the contours lie
/// \throws InputError a contour does not lie in the planes of the moving grid
PropagatedSet propagate(const StructureSet& structures, const Grid& moving, const DisplacementField& field);

/// Everything that `coutard register` says, machine-readable.
std::string registration_json(const RegistrationFigures& figures, const RigidTransform& rigid,
                              const PropagatedSet& structures);

/// Pull a dose of the moving image to the fixed grid: D(x) = D_moving(x + u(x)), 0 where the moving dose
/// has no values. Energy is not conserved where the map compresses: dose is per mass, and mass moves along.
/// \param target grid wanted; displacements are interpolated on it
Dose pull_dose(const Dose& moving, const DisplacementField& field, const Grid& target);

}  // namespace coutard::registration
