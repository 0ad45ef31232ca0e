#pragma once
#include "engine/ports/registrar.hpp"

namespace coutard::registration {

enum class RigidMetric {
    MutualInformation,  ///< Mattes; needs no equal grey values (another scanner, cone beam)
    MeanSquares,        ///< the same scanner, calibrated HU
};

struct RigidSettings {
    RigidMetric metric = RigidMetric::MutualInformation;
    double spacing_mm = 3;  ///< both images are resampled to this voxel width, or keep a wider one
    double sampled = 0.3;   ///< part of the voxels that the metric looks at, (0, 1]
    int iterations = 30;    ///< at most, per resolution; each is a line search
    double margin_mm = 9;   ///< similarity counts this far outside the body
};

/// Three shifts and three angles that bring the moving image onto the fixed one: multi-resolution
/// conjugate gradients with ITK. Couch and mask shell count as air when body masks are given.
/// Theory: docs/theory/registration.md (8). Source: Mattes et al., IEEE Trans Med Imaging 22 (2003) 120.
/// \throws InputError images with NaN, empty masks, images that do not overlap
/// \throws ContractError masks on another grid than their image
RigidTransform register_rigid(const RegistrationRequest& request, const RigidSettings& settings, int threads,
                              const Progress& progress);

}  // namespace coutard::registration
