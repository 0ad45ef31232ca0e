#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/ports/contourer.hpp"
#include "engine/ports/registrar.hpp"
#include "engine/workflow/plan_workflow.hpp"

namespace coutard {

/// The running course and today's image. References live as long as the call.
struct AdaptRequest {
    const CtImage& planning_ct;
    const StructureSet& structures;  ///< on the planning CT; External is redrawn on the day's
    const Plan& plan;
    const Volume<float>& planned_Gy;  ///< whole-course dose of the plan on the planning CT
    const Protocol& protocol;
    const Machine& machine;
    const CtImage& daily_ct;
    int fractions_done = 0;        ///< before today, taken as delivered the way they were planned
    bool couch_correction = true;  ///< the isocentre follows the anatomy, as image guidance does
    double grid_mm = 3, influence_grid_mm = 4;
    int iterations = 80, correction_rounds = 2;
};

/// How one structure changed.
struct StructureChange {
    std::string name;
    double planned_cm3 = 0, today_cm3 = 0;
    double moved_mm = 0;                ///< between the centres of mass, after the couch correction
    std::optional<double> network_dsc;  ///< agreement of the propagated with the network's contour of today
};

enum class Advice { Deliver, Adapt, Review };
std::string_view text_of(Advice advice);  ///< "deliver the scheduled plan", ...

struct AdaptResult {
    RigidTransform setup;                 ///< today's point -> planning point
    Vec3 couch_shift_mm;                  ///< by which the patient must move for the plan's isocentre to fit [LPS]
    DisplacementField field;              ///< today's grid -> planning CT
    StructureSet structures;              ///< today: propagated, External by rule
    std::optional<StructureSet> network;  ///< today's contours of the network, for comparison
    std::vector<StructureChange> changes;

    Plan scheduled;       ///< the running plan with today's isocentre
    Dose scheduled_dose;  ///< the protocol's course as if every fraction were today, on today's anatomy
    Dose day_dose;        ///< one fraction of it, summation Fraction
    Dose accumulated;     ///< on the planning dose grid: fractions done and today's
    Dose projected;       ///< on the planning dose grid: fractions done, all others like today

    PlanningResult adapted;  ///< planned anew on today's anatomy from the running fluence; whole course
    std::vector<GoalResult> scheduled_goals;  ///< of scheduled_dose on today's structures
    std::vector<GoalResult> projected_goals;  ///< of `projected` on the planning structures
    std::vector<GoalResult>
        adapted_course_goals;  ///< fractions done as planned, the rest by `adapted`, today's structures
    Advice advice = Advice::Review;
    std::vector<std::string> reasons, warnings;
};

/// The day: register, propagate and re-contour, dose of the day and of the course, plan again from the
/// running fluence, compare, advise. \param contourer may be null: nothing to compare contours with
/// \throws InputError a plan without fractions, more fractions done than planned, no External; whatever
/// the ports refuse \throws Interrupted
AdaptResult adapt(const AdaptRequest& request, const Registrar& registrar, const Contourer* contourer,
                  const DoseEngine& engine, const Progress& progress);

/// Weigh two plans by their goals of priority 1: one that could not be evaluated in either plan asks for a
/// person; a scheduled plan that meets all is delivered; else an adapted plan that meets all; else a person decides.
/// \param reasons filled with a sentence per goal that differs or fails
Advice advise(const std::vector<GoalResult>& scheduled, const std::vector<GoalResult>& adapted,
              std::vector<std::string>& reasons);

}  // namespace coutard
