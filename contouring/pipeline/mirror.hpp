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

/// Structures with a side ("..._L" or "..._R") whose partner is not among them: reflected they would be
/// called by the wrong side, and nothing stands for them on theirs.
std::vector<int> without_partner(const std::vector<std::string>& structures);

/// Average a network's answer with the one it gave for the mirrored block, turned back and paired channels
/// exchanged. Channels without a partner keep the first answer.
/// \param chance, mirrored  shape (structures, z, y, x), x fastest
void average_mirrored(std::vector<float>& chance, std::vector<float> mirrored, const Size3& block,
                      const std::vector<std::string>& structures);

/// Reverse x of every channel of a block of shape (channels, z, y, x).
void reverse_x(std::vector<float>& block, const Size3& size);

/// Exchange the channels of paired structures, each `count` values long.
void exchange_pairs(std::vector<float>& channels, const MirrorPairs& pairs, std::size_t count);

}  // namespace coutard::contouring
