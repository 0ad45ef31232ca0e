#pragma once
#include "dose/machine/head_fluence.hpp"
#include "dose/physics/medium.hpp"
#include "dose/superposition/cone_kernel.hpp"
#include "engine/base/progress.hpp"
#include "engine/geom/iec61217.hpp"
#include "engine/image/volume.hpp"
#include "engine/ports/dose_engine.hpp"

namespace coutard::dose {

/// Released energy and dose of one beam.
struct BeamDose {
    Volume<float> dose;            ///< to the local medium [Gy cm2]: Gy for 1 photon/cm2 at the isocentre distance
    double released_MeV_cm2 = 0;   ///< energy released in the grid, times 1 cm2
    double deposited_MeV_cm2 = 0;  ///< of it, laid down in the grid; the rest left through its faces
    bool cuda = false;             ///< calculated on a GPU
};

/// Memory that the workers' own sums may take [bytes]; above it they are fewer.
inline constexpr std::size_t most_worker_bytes = std::size_t{2} << 30;
/// What a field dose holds per voxel besides: medium, water lengths, terma, its layouts, sums, doses [bytes]; rows are
/// padded.
inline constexpr std::size_t field_bytes_per_voxel = 130;

/// Dose of one beam by collapsed-cone superposition (docs/theory/dose.md); contaminant electrons by their depth
/// dose (docs/theory/beam.md). The same bits for any number
/// of threads. \param device Auto takes a GPU when the build and machine have one, and
/// the CPU when that GPU fails \param most_bytes for the workers' own sums; the same dose whatever it is
/// \throws ContractError sizes differ, the source lies in the grid, more materials than a Medium may hold
/// \throws NotBuilt Cuda asked for and this build or machine has none; par::DeviceError it has one that fails
BeamDose superpose(const Medium& medium, const BeamFrame& beam, const HeadFluence& fluence, const BeamKernel& kernel,
                   Device device, const Progress& progress, std::size_t most_bytes = most_worker_bytes);

/// Whether a CUDA device can be used. \throws NotBuilt (by name) when Cuda is asked for and cannot
bool use_cuda(Device device);

}  // namespace coutard::dose
