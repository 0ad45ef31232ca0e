#pragma once
#include <cstdint>
#include <vector>

#include "dose/montecarlo/water_physics.hpp"
#include "dose/superposition/point_kernel.hpp"
#include "engine/base/progress.hpp"

namespace coutard::dose {

/// What to simulate: photons per energy, their energies [MeV] and the scoring lattice.
struct KernelRun {
    /// Rising, so that what is simulated can be read back.
    std::vector<double> energies_MeV{0.1, 0.2, 0.3, 0.5, 0.75, 1.0,  1.5,  2.0,
                                     3.0, 4.0, 5.0, 6.0, 8.0,  10.0, 15.0, 20.0};
    std::uint64_t histories = 1'000'000;
    std::uint64_t seed = 1922;
    int angles = 48;
    int radii = 40;  ///< bins: the first [0, first_cm], then even in ln r
    double first_cm = 0.01, last_cm = 60;
};

/// The energies in rising order, each once.
std::vector<double> rising_once(std::vector<double> energies_MeV);

/// Run the coupled photon-electron Monte Carlo of docs/theory/dose.md, section 1. The same bits for any
/// number of threads. \throws ContractError energies outside [0.05, 20] MeV or out of order, or
/// no histories
PointKernelSet simulate_kernels(const WaterPhysics& water, const KernelRun& run, const Progress& progress);

}  // namespace coutard::dose
