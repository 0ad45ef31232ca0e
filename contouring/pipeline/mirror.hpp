#pragma once
#include <string>
#include <utility>
#include <vector>

#include "engine/geom/grid.hpp"

namespace coutard::contouring {

/// Structures that change places when left and right do, by bit.
using MirrorPairs = std::vector<std::pair<int, int>>;

/// Pairs found by name: "..._L" with "..._R".
MirrorPairs mirror_pairs(const std::vector<std::string>& structures);

/// Reverse x of every channel of a block of shape (channels, z, y, x).
void reverse_x(std::vector<float>& block, const Size3& size);

/// Exchange the channels of paired structures, each `count` values long.
void exchange_pairs(std::vector<float>& channels, const MirrorPairs& pairs, std::size_t count);

}  // namespace coutard::contouring
