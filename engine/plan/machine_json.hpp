#pragma once
#include <filesystem>

#include "engine/plan/machine.hpp"

namespace coutard {

/// Read a machine's limits from data/machines/NAME.json (docs/formats/machine.md): the keys name,
/// energy_MV, flattening_filter and limits; the key beam_model beside them belongs to the dose engine.
/// \throws InputError naming file, key, expected and found: unknown or missing key, wrong type, value
/// out of range, leaf edges that do not rise
Machine read_machine(const std::filesystem::path& file);

}  // namespace coutard
