#include "dose/montecarlo/kernel_history.hpp"

#include <algorithm>
#include <cmath>

#include "engine/par/fixed_sum.hd.hpp"

namespace coutard::dose {
namespace {
constexpr int stretches = 4;  // of a path; more would cost more than the condensed step itself

std::int64_t quanta(double energy_MeV) {
    return par::FixedSum::of(HistorySums::quantum_MeV).counts(energy_MeV);
}
}  // namespace

void KernelTally::book(const Vec3& at_cm, double energy_MeV, bool scatter) {
    const Vec3 at = at_cm - origin_cm;
    const double r = norm(at);
    if (r >= edges_cm.back()) return escape(energy_MeV);
    const auto bin =
        static_cast<std::size_t>(std::upper_bound(edges_cm.begin(), edges_cm.end(), r) - edges_cm.begin()) - 1;
    const double polar = r > 0 ? std::acos(std::clamp(at.z / r, -1.0, 1.0)) : 0;
    const auto angle = static_cast<std::size_t>(std::min(static_cast<int>(polar / pi * angles), angles - 1));
    par::shared_add(&counts[((scatter ? static_cast<std::size_t>(angles) : 0) + angle) * radii() + bin],
                    quanta(energy_MeV));
}

void KernelTally::escape(double energy_MeV) {
    par::shared_add(&counts.back(), quanta(energy_MeV));
}

void KernelScore::deposit_along(const Vec3& from, const Vec3& direction, double path_cm, double energy_MeV) {
    if (!scatter_) primary_MeV_ += energy_MeV;
    // a particle that stops where it was set free, perhaps at the origin, belongs to the direction that it has
    constexpr double hardly_cm = 1e-6;
    if (path_cm <= 0) return tally_.book(from + direction * hardly_cm, energy_MeV, scatter_);
    for (int i = 0; i < stretches; ++i)
        tally_.book(from + direction * (path_cm * (i + rng_.uniform()) / stretches), energy_MeV / stretches, scatter_);
}

void KernelScore::begin_scatter() {
    scatter_ = true;
    tally_.primary.add(0, primary_MeV_ / tally_.photon_MeV);
}

void KernelHistory::run(const Particle& first) {
    const auto at = OctaveGrid::find(first.energy_MeV);
    const std::size_t v = scene_.flat(first.place.voxel);
    const PhotonRow* r = rows(v, at);
    const float before = between(r[0].photoelectric, r[1].photoelectric, at),
                behind = between(r[0].rayleigh, r[1].rayleigh, at), all = between(r[0].total, r[1].total, at);
    const float choice = static_cast<float>(rng_.uniform()) * (all - (behind - before));
    react(first, v, at, choice < before ? choice : choice + (behind - before));
    finish_charged();
    score_.begin_scatter();
    while (!photons_.empty()) {
        Particle next = photons_.pop();
        fly(next);
    }
}

}  // namespace coutard::dose
