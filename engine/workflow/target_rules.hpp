#pragma once
#include <string>
#include <vector>

#include "engine/plan/protocol.hpp"
#include "engine/ports/contourer.hpp"

namespace coutard {

/// What a protocol's rules made of given structures.
struct RuledTargets {
    std::vector<MaskedStructure> made;      ///< made or cut, in the order of the rules; empty ones are left out
    std::vector<std::string> descriptions;  ///< of each: "GTV + 5 mm, cut 5 mm below the skin, without PTV_7000"
    std::vector<std::string> notes;         ///< rules that could not be followed, and why
};

/// Follow rules in their order; a later one sees what an earlier one made. A rule whose sources are all absent is
/// followed for its structure as it was given (only cut), or noted where that is absent too.
/// \param given  on one grid; External is needed where a rule cuts below the skin
/// \throws InputError External is needed and absent, or a given structure has another grid
RuledTargets follow_target_rules(const std::vector<TargetRule>& rules, const std::vector<MaskedStructure>& given);

}  // namespace coutard
