#pragma once
#include "gui/cli/command.hpp"

namespace coutard::gui {

/// `coutard validate head`, added to `validate`.
void add_validate_head(CLI::App& validate, Common& common);

}  // namespace coutard::gui
