#pragma once
#include "engine/ports/registrar.hpp"

namespace coutard::registration {

/// HU of air: what lies outside a body mask counts as.
inline constexpr float air_hu = -1000.0F;

/// \throws InputError   an image with NaN or infinite values, a mask without any voxel inside
/// \throws ContractError an empty image, a mask on another grid than its image
void check(const RegistrationRequest& request);

/// Couch, mask shell and table top taken out: values more than a voxel outside the mask become air, partial
/// voxels mix. The image itself when there is no mask.
Volume<float> air_outside(const Volume<float>& hu, const std::optional<Mask>& body);

/// The part of the grid within margin_mm of the mask's bounding box; all of it without a mask.
Grid crop_to(const Grid& grid, const std::optional<Mask>& body, double margin_mm);

/// HU clipped to [-1000, 2000]: metal must not outweigh the patient.
Volume<float> clipped(Volume<float> hu);

/// The same box, to its faces, in voxels of at most that width per axis and never finer than the grid's own.
/// A box that is no whole number of voxels gets slightly narrower ones: a voxel that reached past the end of the
/// scan would hold air where the patient goes on. At least two voxels per axis where the grid has two.
Grid coarsened(const Grid& grid, double spacing_mm);

}  // namespace coutard::registration
