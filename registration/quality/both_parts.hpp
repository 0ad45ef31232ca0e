#pragma once
#include "engine/ports/registrar.hpp"

namespace coutard::registration {

/// What two images and nothing else say of each other.
struct Registered {
    RigidTransform rigid;
    DisplacementField field;  ///< rigid and deformable part together, on the fixed grid
};

/// Rigid, then deformable from there (or the rigid map alone).
Registered register_both_parts(const Registrar& registrar, const RegistrationRequest& request, bool rigid_only,
                               const Progress& progress);

/// The same from the moving image to the fixed one, found anew: a way back that started from the inverse of
/// the way there would agree with its errors. Compared by consistency_figures.
Registered register_back(const Registrar& registrar, const RegistrationRequest& request, bool rigid_only,
                         const Progress& progress);

}  // namespace coutard::registration
