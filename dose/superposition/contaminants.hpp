#pragma once
#include "dose/machine/head_fluence.hpp"
#include "dose/physics/medium.hpp"
#include "engine/geom/iec61217.hpp"
#include "engine/image/volume.hpp"

namespace coutard::dose {

/// Add the dose of contaminant electrons: planar fluence of their map at the voxel times the depth dose of a broad
/// beam of them at the water-equivalent depth along the ray from the target (docs/theory/beam.md, section 5).
/// \param dose [Gy cm2], added to: Gy for 1 focal photon/cm2 at the isocentre
void add_electrons(const Medium& medium, const BeamFrame& beam, const HeadFluence& fluence, Volume<float>& dose);

}  // namespace coutard::dose
