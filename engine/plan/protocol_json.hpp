#pragma once
#include <filesystem>

#include "engine/plan/protocol.hpp"

namespace coutard {

/// Read a protocol (docs/formats/protocol.md). \throws InputError naming file, key, expected and found:
/// unknown or missing key, wrong type, negative dose or weight, unreadable metric, no target, target
/// doses that rise, a goal or an objective without source or meaning
Protocol read_protocol(const std::filesystem::path& file);

/// `name_or_file` is a file when one exists there or it ends in .json, else the name of one in `folder`.
/// \throws InputError naming the protocols of the folder when there is none of that name
Protocol find_protocol(const std::string& name_or_file, const std::filesystem::path& folder);

}  // namespace coutard
