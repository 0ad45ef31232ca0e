#pragma once
#include <vector>

#include "engine/image/volume.hpp"

namespace coutard {

/// Agreement of two delineations on one slice of their grid.
struct SliceAgreement {
    int k = 0;        ///< slice of the grid
    double dice = 0;  ///< of voxels more than half inside
    int apart = 0;    ///< voxels that one of them holds alone
};

/// Every slice where either is drawn, the worst first: by DSC, equal ones by the voxels that they are apart.
/// \throws ContractError the masks lie on different grids
std::vector<SliceAgreement> slices_by_agreement(const Mask& reference, const Mask& test);

}  // namespace coutard
