#pragma once
#include <filesystem>
#include <vector>

#include "gui/logic/open_sources.hpp"

namespace coutard::gui {

/// Run the desktop application until its window closes. \param sources opened at once; may be empty
/// \throws NotBuilt this machine has no display
void run_view(Readers readers, const std::vector<std::filesystem::path>& sources);

}  // namespace coutard::gui
