#pragma once
#include <string>
#include <utility>
#include <vector>

#include "contouring/train/score.hpp"

namespace coutard::contouring {

/// Tables of a report: agreement per structure, and what the model's probabilities are worth.
std::string scores_markdown(const ScoreTable& table);

/// One row per thing that a person set, with its scores: DSC and surface Dice of each structure.
/// \param rows  the words of each and its table, all of one model
std::string prompts_markdown(const std::vector<std::string>& structures,
                             const std::vector<std::pair<std::string, ScoreTable>>& rows);

}  // namespace coutard::contouring
