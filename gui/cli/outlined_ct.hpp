#pragma once
#include "engine/plan/case.hpp"
#include "engine/shape/structure.hpp"

namespace coutard::gui {

/// The CT that structures outline: water in the External, lung in structures of that name, air outside.
/// Its study, frame of reference and extent are those of the structures. \param voxel_mm in plane and between slices
/// \throws InputError no External, or an extent beyond 500 voxels
CtImage outlined_ct(const StructureSet& structures, double voxel_mm);

}  // namespace coutard::gui
