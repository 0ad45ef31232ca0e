#pragma once
#include <span>
#include <vector>

#include "engine/eval/goals.hpp"
#include "engine/optimise/objective_sum.hpp"

namespace coutard {

/// Raise the weight of every term that pulls a failing goal the right way: 2.5 times for goals of priority 1, 1.6 times
/// for those of lower priorities. \param lowest_priority  the largest number whose goals count
void press_failing(std::vector<ObjectiveTerm>& terms, std::span<const GoalResult> goals, int lowest_priority);

}  // namespace coutard
