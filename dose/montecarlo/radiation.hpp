#pragma once
#include <filesystem>
#include <vector>

#include "dose/physics/composition.hpp"

namespace coutard::dose {

/// Bremsstrahlung of electrons in a substance: chi(T, k/T) = (beta^2 k d sigma/dk) summed over its atoms
/// [cm2/g]. Source: Seltzer, Berger, At Data Nucl Data Tables 35 (1986) 345.
class Radiation {
  public:
    /// \throws InputError the table is missing, or energies do not rise
    Radiation(const std::filesystem::path& physics_dir, const Composition& substance);

    /// Between table rows: linear in ln T and in k/T; outside the table its ends hold.
    double chi(double kinetic_MeV, double k_over_T) const;
    /// Photons above `cut_MeV` [cm2/g].
    double rate(double kinetic_MeV, double cut_MeV) const;
    /// Energy in photons below `cut_MeV` [MeV cm2/g]; in all of them when the cut is T or more.
    double loss(double kinetic_MeV, double cut_MeV) const;

  private:
    std::vector<double> T_, k_;
    std::vector<std::vector<double>> chi_;  ///< [cm2/g]
};

}  // namespace coutard::dose
