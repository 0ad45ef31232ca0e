#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "dose/machine/beam_model.hpp"
#include "dose/phantom/slab_phantom.hpp"
#include "engine/eval/gamma.hpp"
#include "engine/ports/dose_engine.hpp"

namespace coutard::dose {

/// One aperture in a water phantom, and where its output is read.
struct HeadCase {
    std::string name, what;
    SlabSpec spec;
    double output_x_cm = 0, output_y_cm = 0;  ///< in the phantom, at 10 cm depth
    double output_half_cm = 1;                ///< across, of the square that it is read over
    int finer = 2;                            ///< as TwoEnginesRun; strips as narrow as a voxel want more
};

/// Ten apertures through jaws and leaves of a machine, 100 MU, water from 10 cm above the isocentre: squares of 3, 5,
/// 10, 20 and 30 cm, a field off the axis, strips of tongues, closed leaves, a turned collimator, an irregular one.
/// \param voxel_mm divides 16, 18, 20 and 40 cm
std::vector<HeadCase> head_cases(const Machine& machine, double voxel_mm);

/// Superposition beside Monte Carlo through the same head.
struct HeadCheck {
    std::string name, what;
    int images = 1;                ///< mirror images that both doses were averaged over
    double asymmetry_percent = 0;  ///< of superposition before: a voxel from the mean of its images, at most
    double own_uncertainty = 0;    ///< of Monte Carlo's voxels, mean relative above half of the maximum
    double uncertainty = 0;        ///< the same of the means over images, which are compared
    double output_monte_carlo = 0, output_uncertainty = 0, output_superposition = 0;  ///< [Gy]; uncertainty relative
    double difference_percent = 0;  ///< mean of superposition less Monte Carlo above 10 % of the maximum, in % of it
    GammaResult gamma;              ///< 2 %/2 mm, global, 10 % threshold, Monte Carlo the reference
    double seconds = 0;
};

/// Superposition runs in finer voxels and is averaged over those of Monte Carlo. Both doses are averaged
/// over the mirror images that the beam has (beam_mirrors), if superposition's own images differ by at most 1 % of the
/// maximum. Outputs are read before. \param uncertainty mean relative standard error of voxels above half of the
/// maximum that Monte Carlo stops at, before images are averaged
HeadCheck check_head(const HeadCase& one, const std::filesystem::path& data_dir, double uncertainty, std::uint64_t seed,
                     Device device, const Progress& progress);

}  // namespace coutard::dose
