#pragma once
#include <filesystem>
#include <vector>

#include "dose/physics/log_grid.hd.hpp"

namespace coutard::dose {

/// What the kernel Monte Carlo knows of water of density 1 g/cm3; every table lies on `grid`.
/// Built from data/physics; lengths in cm, energies in MeV. Theory: docs/theory/dose.md, section 1.
struct WaterPhysics {
    LogGrid grid;
    double delta_cut_MeV = 0.1;    ///< knock-on electrons above are followed, below are continuous loss
    double photon_cut_MeV = 0.01;  ///< bremsstrahlung above is followed; photons below are absorbed
    // photons, mass attenuation [1/cm]; coherent scattering is left out (it moves no energy)
    std::vector<double> compton, photoelectric, pair, attenuation;
    std::vector<double> energy_absorption;  ///< mu_en, for checks
    // electrons
    std::vector<double> loss;   ///< continuous loss [MeV/cm]: collisions below delta_cut, photons below photon_cut
    std::vector<double> range;  ///< CSDA [cm]
    std::vector<double> moller_rate;             ///< knock-on electrons above delta_cut [1/cm]
    std::vector<double> brems_rate;              ///< bremsstrahlung photons above photon_cut [1/cm]
    std::vector<double> inverse_l1, inverse_l2;  ///< transport mean free paths of soft deflections [1/cm]
    std::vector<double> radiative;  ///< whole radiative loss from the differential table [MeV/cm], for checks
    // S(x)/Z of the molecule on a lattice even in x [1/Angstrom]
    std::vector<double> binding;
    double binding_step = 0.02;
    // bremsstrahlung: chi of the molecule on (row of grid_T, column of k/T)
    std::vector<double> brems_T, brems_k;
    std::vector<std::vector<double>> brems_chi;

    /// \param physics_dir data/physics \throws InputError a table is missing or lacks a column
    explicit WaterPhysics(const std::filesystem::path& physics_dir);

    double binding_at(double x) const;
    /// chi(k/T) between table rows, linear in ln T and in k/T
    double chi(double kinetic_MeV, double k_over_T) const;

  private:
    void read_photons(const std::filesystem::path& dir);
    void read_electrons(const std::filesystem::path& dir);
    void read_bremsstrahlung(const std::filesystem::path& dir);
    void integrate_elastic();
};

}  // namespace coutard::dose
