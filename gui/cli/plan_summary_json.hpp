#pragma once
#include <string>
#include <utility>
#include <vector>

#include "engine/workflow/plan_workflow.hpp"

namespace coutard::gui {

/// Stages of a command and how long each took [s].
using StageTimes = std::vector<std::pair<std::string, double>>;

/// Goals with value and verdict, as JSON.
std::string goals_json(const Protocol& protocol, const std::vector<GoalResult>& goals);

/// What `coutard plan` did: goals, beams, rounds, gamma, notes, times.
std::string plan_json(const Protocol& protocol, const PlanningResult& result, const StageTimes& times);

}  // namespace coutard::gui
