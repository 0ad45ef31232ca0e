#pragma once
#include <vector>

#include "dose/physics/composition.hpp"

namespace coutard::dose {

/// Elastic scattering of electrons per gram of a substance, as moments of Legendre polynomials:
///   G_l = integral (1 - P_l) d sigma [cm2/g].
/// Screened Rutherford scattering by nuclei (Moliere screening, McKinley-Feshbach spin factor) and by
/// atomic electrons up to `shell_mu_max`, mu = (1 - cos)/2: harder knocks are events of their own.
/// Source: Moliere, Z Naturforsch A 2 (1947) 133; McKinley, Feshbach, Phys Rev 74 (1948) 1759.
/// \param orders highest l \return G_0 = 0, G_1, ..., shape (orders + 1)
std::vector<double> elastic_moments(const Composition& substance, double kinetic_MeV, double shell_mu_max, int orders);

/// Deflection of a path by many elastic collisions (Goudsmit, Saunderson, Phys Rev 57 (1940) 24), ready
/// for sampling: mu = a u / (1 + a - u) with u between the points of an inverted distribution.
struct Deflection {
    static constexpr int points = 65;
    double a = 1;          ///< the scale in mu for which u is nearly even
    float u[points] = {};  ///< point k: where 1 - (1 - k/(points - 1))^2 of the electrons lie below, 0 to 1
};

/// \param path_g_cm2 length of the path; long enough that hardly any electron meets no atom
/// \param moments    G_l as elastic_moments
Deflection deflection_of_path(double path_g_cm2, const std::vector<double>& moments);

}  // namespace coutard::dose
