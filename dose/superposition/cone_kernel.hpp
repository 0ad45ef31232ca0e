#pragma once
#include <array>
#include <vector>

#include "dose/physics/material.hpp"
#include "dose/physics/spectrum.hpp"
#include "dose/superposition/cone_line.hd.hpp"
#include "dose/superposition/kernel_tilt.hd.hpp"
#include "dose/superposition/point_kernel.hpp"

namespace coutard::dose {

/// How directions are cut into cones: rings of polar angle to the beam, each split evenly in azimuth.
struct ConeLayout {
    std::vector<double> polar_edges_deg;  ///< rising from 0 to 180
    std::vector<int> azimuths;            ///< cones per ring; multiples of 8 keep the symmetry of a square field

    static ConeLayout coarse();    ///< 48 cones: influence matrices
    static ConeLayout standard();  ///< 168 cones
    static ConeLayout fine();      ///< twice the rings and azimuths of standard: the oracle of tests
};

/// One collapsed cone: all energy that leaves into its solid angle travels along its axis.
struct Cone {
    Vec3 direction;  ///< unit, in the frame of the beam; (0, 0, 1) is forward
    std::array<float, static_cast<std::size_t>(energy_groups) * ladder_rates> amplitude;  ///< shape (groups, rates)
    std::array<float, energy_groups> own;  ///< 1 / kernel energy per solid angle at the cone's angle
};

/// The spectrum of a beam with the cones that spread its energy in water: kernels of the energy groups,
/// weighted by the energy that each spectral bin releases at the surface.
struct BeamKernel {
    std::vector<double> energy_MeV;      ///< bins of the spectrum
    std::vector<double> energy_fluence;  ///< photons x energy [MeV] per bin, for 1 photon
    std::vector<int> group;              ///< energy group of each bin
    std::vector<Cone> cones;
    std::vector<float> tilt_density, tilt_norm;  ///< tables of KernelTilt
    double primary_MeV = 0;  ///< mean energy of the photons at the surface, by what their charged particles carry
    double worst_fit = 0;    ///< largest error of the ladder, part of a cone's energy up to any radius
};

inline KernelTilt<par::Host> tilt_of(const BeamKernel& kernel) {
    return {par::view(kernel.tilt_density), par::view(kernel.tilt_norm)};
}

/// \throws InputError the kernels do not reach the energies of the spectrum
BeamKernel make_beam_kernel(const PointKernelSet& kernels, const Spectrum& spectrum, const Material& water,
                            const ConeLayout& layout);

/// Energy up to a radius: sum_n A_n (1 - exp(-a_n r)).
double ladder_sum(const std::array<double, ladder_rates>& amplitude, double radius_cm);
/// Amplitudes with ladder_sum close to the cumulated `energy` at all edges: weighted least squares with a small ridge,
/// scaled to keep the whole energy. \param part the rates to use; the others get 0
std::array<double, ladder_rates> fit_ladder(const std::vector<double>& radius_cm, const std::vector<double>& energy,
                                            LadderPart part);
/// Largest error of ladder_sum at all edges, part of the whole energy.
double ladder_error(const std::vector<double>& radius_cm, const std::vector<double>& energy,
                    const std::array<double, ladder_rates>& amplitude);

}  // namespace coutard::dose
