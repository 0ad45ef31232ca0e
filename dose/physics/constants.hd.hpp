#pragma once

namespace coutard::dose {

// CODATA 2018 (NIST), unless said otherwise.
inline constexpr double electron_mass_MeV = 0.51099895000;        ///< m_e c^2
inline constexpr double electron_radius_cm = 2.8179403262e-13;    ///< classical electron radius
inline constexpr double fine_structure = 7.2973525693e-3;         ///< alpha
inline constexpr double avogadro_per_mol = 6.02214076e23;         ///< exact
inline constexpr double hbar_c_MeV_cm = 197.3269804e-13;          ///< hbar c
inline constexpr double bohr_radius_cm = 5.29177210903e-9;        ///< a_0
inline constexpr double joule_per_MeV = 1.602176634e-13;          ///< exact
inline constexpr double gray_per_MeV_g = joule_per_MeV * 1000.0;  ///< 1 MeV/g in Gy
inline constexpr double keV_per_inverse_angstrom = 12.39841984;   ///< h c: x = E[keV] / hc * sin(theta/2)
inline constexpr double pi = 3.14159265358979323846;

}  // namespace coutard::dose
