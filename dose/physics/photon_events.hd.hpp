#pragma once
#include <cmath>

#include "dose/physics/azimuth.hd.hpp"
#include "dose/physics/constants.hd.hpp"
#include "engine/base/hd.hpp"
#include "engine/geom/vec3.hpp"

namespace coutard::dose {

/// Outcome of a Compton event: the photon and the recoil electron.
struct Compton {
    double photon_MeV, electron_MeV;
    double cos_photon, cos_electron;  ///< to the incoming photon; the electron's azimuth is opposite
};

/// Sample the Klein-Nishina distribution by the composition of 1/e and e (e = ratio of energies), times
/// the incoherent scattering function: `binding(x)` is S(x)/Z, x = E sin(theta/2) / hc [1/Angstrom].
/// Source: Klein, Nishina, Z Phys 52 (1929) 853; composition: Butcher, Messel, Nucl Phys 20 (1960) 15.
template <class Rng, class Binding>
COUTARD_HD Compton sample_compton(double energy_MeV, Rng& rng, const Binding& binding) {
    const double k = energy_MeV / electron_mass_MeV;
    const double e0 = 1 / (1 + 2 * k);
    const double a1 = -std::log(e0), a2 = 0.5 * (1 - e0 * e0);
    double e = 1, t = 0;  // t = 1 - cos(theta)
    for (;;) {
        e = rng.uniform() * (a1 + a2) < a1 ? std::exp(-a1 * rng.uniform())
                                           : std::sqrt(e0 * e0 + (1 - e0 * e0) * rng.uniform());
        t = (1 - e) / (k * e);
        const double sin2 = std::fmax(0.0, t * (2 - t));
        if (rng.uniform() > 1 - e * sin2 / (1 + e * e)) continue;
        const double x = 1000 * energy_MeV / keV_per_inverse_angstrom * std::sqrt(std::fmax(0.0, 0.5 * t));
        if (rng.uniform() < binding(x)) break;
    }
    Compton out{e * energy_MeV, (1 - e) * energy_MeV, 1 - t, 1};
    const double momentum2 = out.electron_MeV * (out.electron_MeV + 2 * electron_mass_MeV);
    if (momentum2 > 0)
        out.cos_electron = std::fmin(1.0, (energy_MeV - out.photon_MeV * out.cos_photon) / std::sqrt(momentum2));
    return out;
}

/// Polar cosine of a charged particle of speed beta from sin(theta) / (1 - beta cos(theta))^2, the
/// leading term for pair production and bremsstrahlung.
template <class Rng>
COUTARD_HD double sample_dipole_cosine(double kinetic_MeV, Rng& rng) {
    const double total = kinetic_MeV + electron_mass_MeV;
    const double beta = std::sqrt(kinetic_MeV * (kinetic_MeV + 2 * electron_mass_MeV)) / total;
    const double r = 2 * rng.uniform() - 1;
    return (r + beta) / (1 + beta * r);
}

/// Polar cosine of a photoelectron: the dipole sin^2(theta) / (1 - beta cos(theta))^4 (the leading part
/// of Sauter's K-shell formula, Ann Phys 11 (1931) 454), by rejection in 1 - cos.
template <class Rng>
COUTARD_HD double sample_photoelectron_cosine(double kinetic_MeV, Rng& rng) {
    const double total = kinetic_MeV + electron_mass_MeV;
    const double beta = std::sqrt(kinetic_MeV * (kinetic_MeV + 2 * electron_mass_MeV)) / total;
    for (;;) {  // 1/(1 - b c)^2 by inversion, the rest sin^2/(1 - b c)^2 <= gamma^2 by rejection
        const double r = 2 * rng.uniform() - 1;
        const double c = (r + beta) / (1 + beta * r), q = 1 - beta * c;
        if (rng.uniform() / (1 - beta * beta) < (1 - c * c) / (q * q)) return c;
    }
}

}  // namespace coutard::dose
