#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "contouring/pipeline/components.hpp"
#include "engine/ports/contourer.hpp"

namespace coutard::contouring {

/// What a person should look at: organs not found, far from their usual volume, in two parts or with one
/// left out, cut off by the end of the scan, and organs whose centres lie on the wrong side
/// of each other: left and right, front and back, above and below.
/// \param found      one per structure, same order
/// \param usual_cm3  5th and 95th percentile of the volume in training [cm3], by structure; may lack some
std::vector<std::string> doubts(const std::vector<std::string>& structures, const std::vector<Found>& found,
                                const std::map<std::string, std::pair<double, double>>& usual_cm3);

/// How far one organ lies to the patient's left of another [mm]: mean over the axial slices that hold both; none where
/// these are less than 40 mm together, or the image's slices are not axial. \throws ContractError masks on two grids
std::optional<double> left_of(const Mask& one, const Mask& other);

/// The sign of a mirrored patient: an oesophagus to the right of the cord (docs/validation/contouring.md), in words.
std::optional<std::string> mirror_doubt(const std::vector<MaskedStructure>& drawn);

}  // namespace coutard::contouring
