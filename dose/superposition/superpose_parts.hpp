#pragma once
#include "dose/superposition/superpose.hpp"

namespace coutard::dose {

/// One beam ready for transport: flat arrays on the host, shared by the CPU and CUDA backends.
struct SuperpositionJob {
    const Medium* medium;
    BeamFrame beam;
    std::vector<float> electrons;  ///< electron density relative to water, per voxel
    FluenceMap map;
    std::vector<double> fluence_sums;
    std::vector<double> attenuation;  ///< mu/rho, shape (bins, materials)
    const BeamKernel* kernel;
    std::vector<ConeLines> lines;  ///< per cone
    std::vector<Vec3> directions;  ///< of the cones, patient axes
    par::FixedSum unit;
};

/// What transport gives back.
struct SuperpositionResult {
    std::vector<float> terma;           ///< shape (voxels, energy_groups)
    std::vector<std::int64_t> deposit;  ///< units per voxel
};

SuperpositionJob make_job(const Medium& medium, const BeamFrame& beam, const FluenceMap& fluence,
                          const BeamKernel& kernel);
BeamDose finish(const SuperpositionJob& job, const SuperpositionResult& result);

/// Energy released per voxel and group, on the CPU.
std::vector<float> terma_cpu(const SuperpositionJob& job);
SuperpositionResult transport_cpu(const SuperpositionJob& job, const Progress& progress);
/// \throws NotBuilt in a build without CUDA
SuperpositionResult transport_cuda(const SuperpositionJob& job, const Progress& progress);
/// Devices that this build can use; 0 without CUDA.
int cuda_devices();

}  // namespace coutard::dose
