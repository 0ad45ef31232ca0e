#pragma once
#include <vector>

#include "engine/ports/contourer.hpp"

namespace coutard {

/// Targets placed by a rule of thumb from organs alone, so that a CT without targets can be planned for
/// demonstration: an oropharyngeal PTV_7000 beside the midline in front of the spine, PTV_6300 around it
/// (10 mm) and bilateral neck levels as PTV_5600; shells without overlap, 5 mm below the skin, 6 mm off
/// the cord. They follow no disease: structures made of them say so in their description.
/// \param organs  on one grid; Parotid_L, Parotid_R, Bone_Mandible, SpinalCord and External are needed
/// \param left    side of the primary
/// \throws InputError names the organs that are missing or empty
std::vector<MaskedStructure> targets_by_rule(const std::vector<MaskedStructure>& organs, bool left = true);

/// What such a target's description says.
inline constexpr const char* rule_target_description = "Placed by rule for demonstration: follows no disease";

}  // namespace coutard
