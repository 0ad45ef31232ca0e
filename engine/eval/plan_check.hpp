#pragma once
#include <string>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/eval/gamma.hpp"
#include "engine/eval/structure_dose.hpp"
#include "engine/plan/plan_check_levels.hpp"
#include "engine/shape/structure.hpp"

namespace coutard {

enum class Verdict { Pass, Look, Fail };
std::string_view text_of(Verdict verdict);  ///< "pass", "look", "fail"
/// Within the tolerance: pass; within the action level: look; else fail. A NaN fails.
Verdict judge(double deviation, double tolerance, double action);

/// One figure of a check beside its levels.
struct CheckRow {
    std::string what;                  ///< "gamma 3 %/2 mm", "beam 2", "PTV_7000 D50%"
    double planned = 0;                ///< of the plan's dose; gamma: the share that passes [%]
    double independent = 0;            ///< of the independent calculation; gamma: none
    double deviation = 0;              ///< planned against independent [%]; gamma: points that fail [%]
    double tolerance = 0, action = 0;  ///< [%]
    Verdict verdict = Verdict::Fail;
};

/// An independent calculation held against the plan's own dose.
struct PlanCheck {
    std::vector<CheckRow> rows;
    Verdict verdict = Verdict::Pass;  ///< the worst of the rows
};

/// Doses of one plan by two calculations, whole course, on one grid.
struct TwoDoses {
    std::vector<Volume<float>> planned_beams, independent_beams;  ///< in the plan's order [Gy]
    std::vector<int> beam_numbers;
    double prescription_Gy = 0;  ///< what percentages refer to; 0: the largest independent dose
};

/// \param counts voxels where dose counts, on that grid
/// \param structures on grids of their own: mean dose of all, D50% of targets; the ends of a histogram are not judged,
/// for noise of the independent dose widens them
/// \throws ContractError grids or numbers of beams differ \throws InputError as gamma_index
PlanCheck check_plan(const TwoDoses& doses, const Mask& counts,
                     const std::vector<std::pair<Structure, Mask>>& structures, const PlanCheckLevels& levels,
                     const Progress& progress);

}  // namespace coutard
