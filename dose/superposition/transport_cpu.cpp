#include <algorithm>
#include <atomic>

#include "dose/superposition/superpose_parts.hpp"
#include "engine/par/for_each.hpp"

namespace coutard::dose {
namespace {
constexpr int lanes = 16;  // neighbouring lines that are carried as one: they read neighbouring memory

template <bool Shared>
using Carrier = ConeLineExecutor<par::Host, lanes, Shared>;

COUTARD_WIDE void carry_all(const Carrier<false>& carry) {
    for (std::size_t b = 0; b < carry.bundles(); ++b) carry(b);
}
COUTARD_WIDE void carry_all(const Carrier<true>& carry) {
    for (std::size_t b = 0; b < carry.bundles(); ++b) carry(b);
}

template <bool Shared>
void carry_cone(const SuperpositionJob& job, std::size_t cone, const std::vector<float>& terma,
                const std::vector<std::uint8_t>& source, std::vector<std::int64_t>& deposit) {
    const auto& through = job.lines[cone];
    auto carry = cone_executor<par::Host, lanes, Shared>(job.medium->grid, through, par::view(through.steps));
    carry.terma = par::view(terma);
    carry.source = par::view(source);
    carry.water = par::view(job.water);
    carry.amplitude = {job.kernel->cones[cone].amplitude.data(), job.kernel->cones[cone].amplitude.size()};
    carry.tilt = tilt_of(*job.kernel);
    std::copy(job.kernel->cones[cone].own.begin(), job.kernel->cones[cone].own.end(), carry.own);
    carry.fan = ray_fan(job.medium->grid, job.lines[cone], job.beam, job.directions[cone]);
    carry.unit = job.unit;
    carry.deposit = par::view(deposit);
    carry_all(carry);
}

}  // namespace

std::vector<float> terma_cpu(const SuperpositionJob& job) {
    using par::Host, par::view;
    const auto& medium = *job.medium;
    std::vector<float> out(medium.grid.count() * energy_groups);
    auto release = release_of<Host>(job);
    release.fluence.sums = view(job.fluence_sums);
    release.extra_focal.sums = view(job.extra_focal_sums);
    release.softening = view(job.softening);
    release.density = view(medium.density);
    release.material = view(medium.material);
    release.attenuation = view(job.attenuation);
    release.energy_fluence = view(job.kernel->energy_fluence);
    release.group = view(job.kernel->group);
    release.terma = view(out);
    par::for_each_index(Host{}, medium.grid.count(), release, 256);
    return out;
}

SuperpositionResult transport_cpu(const SuperpositionJob& job, const Progress& progress, std::size_t most_bytes) {
    SuperpositionResult out{terma_cpu(job), {}};
    const std::size_t cones = job.lines.size(), voxels = job.medium->grid.count();
    std::vector<std::uint8_t> source(voxels);
    for (std::size_t v = 0; v < voxels; ++v) source[v] = releases(out.terma.data() + v * energy_groups) ? 1 : 0;
    // Each worker takes whole cones and keeps sums of its own, or all share one array with atomic additions where
    // that would take too much memory; whole numbers add to the same bits in any order.
    const std::size_t workers =
        std::min<std::size_t>({static_cast<std::size_t>(par::threads()), 16, std::max<std::size_t>(cones, 1)});
    const bool shared = workers > 1 && workers * voxels * sizeof(std::int64_t) > most_bytes;
    std::vector<std::vector<std::int64_t>> sums(shared ? 1 : workers);
    sums[0].resize(voxels);
    std::atomic<std::size_t> next{0};
    par::for_each_index(par::Host{}, workers, [&](std::size_t w) {
        auto& sum = sums[shared ? 0 : w];
        if (!shared) sum.resize(voxels);
        for (std::size_t c; (c = next.fetch_add(1)) < cones;) {
            progress.at(0.1 + 0.9 * static_cast<double>(c) / static_cast<double>(cones), "superposition");
            if (shared)
                carry_cone<true>(job, c, out.terma, source, sum);
            else
                carry_cone<false>(job, c, out.terma, source, sum);
        }
    });
    out.deposit = std::move(sums[0]);
    for (std::size_t w = 1; w < sums.size(); ++w)
        for (std::size_t v = 0; v < voxels; ++v) out.deposit[v] += sums[w][v];
    return out;
}

}  // namespace coutard::dose
