#pragma once
#include <optional>
#include <vector>

#include "engine/base/quantity.hpp"
#include "engine/image/volume.hpp"

namespace coutard {

/// How well two delineations of one structure agree. Figures that need both (or, for DSC, either) to
/// be there are absent otherwise. Theory: docs/theory/evaluation.md.
struct ContourAgreement {
    std::optional<double> dice;             ///< 2 |A and B| / (|A| + |B|) on voxels more than half inside
    std::optional<double> hd95_mm;          ///< 95th percentile of the pooled two-way surface distances
    std::optional<double> hd_mm;            ///< their maximum
    std::optional<double> mean_surface_mm;  ///< their mean
    std::optional<double> surface_dice;     ///< share of both surfaces within the tolerance of the other
    double added_path_mm = 0;               ///< in-slice boundary of the reference that the test misses
    Cm3 reference_volume, test_volume;      ///< with partial voxels
    double tolerance_mm = 0;
};

/// Compare a test delineation with a reference, named first. Surfaces are marching-cubes elements of
/// the masks cut at one half, weighted by their area; distances run between the centres of the cells
/// that hold them. Sources: Dice, Ecology 26 (1945) 297; Nikolov et al., J Med Internet Res 23 (2021)
/// e26151 (surface Dice); Vaassen et al., Phys Imaging Radiat Oncol 13 (2020) 1 (added path length).
/// \param tolerance_mm for surface_dice, not negative
/// \throws ContractError the masks lie on different grids or the tolerance is negative
ContourAgreement compare_contours(const Mask& reference, const Mask& test, double tolerance_mm);

/// Surface Dice at several tolerances; 0 where one of the masks is empty. \throws ContractError as above
std::vector<double> surface_dice(const Mask& reference, const Mask& test, const std::vector<double>& tolerances_mm);

}  // namespace coutard
