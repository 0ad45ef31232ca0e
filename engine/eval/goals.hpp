#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/eval/structure_dose.hpp"
#include "engine/plan/protocol.hpp"

namespace coutard {

enum class GoalStatus { Pass, Fail, NotEvaluated };
std::string_view text_of(GoalStatus status);  ///< "pass", "fail", "not evaluated"

/// One clinical goal held against one plan.
struct GoalResult {
    ClinicalGoal goal;
    GoalStatus status = GoalStatus::NotEvaluated;
    std::optional<double> value;  ///< in the metric's unit
    std::string unit;             ///< "Gy", "%", "cm3"
    std::string reason;           ///< why it was not evaluated, or what a reader must know of the value
};

/// Judge goals on the structures that are there: a missing or empty structure, or two that could be meant,
/// make a goal "not evaluated", with the reason. Names match exactly, else as TG-263 synonyms. Values are compared as
/// they are printed, to two decimals, so a plan normalised to 70 Gy meets "at least 70 Gy".
/// \param doses whole-course dose of each structure, as the goals' limits are
std::vector<GoalResult> evaluate_goals(std::span<const ClinicalGoal> goals, std::span<const StructureDose> doses);

/// The structure of that name, exactly or by TG-263 synonym; nullptr when absent.
/// \throws InputError several mean it, naming them
const StructureDose* find_structure(std::span<const StructureDose> doses, std::string_view name);

/// "SpinalCord D0.1cc <= 45 Gy".
std::string text_of(const ClinicalGoal& goal);

}  // namespace coutard
