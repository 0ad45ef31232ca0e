#pragma once
#include <optional>

#include "engine/base/progress.hpp"
#include "engine/base/quantity.hpp"
#include "engine/image/volume.hpp"

namespace coutard {

/// What counts as agreement.
struct GammaCriteria {
    double dose_percent = 3;  ///< of the normalisation dose; of the reference dose at the point when local
    double distance_mm = 3;
    double threshold_percent = 10;  ///< reference points below this part of the normalisation are left out
    bool local = false;
    std::optional<Gy> normalisation;  ///< for example the prescription; absent: maximum of the reference
    double cap = 2;                   ///< search no farther than cap x distance; larger indices read as cap
    int steps = 10;                   ///< samples of the evaluated dose per distance criterion, 10 or more
};

struct GammaResult {
    GammaCriteria criteria;
    Gy normalisation;           ///< the dose that percentages refer to
    std::size_t evaluated = 0;  ///< reference voxels judged
    std::size_t passed = 0;     ///< of these, with an index of at most 1
    std::size_t beyond = 0;     ///< above the threshold but farther than half a voxel outside the evaluated grid
    double mean = 0, maximum = 0;
    Volume<float> map;  ///< index per reference voxel, -1 where not judged
    /// 100 when nothing failed; no voxel judged is refused earlier.
    double pass_percent() const { return 100.0 * static_cast<double>(passed) / static_cast<double>(evaluated); }
};

/// Gamma index in three dimensions: for each reference voxel the least
/// sqrt((distance / criterion)^2 + (dose difference / criterion)^2) over the evaluated distribution,
/// which is interpolated trilinearly on a lattice of criterion / steps around the voxel, along the
/// axes of the evaluated grid. Absolute dose, no rescaling.
/// Source: Low et al., Med Phys 25 (1998) 656. Theory: docs/theory/evaluation.md.
/// \param body on the grid of the reference: voxels to judge and to take the maximum in; nullptr: all
/// \throws InputError negative or NaN dose; no reference dose; no voxel to judge
/// \throws ContractError criteria out of range, body on another grid
GammaResult gamma_index(const Volume<float>& reference, const Volume<float>& evaluated, const GammaCriteria& criteria,
                        const Mask* body = nullptr, const Progress& progress = {});

}  // namespace coutard
