#pragma once
#include <cmath>

#include "dose/physics/constants.hd.hpp"
#include "engine/base/hd.hpp"

namespace coutard::dose {

/// Screening functions of pair production, less the charge's own term: delta is the screening variable.
/// Source: Butcher, Messel, Nucl Phys 20 (1960) 15.
struct PairScreening {
    double first, second;
};
COUTARD_HD inline PairScreening pair_screening(double delta, double log_z_term) {
    if (delta > 1) {
        const double far = 21.12 - 4.184 * std::log(delta + 0.952) - log_z_term;
        return {far, far};
    }
    return {20.867 + delta * (-3.242 + 0.625 * delta) - log_z_term,
            20.209 + delta * (-1.930 - 0.086 * delta) - log_z_term};
}

/// Part of the photon's energy that one of a pair takes as total energy, by Bethe and Heitler with
/// screening. Below 2.1 MeV, where that form fails, the kinetic energy is shared evenly in probability.
/// \param z charge that the screening is taken of
template <class Rng>
COUTARD_HD double sample_pair_share(double energy_MeV, double z, Rng& rng) {
    const double least = electron_mass_MeV / energy_MeV;
    if (energy_MeV < 2.1) return least + rng.uniform() * (1 - 2 * least);
    const double scale = 136 * electron_mass_MeV / (std::cbrt(z) * energy_MeV), log_z = 4.0 / 3 * std::log(z);
    const double most = pair_screening(4 * scale, log_z).first;  // least delta, at even shares
    for (;;) {
        const double e = least + rng.uniform() * (1 - 2 * least), f = e * (1 - e);
        const PairScreening s = pair_screening(scale / f, log_z);
        const double shape = (1 - 2 * f) * std::fmax(0.0, s.first) + 2.0 / 3 * f * std::fmax(0.0, s.second);
        if (rng.uniform() * most < shape) return e;
    }
}

}  // namespace coutard::dose
