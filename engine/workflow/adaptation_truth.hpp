#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/base/quantity.hpp"
#include "engine/eval/gamma.hpp"
#include "engine/eval/structure_dose.hpp"
#include "engine/optimise/protocol_terms.hpp"
#include "engine/ports/dose_engine.hpp"
#include "engine/workflow/accumulation.hpp"

namespace coutard {

/// How two doses on one grid differ inside the body.
struct DoseAgreement {
    double mean_Gy = 0, p95_Gy = 0, max_Gy = 0;  ///< of the absolute difference
    GammaResult strict, usual;                   ///< 2 %/2 mm and 3 %/3 mm, global, the truth is the reference
};

/// \param truth [Gy], the reference \param found [Gy] on the same grid \param body on any grid
/// \throws ContractError other grids \throws InputError no dose in the body
DoseAgreement compare_doses(const Volume<float>& truth, const Volume<float>& found, const Mask& body,
                            const Progress& progress = {});

/// A structure of the planning CT in the accumulated dose.
struct AccumulatedStructure {
    std::string name;
    StructureDose truth, found;
};

/// What is known of a day that was made by code.
struct DayTruth {
    const DisplacementField& to_planning;  ///< today's point x -> planning point x + u(x)
    const DoseScene& scene;                ///< today's CT with the true body; dose_grid as the day's dose
};

struct AdaptationDoses {
    const Volume<float>& planned_Gy;      ///< whole course, planning grid
    const Volume<float>& day_Gy;          ///< today's fraction as `adapt` found it
    const Volume<float>& accumulated_Gy;  ///< so far, as `adapt` found it, planning grid
    const Plan& scheduled;                ///< the running plan as it lies today
    CourseState state;
};

/// Day and course as the truth has them beside what adapting found.
struct AdaptationJudgement {
    DoseAgreement day, accumulated;
    std::vector<AccumulatedStructure> structures;
};

/// The day's dose is calculated anew by the same engine on the true body, so what differs is what contours of
/// the day did to it; the accumulated dose is the planned and this dose carried by the true map, so what
/// differs is what registration did to it.
/// \param planning_masks structures on the planning CT; the one called External is required
/// \throws InputError no External
AdaptationJudgement judge_adaptation(const DayTruth& truth, const AdaptationDoses& doses,
                                     const std::vector<NamedMask>& planning_masks, const DoseEngine& engine,
                                     const Progress& progress);

}  // namespace coutard
