#include "registration/registrar.hpp"

#include "registration/deformable/deformable.hpp"
#include "registration/rigid/rigid.hpp"

namespace coutard::registration {
namespace {

class RoomRegistrar : public Registrar {
  public:
    RoomRegistrar(Device device, int threads) : device_(device), threads_(threads) {}

    RigidTransform rigid(const RegistrationRequest& request, const Progress& progress) const override {
        return register_rigid(request, {}, threads_, progress);
    }
    DisplacementField deformable(const RegistrationRequest& request, const RigidTransform& start,
                                 const Progress& progress) const override {
        return register_deformable(request, start, {}, device_, threads_, progress);
    }

  private:
    Device device_;
    int threads_;
};

}  // namespace

std::unique_ptr<Registrar> make_registrar(Device device, int threads) {
    return std::make_unique<RoomRegistrar>(device, threads);
}

}  // namespace coutard::registration
