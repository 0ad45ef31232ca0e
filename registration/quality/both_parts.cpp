#include "registration/quality/both_parts.hpp"

#include "engine/image/invert.hpp"

namespace coutard::registration {

Registered register_both_parts(const Registrar& registrar, const RegistrationRequest& request, bool rigid_only,
                               const Progress& progress) {
    const auto rigid = registrar.rigid(request, progress.part(0, 0.15));
    if (rigid_only) return {rigid, field_of(request.fixed.grid(), rigid)};
    return {rigid, registrar.deformable(request, rigid, progress.part(0.15, 1))};
}

Registered register_back(const Registrar& registrar, const RegistrationRequest& request, bool rigid_only,
                         const Progress& progress) {
    return register_both_parts(registrar, {request.moving, request.fixed, request.moving_body, request.fixed_body},
                               rigid_only, progress);
}

}  // namespace coutard::registration
