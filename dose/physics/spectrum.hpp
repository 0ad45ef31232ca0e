#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace coutard::dose {

/// Photons per energy bin, summing to 1.
struct Spectrum {
    std::string name;
    std::vector<double> energy_MeV;      ///< middle of the bin, rising
    std::vector<double> photons;         ///< part of all photons
    std::vector<double> width_MeV = {};  ///< of the bin: photons lie evenly inside it; superposition needs none

    double mean_MeV() const;
};

/// \param name file of data/physics/spectra without extension
/// \throws InputError unknown name, falling edges, negative or empty weights
Spectrum read_spectrum(const std::filesystem::path& physics_dir, const std::string& name);

/// phi(E) E^power, scaled to 1 photon again: harder where power is positive. Theory: docs/theory/beam.md, section 2.
Spectrum hardened(Spectrum spectrum, double power);

}  // namespace coutard::dose
