#pragma once
#include <vector>

#include "dose/physics/medium.hpp"
#include "engine/geom/iec61217.hpp"

namespace coutard::dose {

/// What 1 cm of each voxel is worth in cm of water in this beam. Charged particles lose energy where they are, but how
/// winding their way has become is the doing of what lies around: a substance that turns them more throws more back
/// into what stands before it, and to its sides. In a wide homogeneous substance this is Medium::water_lengths.
/// Theory: docs/theory/dose.md, section 3. Shape of the medium's grid.
/// \param photon_MeV of the beam, above 0, as there \throws ContractError otherwise, or a voxel lacks its density
std::vector<WaterLength> water_lengths_along(const BeamFrame& beam, const Medium& medium, double photon_MeV);

}  // namespace coutard::dose
