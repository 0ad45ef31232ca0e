#pragma once
#include <span>
#include <vector>

#include "engine/optimise/arc.hpp"
#include "engine/ports/influence.hpp"

namespace coutard {

/// Leaves along an arc that deliver a fluence map per sector: in each, the sweep of a sliding window, forth in one and
/// back in the next, so that leaves go on from where they are. Source of the idea: Bzdusek et al., Med Phys 36 (2009)
/// 2328. Theory: docs/theory/optimisation.md, arcs.
/// \param sectors     beamlets in the middle of each sector, in the order of the way; one beam's angles
/// \param fluence_MU  of each sector
/// \param jaws        the field of the whole arc; beamlets beyond it are left out
/// \throws InputError no fluence at all
ArcShape sequence_arc(const ArcPath& path, const std::vector<BeamletBeam>& sectors,
                      const std::vector<std::vector<double>>& fluence_MU, const Jaws& jaws, const Machine& machine);

/// The leaf pairs that any of the beamlets lies behind, rising.
std::vector<int> moving_pairs(const std::vector<BeamletBeam>& directions, const Jaws& jaws);

}  // namespace coutard
