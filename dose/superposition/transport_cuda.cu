#include <algorithm>
#include <vector>

#include "dose/superposition/superpose_parts.hpp"
#include "engine/par/for_each.cuh"

namespace coutard::dose {

namespace {

constexpr int oldest_major = 8;  // compute capability that the kernels are built for (cmake/CoutardCuda.cmake)

/// Numbers of the devices that can run our kernels.
std::vector<int> usable_devices() {
    int count = 0;
    std::vector<int> out;
    if (cudaGetDeviceCount(&count) != cudaSuccess) {
        cudaGetLastError();  // no driver or no device: not an error of ours
        return out;
    }
    for (int d = 0; d < count; ++d) {
        int major = 0;
        if (cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, d) == cudaSuccess &&
            major >= oldest_major)
            out.push_back(d);
    }
    cudaGetLastError();
    return out;
}

}  // namespace

int cuda_devices() {
    return static_cast<int>(usable_devices().size());
}

SuperpositionResult transport_cuda(const SuperpositionJob& job, const Progress& progress) {
    using par::Device, par::DeviceArray;
    const auto devices = usable_devices();
    if (devices.empty()) throw par::DeviceError("no CUDA device of compute capability 8.0 or newer");
    COUTARD_CUDA_CALL(cudaSetDevice(devices.front()));
    const auto& medium = *job.medium;
    const auto& kernel = *job.kernel;
    const std::size_t voxels = medium.grid.count();
    const DeviceArray<float> density(medium.density);
    const DeviceArray<WaterLength> water(job.water);
    const DeviceArray<std::uint8_t> material(medium.material);
    const DeviceArray<double> attenuation(job.attenuation), sums(job.fluence_sums), energy(kernel.energy_fluence),
        focal(job.fluence.focal.values), extra_focal(job.extra_focal_sums), softening(job.softening);
    const DeviceArray<int> group(kernel.group);
    DeviceArray<float> terma(voxels * energy_groups);
    DeviceArray<std::int64_t> deposit(voxels);
    auto release = release_of<Device>(job);
    release.fluence.sums = sums.read();
    release.fluence.values = focal.read();
    release.extra_focal.sums = extra_focal.read();
    release.softening = softening.read();
    release.density = density.read();
    release.material = material.read();
    release.attenuation = attenuation.read();
    release.energy_fluence = energy.read();
    release.group = group.read();
    release.terma = terma.view();
    par::for_each_index(Device{}, voxels, release);
    std::vector<float> amplitudes;
    for (const auto& cone : kernel.cones)
        amplitudes.insert(amplitudes.end(), cone.amplitude.begin(), cone.amplitude.end());
    const DeviceArray<float> amplitude(amplitudes), density_table(kernel.tilt_density), norm_table(kernel.tilt_norm);
    const std::size_t each = energy_groups * ladder_rates;
    for (std::size_t c = 0; c < kernel.cones.size(); ++c) {
        progress.at(0.1 + 0.9 * static_cast<double>(c) / static_cast<double>(kernel.cones.size()), "superposition");
        const ConeLines through = cone_lines(medium.grid, job.directions[c]);
        const DeviceArray<ConeStep> steps(through.steps);
        auto line = cone_executor<Device>(medium.grid, through, steps.read());
        line.terma = terma.read();
        line.water = water.read();
        line.amplitude = {amplitude.read().data + c * each, each};
        line.tilt = {density_table.read(), norm_table.read()};
        std::copy(job.kernel->cones[c].own.begin(), job.kernel->cones[c].own.end(), line.own);
        line.fan = ray_fan(medium.grid, through, job.beam, job.directions[c]);
        line.unit = job.unit;
        line.deposit = deposit.view();
        par::for_each_index(Device{}, line.lines(), line);
    }
    COUTARD_CUDA_CALL(cudaDeviceSynchronize());
    SuperpositionResult out{terma.to_host(), {}};
    for (const std::int64_t counts : deposit.to_host())
        out.energy.push_back(static_cast<float>(job.unit.value(counts)));
    return out;
}

}  // namespace coutard::dose
