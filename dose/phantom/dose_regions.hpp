#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "dose/montecarlo/region.hpp"
#include "dose/phantom/mirror_images.hpp"

namespace coutard::dose {

/// Tolerances of AAPM MPPG 5.b, tests 5.4 to 5.8 (Geurts et al., J Appl Clin Med Phys 23 (2022) e13641, table 1).
struct RegionTolerances {
    double high_percent = 2;    ///< of the local dose, in the field; 5 where several parameters change
    double penumbra_mm = 2;     ///< shift; 3 in MPPG 5.a
    double tail_percent = 3;    ///< of the maximum
    double tail_reach_mm = 50;  ///< from the field's edge
};

enum class DoseRegion : std::uint8_t { None, High, Penumbra, Tail };

/// Depths that are judged [cm].
struct DepthRange {
    double from = 0, to = 0;
};

/// Regions of a dose of a slab phantom, layer by layer. In the field: half of the layer's maximum or more. Penumbra:
/// where the in-plane gradient over penumbra_mm outweighs the dose tolerance of its side of that edge, so that what is
/// allowed nowhere jumps. Tail: outside, up to tail_reach_mm from the field. Beyond that, and at other depths: none.
/// \param dose without noise
std::vector<DoseRegion> split_regions(const Volume<float>& dose, const RegionTolerances& tolerances,
                                      const DepthRange& depths);

/// In-plane gradient per voxel [dose/mm].
Volume<float> plane_gradient(const Volume<float>& dose);

/// In rising order of trouble.
enum class Verdict { Met, Open, Missed };
/// A mean with its standard error: met or missed where two of these do not change that, else open.
Verdict judged(double mean, double sigma, double tolerance);

/// A region's voxels held against a reference.
struct RegionCheck {
    std::size_t voxels = 0;
    double mean = 0;   ///< tested less reference: High % of the local dose, Tail % of the maximum; Penumbra the common
                       ///< shift [mm], outwards positive
    double sigma = 0;  ///< standard error of that
    double tolerance = 0;  ///< on |mean|, in the same unit
    double within = 0;     ///< voxels off by at most hypot(tolerance, two sigma of the reference) [%]
    double expected = 0;   ///< of these by noise alone, were both doses right [%]

    /// judged() of the mean; missed too where less than 95 % of the voxels are within (MPPG names no share). Met
    /// without voxels.
    Verdict verdict() const;
};
struct RegionChecks {
    RegionCheck high, penumbra, tail;
};

/// High, penumbra and tail as weighted means of dose: what RegionCheck::mean subtracts of the reference, but for a
/// factor. A Monte Carlo that scores them knows their errors, which errors of single voxels do not tell: a history
/// leaves dose in many.
std::array<Region, 3> region_means(const Volume<float>& tested, const RegionTolerances& tolerances,
                                   const DepthRange& depths);

/// \param tested without noise: splits the regions and is what local percentages refer to
/// \param means_error relative standard errors of the reference's region_means
/// \throws ContractError doses on different grids
RegionChecks check_regions(const UncertainDose& reference, const Volume<float>& tested,
                           const RegionTolerances& tolerances, const DepthRange& depths,
                           const std::array<double, 3>& means_error);

}  // namespace coutard::dose
