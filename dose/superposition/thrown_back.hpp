#pragma once
#include <vector>

#include "dose/physics/medium.hpp"
#include "engine/geom/iec61217.hpp"

namespace coutard::dose {

/// What 1 cm of each voxel is worth in cm of water in this beam. That of Medium::water_lengths, but where a substance
/// follows that turns charged particles more per energy lost, it throws more of them back: they lay down more just
/// before it (less before one that turns them less), and less beyond. Theory: docs/theory/dose.md, section 3.
/// \param photon_MeV of the beam, as in Medium::water_lengths
std::vector<WaterLength> water_lengths_along(const BeamFrame& beam, const Medium& medium, double photon_MeV);

}  // namespace coutard::dose
