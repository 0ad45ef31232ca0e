#pragma once
#include "contouring/pipeline/guide.hpp"
#include "contouring/pipeline/mirror.hpp"
#include "engine/ports/contourer.hpp"

namespace coutard::contouring {

/// Input channels beside the CT's, of what a request gives, on the network's grid.
/// \param drawn  structures of the network
/// \throws InputError a point outside the grid, or an error of the prior that is not 1 to 10 mm
std::vector<Volume<float>> guide_channels(const GuideInput& guide, const std::vector<std::string>& drawn,
                                          const ContourRequest& request, const Grid& grid);

/// Channels among these that change places when left and right do.
MirrorPairs guide_pairs(const GuideInput& guide, const std::vector<std::string>& drawn);

}  // namespace coutard::contouring
