#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dose/superposition/point_kernel.hpp"
#include "engine/base/progress.hpp"

namespace coutard::dose {

/// What to simulate: photons per energy, their energies [MeV] and the scoring lattice.
struct KernelRun {
    /// Rising, so that what is simulated can be read back.
    std::vector<double> energies_MeV{0.1, 0.2, 0.3, 0.5, 0.75, 1.0,  1.5,  2.0,
                                     3.0, 4.0, 5.0, 6.0, 8.0,  10.0, 15.0, 20.0};
    std::string material = "water";  ///< at 1 g/cm3: radii are then g/cm2
    double cutoff_MeV = 0.05;        ///< electrons and knock-ons are followed to here; 50 keV: 0.04 mm of water
    std::uint64_t histories = 1'000'000;
    std::uint64_t seed = 1922;
    int angles = 48;
    int radii = 40;  ///< bins: the first [0, first_cm], then even in ln r
    double first_cm = 0.01, last_cm = 60;
};

/// The energies in rising order, each once.
std::vector<double> rising_once(std::vector<double> energies_MeV);

/// Kernels by the general Monte Carlo (docs/theory/montecarlo.md; docs/theory/dose.md, section 1) in a cube of water
/// so large that it might be infinite. Photons are followed to 10 keV.
/// The same bits for any number of threads.
/// \param physics_dir data/physics \throws ContractError energies outside [0.05, 20] MeV or out of order, or
/// no histories \throws InputError tables are missing
PointKernelSet simulate_kernels(const std::filesystem::path& physics_dir, const KernelRun& run,
                                const Progress& progress);

/// mu_en/mu of water without coherent scattering: what the primary part of a kernel must carry, by an independent sum.
double absorbed_part(const std::filesystem::path& physics_dir, double energy_MeV);

}  // namespace coutard::dose
