#pragma once
#include "dose/montecarlo/monte_carlo.hpp"
#include "dose/phantom/slab_phantom.hpp"
#include "dose/physics/spectrum.hpp"

namespace coutard::dose {

/// Photons of an ideal beam (docs/formats/phantom.md): a point above the surface, uniform per solid angle in a
/// rectangle on the surface, in the frame of a scene whose corner is the phantom's [cm]. The members of a set are
/// spread over a lattice of places and over the spectrum.
/// \param axis_focus three quarters of the members go through two frames around the axis, with the weight due there
/// \throws ContractError no members, or less than four to focus
ParticleSource ideal_source(const SlabSpec& spec, const Spectrum& spectrum, int members, bool axis_focus);

/// How to run a slab phantom.
struct SlabRun {
    MonteCarloRun run;
    double uncertainty = 0;   ///< 0: stop after run.histories; else the mean relative error over voxels above half of
                              ///< the maximum (axis_focus: of the depth dose beyond 1.5 cm), looked at after every
                              ///< run.histories, two rounds at least
    bool axis_focus = false;  ///< ideal_source's, and splits are spent close to the axis: for depth doses
    std::vector<double> cell_faces_cm;  ///< depths between which the axis is scored besides, layers joined or cut
    std::vector<Region> regions;        ///< scored besides: what voxels share of a history is in their means' errors
    Cutoffs cut;
    StepControl steps;
};

/// Mean dose of a region, relative standard error.
struct RegionDose {
    double dose = 0, uncertainty = 0;
};

/// Dose of a slab phantom by Monte Carlo, with relative standard errors (one sigma).
struct SlabMonteCarlo {
    Volume<float> dose;               ///< Gy cm2 per photon; of a machine beam Gy
    Volume<float> uncertainty;        ///< 1 where nothing was scored
    DepthDose pdd;                    ///< per layer
    DepthDose cells;                  ///< per cell of SlabRun::cell_faces_cm
    std::vector<Profile> profiles;    ///< x and y at each of the spec's depths
    std::vector<RegionDose> regions;  ///< SlabRun::regions
    std::uint64_t histories = 0;
    double mean_uncertainty = 0;  ///< relative, over voxels above half of the maximum
    double energy_in_MeV = 0, energy_out_MeV = 0;
};

/// \throws InputError unknown material or spectrum; ContractError a machine beam with axis focus
SlabMonteCarlo slab_monte_carlo(const SlabSpec& spec, const std::filesystem::path& data_dir, const SlabRun& how,
                                const Progress& progress);

}  // namespace coutard::dose
