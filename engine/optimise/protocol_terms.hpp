#pragma once
#include <string>
#include <vector>

#include "engine/optimise/objective_sum.hpp"
#include "engine/plan/protocol.hpp"

namespace coutard {

/// A structure's mask on the grid of the optimiser, named as the protocol names it.
struct NamedMask {
    std::string name;
    Mask mask;
};

struct ProtocolTerms {
    std::vector<ObjectiveTerm> terms;
    std::vector<std::string> notes;  ///< objectives left out and why
};

/// A protocol's objectives on masks. A target's voxels are those that no higher level claims; where an
/// upper limit of a lower level meets a higher level, the limit falls from the higher level's to its own
/// over `transition_mm`. FallOff limits the tissue outside all targets by its distance from each of them
/// (docs/theory/optimisation.md, 7). Structures without a mask, or without voxels left, are noted and
/// skipped; organs yield to nothing.
/// \param masks  targets and organs, one grid; "External" is the body
ProtocolTerms protocol_terms(const Protocol& protocol, const std::vector<NamedMask>& masks, double transition_mm = 8);

}  // namespace coutard
