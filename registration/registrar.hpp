#pragma once
#include <memory>

#include "engine/ports/dose_engine.hpp"
#include "engine/ports/registrar.hpp"

namespace coutard::registration {

/// The registrar of this room: rigid with ITK, deformable on LibTorch tensors.
/// \param device of the deformable part; Auto takes CUDA where LibTorch has it. The rigid part runs on the CPU
/// \param threads of the CPU, 0 for all cores
/// The calls throw InputError (NaN, empty mask, no overlap), NotBuilt (CUDA asked for and absent, or a
/// build without ITK asked for a rigid registration) and Interrupted.
std::unique_ptr<Registrar> make_registrar(Device device, int threads);

}  // namespace coutard::registration
