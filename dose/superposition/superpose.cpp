#include <algorithm>
#include <cmath>
#include <mutex>

#include "dose/physics/constants.hd.hpp"
#include "dose/superposition/contaminants.hpp"
#include "dose/superposition/detour.hpp"
#include "dose/superposition/superpose_parts.hpp"
#include "engine/base/error.hpp"
#include "engine/base/log.hpp"
#include "engine/par/device_error.hpp"

namespace coutard::dose {
namespace {

/// Most energy that a voxel can release [MeV/cm3]: sets the unit of the sums.
double highest_terma(const SuperpositionJob& job) {
    const auto& m = *job.medium;
    const double rho = m.density.empty() ? 0 : *std::max_element(m.density.begin(), m.density.end());
    const auto most = [](const std::vector<double>& values) {
        return values.empty() ? 0.0 : *std::max_element(values.begin(), values.end());
    };
    // the extra-focal source is nearer and softer spectra release more: room for both
    const double open =
        (most(job.fluence.focal.values) + 2 * most(job.fluence.extra_focal.values)) * (job.softening.empty() ? 1 : 2);
    double rate = 0;
    for (std::size_t i = 0; i < m.materials.size(); ++i) {
        double sum = 0;
        for (std::size_t b = 0; b < job.kernel->energy_fluence.size(); ++b)
            sum += job.kernel->energy_fluence[b] * job.attenuation[b * m.materials.size() + i];
        rate = std::max(rate, sum);
    }
    const Vec3 at = m.grid.index(job.beam.source_mm);
    const Size3 n = m.grid.size();
    const Vec3 nearest = m.grid.point(std::clamp(at.x, 0.0, n.x - 1.0), std::clamp(at.y, 0.0, n.y - 1.0),
                                      std::clamp(at.z, 0.0, n.z - 1.0));
    const double distance = norm(nearest - job.beam.source_mm);
    expect(distance > 1, "superposition: the source lies outside the grid");
    return rho * open * rate * std::pow(job.beam.sad_mm / distance, 2);
}

}  // namespace

SuperpositionJob make_job(const Medium& medium, const BeamFrame& beam, const HeadFluence& fluence,
                          const BeamKernel& kernel) {
    expect(medium.density.size() == medium.grid.count() && medium.material.size() == medium.grid.count(),
           "superposition: one density and material per voxel");
    expect(!medium.materials.empty() && medium.materials.size() <= Medium::max_materials,
           "superposition: 1 to 16 materials");
    SuperpositionJob job;
    job.medium = &medium;
    job.beam = beam;
    job.water = water_lengths_along(beam, medium, kernel.primary_MeV);
    job.fluence = fluence;
    job.fluence_sums = fluence.focal.sums();
    if (fluence.extra_focal.nx > 0) job.extra_focal_sums = fluence.extra_focal.sums();
    job.kernel = &kernel;
    const SpectrumRows& rows = fluence.softening;
    expect(rows.bins == 0 || (rows.bins == kernel.energy_fluence.size() && rows.rows() >= 2),
           "superposition: spectra off the axis in the bins of the one on it");
    for (std::size_t i = 0; i < rows.photons.size(); ++i) {
        const double axis = rows.photons[i % rows.bins];
        job.softening.push_back(axis > 0 ? rows.photons[i] / axis : 0);
    }
    for (double energy : kernel.energy_MeV)
        for (const auto& material : medium.materials) job.attenuation.push_back(material.attenuation(energy));
    for (const auto& cone : kernel.cones)
        job.directions.push_back(beam.axes.cx * cone.direction.x + beam.axes.cy * cone.direction.y -
                                 beam.axes.cz * cone.direction.z);
    job.unit = par::FixedSum::of(std::max(highest_terma(job), 1e-30) * std::pow(2.0, -36));
    return job;
}

BeamDose finish(const SuperpositionJob& job, const SuperpositionResult& result) {
    const auto& m = *job.medium;
    BeamDose out{Volume<float>(m.grid), 0, 0, false};
    const double volume = m.grid.voxel_cm3();
    for (std::size_t v = 0; v < m.density.size(); ++v) {
        double released = 0;
        for (std::size_t g = 0; g < energy_groups; ++g)
            released += static_cast<double>(result.terma[v * energy_groups + g]);
        const auto given = static_cast<double>(result.energy[v]);
        out.released_MeV_cm2 += released * volume;
        out.deposited_MeV_cm2 += given * volume;
        // signed ladder terms and sharpened edges may leave a dose a hair below zero far from the beam
        if (m.density[v] > 0)
            out.dose[v] = static_cast<float>(std::max(0.0, given / static_cast<double>(m.density[v]) * gray_per_MeV_g));
    }
    return out;
}

bool use_cuda(Device device) {
    if (device == Device::Cpu) return false;
    const int found = cuda_devices();
    if (found == 0 && device == Device::Cuda)
        throw NotBuilt(
            "device 'cuda' was asked for, but this build or machine has no CUDA device of compute capability 8.0 or "
            "newer");
    return found > 0;
}

SuperpositionResult transport_or_cpu(const SuperpositionJob& job, Device device, const Progress& progress,
                                     Transport gpu, bool& cuda) {
    try {
        return gpu(job, progress);
    } catch (const par::DeviceError& problem) {
        if (device == Device::Cuda) throw;
        static std::once_flag said;  // an arc has many directions
        std::call_once(said, [&] { log::warn("the GPU failed, the CPU goes on: " + std::string(problem.what())); });
    }
    cuda = false;
    return transport_cpu(job, progress);
}

BeamDose superpose(const Medium& medium, const BeamFrame& beam, const HeadFluence& fluence, const BeamKernel& kernel,
                   Device device, const Progress& progress, std::size_t most_bytes) {
    bool cuda = use_cuda(device);
    const SuperpositionJob job = make_job(medium, beam, fluence, kernel);
    BeamDose out = finish(job, cuda ? transport_or_cpu(job, device, progress, transport_cuda, cuda)
                                    : transport_cpu(job, progress, most_bytes));
    out.cuda = cuda;
    add_electrons(medium, beam, fluence, out.dose);
    return out;
}

}  // namespace coutard::dose
