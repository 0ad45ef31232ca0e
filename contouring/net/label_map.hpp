#pragma once
#include <string>
#include <vector>

#include "engine/ports/contourer.hpp"

namespace coutard::contouring {

/// What the bits of a label map mean, which model drew it, volumes [cm3] and warnings.
std::string label_map_json(const std::vector<std::string>& structures, const ContourProposal& proposal);

}  // namespace coutard::contouring
