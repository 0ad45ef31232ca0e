#pragma once
#include <string>
#include <vector>

#include "engine/shape/structure.hpp"

namespace coutard::contouring {

/// Add given structures (targets, couch, a physician's organ) to those that were drawn automatically. A
/// given one takes the place of a drawn one of its name (or TG-263 synonym) that has no contours, and is
/// left out where the drawn one has some: neither is thrown away in silence. Given ones without contours
/// are no structures.
/// \param source  where the given ones come from, for the warnings
/// \returns a warning for every name that both have
std::vector<std::string> take_over(StructureSet& drawn, const StructureSet& given, const std::string& source);

}  // namespace coutard::contouring
