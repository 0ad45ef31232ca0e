#pragma once
#include <filesystem>
#include <functional>

#include "dose/phantom/mirror_images.hpp"
#include "dose/phantom/slab_monte_carlo.hpp"
#include "engine/base/progress.hpp"
#include "engine/ports/dose_engine.hpp"

namespace coutard::dose {

/// One machine field by both engines through the same head.
struct TwoDoses {
    Volume<float> superposition;
    UncertainDose monte_carlo;
    std::vector<RegionDose> regions;  ///< of Monte Carlo, those of TwoEnginesRun
    int images = 1;                   ///< mirror images that both were averaged over
    double asymmetry_percent = 0;     ///< of superposition before: a voxel from the mean of its images, at most
    double own_uncertainty = 0;       ///< of Monte Carlo's voxels before, mean relative above half of the maximum
};

/// How long Monte Carlo runs.
struct TwoEnginesRun {
    double uncertainty = 0.01;  ///< own_uncertainty to stop at
    std::uint64_t seed = 0;
    Device device = Device::Cpu;  ///< of superposition
    /// Superposition runs in voxels smaller by this and is averaged over those of the description: what it spreads over
    /// one of its voxels is no part of the comparison.
    int finer = 2;
    /// Regions whose means Monte Carlo scores besides, from superposition's dose; none: none.
    std::function<std::vector<Region>(const Volume<float>&)> regions;
};

/// Doses as they are, of one image.
TwoDoses two_doses(const SlabSpec& spec, const std::filesystem::path& data_dir, const TwoEnginesRun& how,
                   const Progress& progress);
/// Both averaged over the images that the beam has (beam_mirrors), if superposition's own differ by at most 1 % of the
/// maximum; else as they are.
TwoDoses averaged(const TwoDoses& doses, const SlabSpec& spec);

}  // namespace coutard::dose
