#pragma once
#include "dose/phantom/reference_check.hpp"
#include "engine/eval/gamma.hpp"

namespace coutard::dose {

/// How many of a reference's voxels pass a gamma criterion.
struct ReferenceGamma {
    GammaCriteria criteria;
    std::size_t judged = 0, passed = 0;  ///< voxels from the threshold on; of these, with an index of at most 1
    double mean = 0, maximum = 0;        ///< index
    double pass_percent() const { return 100.0 * static_cast<double>(passed) / static_cast<double>(judged); }
};

/// Gamma index of a dose on the voxels of a reference whose cells have several sizes: block by block of even cells, the
/// dose averaged over cells of the block's size at every voxel's step, so that the search between them compares like
/// with like. Percentages refer to the reference's maximum. \param dose of a phantom's grid (x, y centred, z from the
/// surface) \throws InputError a cell that is no whole number of the dose's voxels, or lies across them or beyond them
ReferenceGamma reference_gamma(const ReferenceVoxels& reference, const Volume<float>& dose,
                               const GammaCriteria& criteria, const Progress& progress = {});

}  // namespace coutard::dose
