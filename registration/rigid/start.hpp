#pragma once
#include "engine/ports/registrar.hpp"

namespace coutard::registration {

/// Two images made ready for a rigid registration.
struct RigidPair {
    Volume<float> fixed, moving;  ///< cropped to the body, air outside it, HU clipped, resampled
    Mask where;                   ///< on the grid of fixed: similarity counts here
    Vec3 centre_mm;               ///< of the fixed body: angles turn about it
    Vec3 start_mm;                ///< shift to start from: the centres of both bodies on each other, or none
};

/// \param margin_mm similarity counts this far outside the body, so that skin meets skin
/// \throws InputError and ContractError as check(request); InputError also when the images cannot overlap
RigidPair prepare_rigid(const RegistrationRequest& request, double spacing_mm, double margin_mm);

}  // namespace coutard::registration
