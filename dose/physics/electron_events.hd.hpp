#pragma once
#include <cmath>

#include "dose/physics/constants.hd.hpp"
#include "engine/base/hd.hpp"

namespace coutard::dose {

/// (beta)^2 of an electron of this kinetic energy.
COUTARD_HD inline double beta_squared(double kinetic_MeV) {
    const double total = kinetic_MeV + electron_mass_MeV;
    return kinetic_MeV * (kinetic_MeV + 2 * electron_mass_MeV) / (total * total);
}

/// d sigma / d e of Moller scattering per free electron [cm2], e = energy given / kinetic energy, e <= 1/2.
/// Source: Moller, Ann Phys 14 (1932) 531; ICRU Report 37 (1984).
COUTARD_HD inline double moller(double kinetic_MeV, double e) {
    const double tau = kinetic_MeV / electron_mass_MeV, t1 = tau + 1;
    const double shape =
        1 / (e * e) + 1 / ((1 - e) * (1 - e)) + tau * tau / (t1 * t1) - (2 * tau + 1) / (t1 * t1) / (e * (1 - e));
    return 2 * pi * electron_radius_cm * electron_radius_cm / (beta_squared(kinetic_MeV) * tau) * shape;
}

/// Sample e in [cut, 1/2] from `moller`: 1/e^2 by inversion, the rest by rejection (it is below 2.25).
template <class Rng>
COUTARD_HD double sample_moller(double kinetic_MeV, double cut, Rng& rng) {
    const double tau = kinetic_MeV / electron_mass_MeV, t1 = tau + 1;
    for (;;) {
        const double e = 1 / (1 / cut - rng.uniform() * (1 / cut - 2));
        const double rest =
            1 + e * e / ((1 - e) * (1 - e)) + tau * tau / (t1 * t1) * e * e - (2 * tau + 1) / (t1 * t1) * e / (1 - e);
        if (2.25 * rng.uniform() < rest) return e;
    }
}

/// Polar cosine of the electron that leaves a Moller event with energy `after`, `before` the event.
COUTARD_HD inline double moller_cosine(double before_MeV, double after_MeV) {
    const double m2 = 2 * electron_mass_MeV;
    return std::sqrt(std::fmin(1.0, after_MeV * (before_MeV + m2) / (before_MeV * (after_MeV + m2))));
}

}  // namespace coutard::dose
