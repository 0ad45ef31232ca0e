#pragma once
#include "dose/superposition/superpose.hpp"
#include "dose/superposition/terma.hd.hpp"

namespace coutard::dose {

/// One beam ready for transport: flat arrays on the host, shared by the CPU and CUDA backends.
struct SuperpositionJob {
    const Medium* medium;
    BeamFrame beam;
    std::vector<WaterLength> water;  ///< per voxel
    HeadFluence fluence;
    std::vector<double> fluence_sums, extra_focal_sums;
    std::vector<double> softening;    ///< of the bins over those on the axis, shape (rows, bins); empty: none
    std::vector<double> attenuation;  ///< mu/rho, shape (bins, materials)
    const BeamKernel* kernel;
    std::vector<Vec3> directions;  ///< of the cones, patient axes
    par::FixedSum unit;            ///< of sums that threads share [MeV/cm3]
};

/// What transport gives back.
struct SuperpositionResult {
    std::vector<float> terma;   ///< [MeV/cm3], shape (voxels, energy_groups)
    std::vector<float> energy;  ///< laid down [MeV/cm3], per voxel
};

SuperpositionJob make_job(const Medium& medium, const BeamFrame& beam, const HeadFluence& fluence,
                          const BeamKernel& kernel);
/// The executor of released energy without its views of arrays.
template <class Space>
TermaExecutor<Space> release_of(const SuperpositionJob& job) {
    const auto sums = [](const FluenceMap& map) {
        return FluenceReader<Space>{map.x0_mm, map.y0_mm, map.pixel_mm, map.nx, map.ny, {}, {}};
    };
    TermaExecutor<Space> release{};
    release.grid = job.medium->grid;
    release.beam = job.beam;
    release.fluence = sums(job.fluence.focal);
    release.extra_focal = sums(job.fluence.extra_focal);
    release.extra_focal_from_mm = job.fluence.extra_focal_from_mm;
    release.softening_step_mm = job.fluence.softening.step_mm;
    release.materials = static_cast<int>(job.medium->materials.size());
    return release;
}
BeamDose finish(const SuperpositionJob& job, const SuperpositionResult& result);

/// Energy released per voxel and group, on the CPU.
std::vector<float> terma_cpu(const SuperpositionJob& job);
/// Primary and scatter part of the ladder apart, the latter on cells of about 5 mm (docs/theory/dose.md, section 3).
/// \param most_bytes that the workers' own sums may take: fewer work where they would take more; the same bits
SuperpositionResult transport_cpu(const SuperpositionJob& job, const Progress& progress,
                                  std::size_t most_bytes = most_worker_bytes);
/// \throws NotBuilt in a build without CUDA; DeviceError the device refused or failed
SuperpositionResult transport_cuda(const SuperpositionJob& job, const Progress& progress);
/// Devices that this build can use (compute capability 8.0 and newer); 0 without CUDA.
int cuda_devices();

using Transport = SuperpositionResult (*)(const SuperpositionJob&, const Progress&);
/// The GPU's transport; where the device was ours to choose and fails, a warning and the CPU's.
/// \param cuda true on entry; false on return when the CPU did it \throws DeviceError device is Cuda
SuperpositionResult transport_or_cpu(const SuperpositionJob& job, Device device, const Progress& progress,
                                     Transport gpu, bool& cuda);

}  // namespace coutard::dose
