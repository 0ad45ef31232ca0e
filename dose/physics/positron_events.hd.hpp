#pragma once
#include <cmath>

#include "dose/physics/electron_events.hd.hpp"

namespace coutard::dose {

/// Bhabha's factor over e^2: the part of his cross section beyond Rutherford's 1/e^2.
COUTARD_HD inline double bhabha_factor(double kinetic_MeV, double e) {
    const double gamma = kinetic_MeV / electron_mass_MeV + 1, y = 1 / (gamma + 1), q = 1 - 2 * y;
    const double b1 = 2 - y * y, b2 = q * (3 + y * y), b4 = q * q * q, b3 = q * q + b4;
    return 1 + beta_squared(kinetic_MeV) * e * (-b1 + e * (b2 + e * (-b3 + e * b4)));
}

/// d sigma / d e of Bhabha scattering per free electron [cm2], e = energy given / kinetic energy, e <= 1.
/// Source: Bhabha, Proc R Soc A 154 (1936) 195; ICRU Report 37 (1984).
COUTARD_HD inline double bhabha(double kinetic_MeV, double e) {
    const double tau = kinetic_MeV / electron_mass_MeV;
    return 2 * pi * electron_radius_cm * electron_radius_cm / (beta_squared(kinetic_MeV) * tau) *
           bhabha_factor(kinetic_MeV, e) / (e * e);
}

/// Sample e in [cut, 1] from `bhabha`: 1/e^2 by inversion, its factor (at most 1) by rejection.
template <class Rng>
COUTARD_HD double sample_bhabha(double kinetic_MeV, double cut, Rng& rng) {
    for (;;) {
        const double e = 1 / (1 / cut - rng.uniform() * (1 / cut - 1));
        if (rng.uniform() < bhabha_factor(kinetic_MeV, e)) return e;
    }
}

/// Cross section of annihilation in flight into two photons per free electron [cm2].
/// Source: Heitler, The Quantum Theory of Radiation (1954).
COUTARD_HD inline double annihilation(double kinetic_MeV) {
    const double g = kinetic_MeV / electron_mass_MeV + 1, r = std::sqrt(g * g - 1);
    return pi * electron_radius_cm * electron_radius_cm / (g + 1) *
           ((g * g + 4 * g + 1) / (g * g - 1) * std::log(g + r) - (g + 3) / r);
}

/// Two photons of an annihilation in flight: energies and polar cosines to the positron's direction.
struct AnnihilationPair {
    double energy_MeV[2], cosine[2];
};

/// Sample the softer photon's part z of T + 2 m c^2 from Heitler's differential cross section,
///   S(z) + S(1 - z), S(z) = -(g + 1)^2 + (g^2 + 4 g + 1)/z - 1/z^2:
/// 1/z by inversion, the rest by rejection; z is the first photon's with S(z) alone, over its whole range.
template <class Rng>
COUTARD_HD AnnihilationPair sample_annihilation(double kinetic_MeV, Rng& rng) {
    const double g = kinetic_MeV / electron_mass_MeV + 1, r = std::sqrt(g * g - 1);
    const double least = 1 / (g + 1 + r), top = (g + 1) * (g + 1);
    const auto shape = [&](double z) { return -top * z + (g * g + 4 * g + 1) - 1 / z; };
    const double most = shape(1 / (g + 1));  // where the rest is largest: 1/z = g + 1
    double z = 0;
    do z = least * std::pow((1 - least) / least, rng.uniform());
    while (rng.uniform() * most > shape(z));
    const double all = kinetic_MeV + 2 * electron_mass_MeV;
    const auto cosine = [&](double part) { return std::fmax(-1.0, std::fmin(1.0, (g + 1 - 1 / part) / r)); };
    return {{z * all, (1 - z) * all}, {cosine(z), cosine(1 - z)}};
}

/// Collision stopping number of a positron less that of an electron: what the mean excitation energy and
/// the density effect leave alone. Times 2 pi r_e^2 m c^2 (electrons per gram) / beta^2 [MeV cm2/g].
/// Source: ICRU Report 37 (1984), eqs. for F+ and F-.
COUTARD_HD inline double positron_excess(double kinetic_MeV) {
    const double t = kinetic_MeV / electron_mass_MeV, b2 = beta_squared(kinetic_MeV), ln2 = 0.693147180559945309;
    const double minus = 1 - b2 + (t * t / 8 - (2 * t + 1) * ln2) / ((t + 1) * (t + 1));
    const double s = 1 / (t + 2);
    return 2 * ln2 - b2 / 12 * (23 + s * (14 + s * (10 + s * 4))) - minus;
}

/// Bremsstrahlung of a positron over that of an electron.
/// Source: Kim et al., Phys Rev A 33 (1986) 3002, in the fit of the PENELOPE manual (NEA, 2018).
COUTARD_HD inline double positron_radiation(double kinetic_MeV, double Z) {
    const double t = std::log(1 + 1e6 / (Z * Z) * kinetic_MeV / electron_mass_MeV);
    const double x =
        t * (-1.2359e-1 +
             t * (6.1274e-2 + t * (-3.1516e-2 + t * (7.7446e-3 + t * (-1.0595e-3 + t * (7.0568e-5 - t * 1.8080e-6))))));
    return 1 - std::exp(x);
}

}  // namespace coutard::dose
