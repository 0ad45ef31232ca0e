#pragma once
#include "gui/cli/command.hpp"

namespace coutard::gui {

/// Sub-commands of `evaluate` that stand in files of their own; each adds itself.
void add_evaluate_contours(CLI::App& evaluate, Common& common);
void add_evaluate_registration(CLI::App& evaluate, Common& common);
void add_evaluate_adaptation(CLI::App& evaluate, Common& common);
void add_evaluate_plan(CLI::App& evaluate, Common& common);
void add_evaluate_leaves(CLI::App& evaluate, Common& common);

}  // namespace coutard::gui
