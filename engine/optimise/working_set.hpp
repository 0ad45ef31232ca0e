#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "engine/optimise/objective_sum.hpp"
#include "engine/optimise/row_matrix.hpp"

namespace coutard {

/// The part of a fluence problem that matters near a point: the voxels that break a limit or come near it, those of
/// objectives on a whole structure, and the beamlets that are open or would be opened. Elsewhere objectives are flat
/// and beamlets stay at 0, so that with all entries value and gradient near the point are those of the whole problem;
/// with own entries alone they are a model of it, which FluenceSearch corrects.
/// Theory: docs/theory/optimisation.md, working sets.
struct WorkingSet {
    std::vector<std::uint32_t> voxels, beamlets;  ///< of the whole problem, rising
    RowMatrix matrix;                             ///< these rows and columns
    ObjectiveSum objectives;                      ///< voxels numbered as the matrix's rows
};

/// Whether voxels that lie within `margin` of a limit now, in parts of it, are all among these.
bool covers(const std::vector<std::uint32_t>& voxels, const ObjectiveSum& objectives, std::span<const float> dose_Gy,
            double margin);

/// \param dose_Gy  whole course, per voxel of the matrix's rows
/// \param margin   in parts of a limit: how far from it a voxel still counts as near
WorkingSet working_set(const RowMatrix& matrix, const ObjectiveSum& objectives, std::span<const float> dose_Gy,
                       std::vector<std::uint32_t> beamlets, double margin,
                       RowMatrix::Entries entries = RowMatrix::Entries::All);

}  // namespace coutard
