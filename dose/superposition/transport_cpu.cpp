#include "dose/superposition/superpose_parts.hpp"
#include "engine/par/for_each.hpp"

namespace coutard::dose {

SuperpositionResult transport_cpu(const SuperpositionJob& job, const Progress& progress) {
    using par::Host, par::view;
    const auto& medium = *job.medium;
    const auto& kernel = *job.kernel;
    SuperpositionResult out;
    out.terma.resize(medium.grid.count() * energy_groups);
    out.deposit.resize(medium.grid.count());
    const TermaExecutor<Host> terma{
        medium.grid,
        job.beam,
        {job.map.x0_mm, job.map.y0_mm, job.map.pixel_mm, job.map.nx, job.map.ny, view(job.fluence_sums)},
        view(medium.density),
        view(medium.material),
        view(job.attenuation),
        view(kernel.energy_fluence),
        view(kernel.group),
        static_cast<int>(medium.materials.size()),
        view(out.terma)};
    par::for_each_index(Host{}, medium.grid.count(), terma, 256);
    for (std::size_t c = 0; c < kernel.cones.size(); ++c) {
        progress.at(0.1 + 0.9 * static_cast<double>(c) / static_cast<double>(kernel.cones.size()), "superposition");
        const auto& amplitude = kernel.cones[c].amplitude;
        const ConeLineExecutor<Host> line{medium.grid,
                                          job.lines[c],
                                          view(std::as_const(out.terma)),
                                          view(job.electrons),
                                          {amplitude.data(), amplitude.size()},
                                          job.unit,
                                          view(out.deposit)};
        par::for_each_index(Host{}, job.lines[c].lines(), line, 64);
    }
    return out;
}

}  // namespace coutard::dose
