#pragma once
#include <string>
#include <vector>

#include "engine/ports/contourer.hpp"

namespace coutard::contouring {

/// The drawn structures as a bit mask: bit s is structures[s]. Structures that were not drawn are 0.
/// \param structures  of the model, in the order of its card
/// \throws InputError nothing was drawn that has a bit
Volume<std::uint16_t> label_map(const std::vector<std::string>& structures, const ContourProposal& proposal);

/// What the bits of a label map mean and whether each was drawn at all, which model drew it, volumes
/// [cm3] and warnings. A structure without a volume was not asked for; one of 0 cm3 was not found.
std::string label_map_json(const std::vector<std::string>& structures, const ContourProposal& proposal);

}  // namespace coutard::contouring
