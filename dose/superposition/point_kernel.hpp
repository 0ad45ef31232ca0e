#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace coutard::dose {

/// Where the energy of one photon goes that interacts at the origin of infinite water, 1 g/cm3, while
/// flying along +z. Parts of the photon's energy per (polar angle of the place, radius); azimuth summed.
struct PointKernel {
    double energy_MeV = 0;
    double primary_total = 0;  ///< part of all energy in `primary`
    double scatter_total = 0;
    double primary_error = 0;    ///< relative standard error of primary_total; of a run, not kept in files
    double escaped = 0;          ///< part carried beyond the last radius
    std::vector<float> primary;  ///< charged particles of the first event; shape (angles, radii), radius fastest
    std::vector<float> scatter;  ///< all that a photon carried away from the first event or its particles
};

/// Kernels of rising energies on one lattice. Made by `coutard kernels`, kept in data/kernels.
struct PointKernelSet {
    std::vector<double> radius_cm;  ///< edges, rising, the first 0
    int angles = 48;                ///< bins of equal angle over [0, pi]
    std::uint64_t histories = 0;    ///< per energy
    std::uint64_t seed = 0;
    std::vector<PointKernel> kernels;

    std::size_t radii() const { return radius_cm.size() - 1; }
};

/// How far a kernel's primary energy advances along the photon's direction before it is left, on the average [cm].
double primary_advance(const PointKernelSet& set, const PointKernel& kernel);

/// \throws InputError naming the file: fewer than two kernels, energies that do not rise, radii that do not rise
/// from 0, parts that are negative or not finite, or that do not sum to 1 with what escaped
void check_point_kernels(const PointKernelSet& set, const std::string& file);
/// Text, one line per kernel part and angle. \throws InputError naming file and line, or as check_point_kernels
PointKernelSet read_point_kernels(const std::filesystem::path& file);
/// \throws OutputError
void write_point_kernels(const std::filesystem::path& file, const PointKernelSet& set);

}  // namespace coutard::dose
