#pragma once
#include <span>
#include <string>
#include <vector>

#include "engine/image/volume.hpp"
#include "engine/plan/protocol.hpp"

namespace coutard {

/// A structure's mask to be cut in place.
struct LevelMask {
    std::string name;
    Mask* mask = nullptr;
};

/// Take higher levels out of the targets that the protocol calls shells, so that a plan and an evaluation judge
/// the same volumes: "PTV_6300" of such a protocol is its shell around PTV_7000, however it was drawn.
/// \param masks targets and others; names match exactly, else as TG-263 synonyms. Each may lie on its own grid: a
///              higher level is resampled to the grid of the lower one
/// \returns what was cut, "PTV_6300: without PTV_7000", and what could not be; what was drawn as a shell already
///          is not named
/// \throws InputError several masks could be a level's
std::vector<std::string> cut_shells(const Protocol& protocol, std::span<const LevelMask> masks);

}  // namespace coutard
