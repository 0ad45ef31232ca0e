#pragma once
#include "engine/ports/dose_engine.hpp"
#include "engine/ports/registrar.hpp"
#include "registration/deformable/settings.hpp"

namespace coutard::registration {

/// Diffeomorphic multi-resolution registration: a stationary velocity field in cubic B-splines, flowed
/// to a map, moved by Adam to the best local correlation under bending and diffusion penalties.
/// Theory: docs/theory/registration.md (1)-(7).
/// \param start  rigid map to start from; it is composed after the deformation
/// \param device Auto takes CUDA where there is one
/// \param threads of LibTorch on the CPU, 0 for all cores
/// \return displacement on the grid of request.fixed [mm]: start(x + u(x)) - x
/// \throws InputError images with NaN, empty masks, images that do not overlap
/// \throws ContractError masks on another grid than their image
/// \throws NotBuilt CUDA asked for and absent
DisplacementField register_deformable(const RegistrationRequest& request, const RigidTransform& start,
                                      const DeformableSettings& settings, Device device, int threads,
                                      const Progress& progress);

}  // namespace coutard::registration
