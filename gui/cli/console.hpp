#pragma once
#include <string>
#include <vector>

#include "engine/base/progress.hpp"
#include "gui/cli/command.hpp"

namespace coutard::gui {

/// A progress bar on standard error when that is a terminal, else a line per stage; Ctrl-C asks the
/// work to stop, a second one ends the program at once.
Progress console_progress();
/// Finish the line of the bar.
void end_progress();

/// Print what readers and planners accepted and a person should know, each note once.
void print_notes(const std::vector<std::string>& notes);

/// All commands of this build, and by name those it lacks.
void register_commands(CLI::App& app, Common& common);

}  // namespace coutard::gui
