#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "contouring/pipeline/components.hpp"

namespace coutard::contouring {

/// What a person should look at: organs not found, far from their usual volume, in two parts or with one
/// left out, cut off by the end of the scan, and organs whose centres lie on the wrong side
/// of each other: left and right, front and back, above and below.
/// \param found      one per structure, same order
/// \param usual_cm3  5th and 95th percentile of the volume in training [cm3], by structure; may lack some
std::vector<std::string> doubts(const std::vector<std::string>& structures, const std::vector<Found>& found,
                                const std::map<std::string, std::pair<double, double>>& usual_cm3);

}  // namespace coutard::contouring
