#include "engine/base/error.hpp"
#include "registration/rigid/rigid.hpp"

namespace coutard::registration {

RigidTransform register_rigid(const RegistrationRequest&, const RigidSettings&, int, const Progress&) {
    throw NotBuilt("rigid registration: this build has no ITK");
}

}  // namespace coutard::registration
