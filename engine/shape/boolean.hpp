#pragma once
#include <vector>

#include "engine/image/volume.hpp"

namespace coutard {

/// Boolean operations voxel by voxel; both masks lie on the same grid. For whole voxels these are exact;
/// where both have a fraction in one voxel, union is the larger and intersection the smaller one, as if
/// one part lay inside the other. \throws ContractError the grids differ
Mask unite(const Mask& a, const Mask& b);
Mask intersect(const Mask& a, const Mask& b);
Mask subtract(const Mask& a, const Mask& b);      ///< a without b
Mask exclusive_or(const Mask& a, const Mask& b);  ///< in one of them only

/// Volume with fractions [cm3].
double volume_cm3(const Mask& mask);

/// A connected set of voxels more than half inside; voxels touch by a face.
struct Component {
    std::vector<std::size_t> voxels;  ///< flat indices
    double cm3 = 0;                   ///< with fractions
};
/// All of them, the largest first; equal ones by their first voxel.
std::vector<Component> components(const Mask& mask);

/// Only the largest component (with its fractions and the partly covered voxels that touch it).
Mask keep_largest(const Mask& mask);
/// Holes of each slice (voxels at most half inside that do not reach its rim) become wholly inside: also what leads
/// out through the top, as an airway does.
Mask fill_holes(const Mask& mask);
/// Voxels more than half inside none of whose neighbours by a face is outside become wholly inside: the surface is
/// not in them, whatever their fraction came from.
Mask with_whole_interior(const Mask& mask);

}  // namespace coutard
