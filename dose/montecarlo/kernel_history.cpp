#include "dose/montecarlo/kernel_history.hpp"

#include <algorithm>
#include <cmath>

#include "dose/physics/electron_events.hd.hpp"
#include "dose/physics/photon_events.hd.hpp"
#include "engine/base/error.hpp"
#include "engine/par/fixed_sum.hd.hpp"

namespace coutard::dose {
namespace {
constexpr double loss_per_step = 0.06;     // part of the energy lost in one condensed step
constexpr double paths_per_step = 0.1;     // of the first transport mean free path
constexpr double local_range = 0.02;       // an electron that cannot leave 2 % of its radius stops here
constexpr double least_local_cm = 0.0008;  // or this, close to the origin (range at 20 keV)
}  // namespace

void KernelTally::book(const Vec3& at, double energy_MeV, bool scatter) const {
    const double r = norm(at);
    if (r >= edges_cm->back()) return escape(energy_MeV);
    const auto bin =
        static_cast<std::size_t>(std::upper_bound(edges_cm->begin(), edges_cm->end(), r) - edges_cm->begin()) - 1;
    const double polar = r > 0 ? std::acos(std::clamp(at.z / r, -1.0, 1.0)) : 0;
    const auto angle = static_cast<std::size_t>(std::min(static_cast<int>(polar / pi * angles), angles - 1));
    const std::size_t cell = ((scatter ? static_cast<std::size_t>(angles) : 0) + angle) * radii() + bin;
    par::shared_add(&(*counts)[cell], par::FixedSum::of(quantum_MeV).counts(energy_MeV));
}

void KernelTally::escape(double energy_MeV) const {
    par::shared_add(&counts->back(), par::FixedSum::of(quantum_MeV).counts(energy_MeV));
}

double KernelHistory::azimuth() {
    return 2 * pi * rng_.uniform();
}

void KernelHistory::push(const Particle& p) {
    ensure(depth_ < stack_.size(), "kernel history: particle stack is large enough");
    stack_[depth_++] = p;
}

void KernelHistory::run(double energy_MeV) {
    interact({Kind::Photon, false, energy_MeV, {0, 0, 0}, {0, 0, 1}}, true);
    while (depth_ > 0) {
        const Particle p = stack_[--depth_];
        p.kind == Kind::Photon ? photon(p) : charged(p);
    }
}

void KernelHistory::photon(Particle p) {
    if (p.energy_MeV < water_.photon_cut_MeV) return tally_.book(p.at_cm, p.energy_MeV, p.scatter);
    const double mu = lookup(water_.attenuation.data(), water_.grid.find(p.energy_MeV));
    p.at_cm = p.at_cm + p.direction * (-std::log(rng_.uniform()) / mu);
    if (norm(p.at_cm) >= tally_.edges_cm->back()) return tally_.escape(p.energy_MeV);
    interact(p, false);
}

void KernelHistory::interact(const Particle& p, bool first) {
    const LogCell cell = water_.grid.find(p.energy_MeV);
    const bool tag = p.scatter || !first;
    double choice = rng_.uniform() * lookup(water_.attenuation.data(), cell);
    if ((choice -= lookup(water_.compton.data(), cell)) < 0) {
        const Compton c = sample_compton(p.energy_MeV, rng_, [&](double x) { return water_.binding_at(x); });
        const double phi = azimuth();
        push({Kind::Photon, true, c.photon_MeV, p.at_cm, turned(p.direction, c.cos_photon, phi)});
        push({Kind::Electron, tag, c.electron_MeV, p.at_cm, turned(p.direction, c.cos_electron, phi + pi)});
    } else if ((choice -= lookup(water_.photoelectric.data(), cell)) < 0) {
        // the binding energy (K shell of oxygen: 0.5 keV) is left with the electron
        const double c = sample_photoelectron_cosine(p.energy_MeV, rng_);
        push({Kind::Electron, tag, p.energy_MeV, p.at_cm, turned(p.direction, c, azimuth())});
    } else {
        // the pair shares the energy evenly in probability; triplets are taken as pairs
        const double kinetic = std::max(0.0, p.energy_MeV - 2 * electron_mass_MeV), part = rng_.uniform() * kinetic;
        for (const bool positron : {false, true}) {
            const double T = positron ? kinetic - part : part;
            const double c = sample_dipole_cosine(T, rng_);
            push({positron ? Kind::Positron : Kind::Electron, tag, T, p.at_cm, turned(p.direction, c, azimuth())});
        }
    }
}

void KernelHistory::charged(Particle p) {
    const double last = tally_.edges_cm->back();
    for (;;) {
        const LogCell cell = water_.grid.find(std::max(p.energy_MeV, water_.grid.low_MeV));
        const double range = lookup(water_.range.data(), cell);
        const double r = norm(p.at_cm);
        if (r >= last || range < std::max(least_local_cm, local_range * r)) {
            tally_.book(p.at_cm, p.energy_MeV, p.scatter);
            break;
        }
        const double loss = lookup(water_.loss.data(), cell);
        const double knock = lookup(water_.moller_rate.data(), cell), brems = lookup(water_.brems_rate.data(), cell);
        const double event = -std::log(rng_.uniform()) / std::max(knock + brems, 1e-30);
        const double step = std::min(
            {event, loss_per_step * p.energy_MeV / loss, paths_per_step / lookup(water_.inverse_l1.data(), cell)});
        hinge(p, step, cell);
        if (step < event) continue;
        rng_.uniform() * (knock + brems) < brems ? emit_bremsstrahlung(p) : knock_on(p);
    }
    if (p.kind == Kind::Positron) annihilate(p);
}

void KernelHistory::hinge(Particle& p, double path_cm, const LogCell& cell) {
    const double half = std::max(p.energy_MeV - 0.5 * path_cm * lookup(water_.loss.data(), cell), water_.grid.low_MeV);
    const LogCell middle = water_.grid.find(half);
    const double lost = std::min(p.energy_MeV, path_cm * lookup(water_.loss.data(), middle));
    const double before = path_cm * rng_.uniform(), deposit = path_cm * rng_.uniform();
    const Vec3 start = p.at_cm, old = p.direction;
    const double c = sample_hinge_cosine(path_cm * lookup(water_.inverse_l1.data(), middle),
                                         path_cm * lookup(water_.inverse_l2.data(), middle), rng_);
    p.direction = turned(p.direction, c, azimuth());
    const Vec3 at_hinge = start + old * before;
    p.at_cm = at_hinge + p.direction * (path_cm - before);
    // all of the step's loss at one even random point of its path: unbiased and cheap
    tally_.book(deposit < before ? start + old * deposit : at_hinge + p.direction * (deposit - before), lost,
                p.scatter);
    p.energy_MeV -= lost;
}

void KernelHistory::emit_bremsstrahlung(Particle& p) {
    const double T = p.energy_MeV, cut = water_.photon_cut_MeV / T;
    if (cut >= 1) return;
    const double highest = 1.05 * std::max({water_.chi(T, cut), water_.chi(T, 0.5 * (1 + cut)), water_.chi(T, 0.0)});
    double k = 1;  // k/T from chi(k)/k: 1/k by inversion, chi by rejection
    do k = std::pow(cut, rng_.uniform());
    while (rng_.uniform() * highest > water_.chi(T, k));
    const double c = sample_dipole_cosine(T, rng_);
    push({Kind::Photon, true, k * T, p.at_cm, turned(p.direction, c, azimuth())});
    p.energy_MeV -= k * T;
}

void KernelHistory::knock_on(Particle& p) {
    const double T = p.energy_MeV, cut = water_.delta_cut_MeV / T;
    if (cut >= 0.5) return;
    const double given = T * sample_moller(T, cut, rng_), phi = azimuth();
    push({Kind::Electron, p.scatter, given, p.at_cm, turned(p.direction, moller_cosine(T, given), phi + pi)});
    p.direction = turned(p.direction, moller_cosine(T, T - given), phi);
    p.energy_MeV = T - given;
}

void KernelHistory::annihilate(const Particle& p) {
    const Vec3 d = turned({0, 0, 1}, 2 * rng_.uniform() - 1, azimuth());
    push({Kind::Photon, true, electron_mass_MeV, p.at_cm, d});
    push({Kind::Photon, true, electron_mass_MeV, p.at_cm, -d});
}

}  // namespace coutard::dose
