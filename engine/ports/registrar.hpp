#pragma once
#include <optional>

#include "engine/base/progress.hpp"
#include "engine/image/volume.hpp"

namespace coutard {

/// Rigid map of a fixed point to the moving image: moving = rotation * fixed + translation [mm, LPS].
struct RigidTransform {
    Mat3 rotation;
    Vec3 translation_mm;
    Vec3 operator()(const Vec3& fixed_mm) const { return rotation * fixed_mm + translation_mm; }
    RigidTransform inverse() const {
        const Mat3 back = rotation.transposed();
        return {back, -(back * translation_mm)};
    }
};

struct RegistrationRequest {
    const Volume<float>& fixed;      ///< [HU]
    const Volume<float>& moving;     ///< [HU]
    std::optional<Mask> fixed_body;  ///< similarity counts here; absent: everywhere
    std::optional<Mask> moving_body;
};

/// Finds where each point of the fixed image lies in the moving one. Implemented by registration/.
class Registrar {
  public:
    virtual ~Registrar() = default;
    virtual RigidTransform rigid(const RegistrationRequest& request, const Progress& progress) const = 0;
    /// Displacement on the grid of `fixed`, starting from a rigid transform.
    virtual DisplacementField deformable(const RegistrationRequest& request, const RigidTransform& start,
                                         const Progress& progress) const = 0;
};

}  // namespace coutard
