#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/eval/gamma.hpp"
#include "engine/eval/goals.hpp"
#include "engine/optimise/protocol_terms.hpp"
#include "engine/plan/case.hpp"
#include "engine/plan/machine.hpp"
#include "engine/plan/plan.hpp"
#include "engine/plan/protocol.hpp"
#include "engine/ports/dose_engine.hpp"
#include "engine/shape/structure.hpp"
#include "engine/workflow/planning_arcs.hpp"

namespace coutard {

enum class Technique { Conformal, Imrt, Vmat };
/// "conformal", "imrt", "vmat". \throws InputError another name
Technique technique_named(const std::string& name);

/// What to plan and how. References live as long as the call.
struct PlanningRequest {
    const CtImage& ct;
    const StructureSet& structures;
    const Protocol& protocol;
    const Machine& machine;
    std::optional<Mask> body = std::nullopt;  ///< on the CT's grid; absent: the structure set's External
    std::vector<MaterialOverride> overrides = {};
    Technique technique = Technique::Imrt;
    Delivery delivery = Delivery::SlidingWindow;  ///< for Imrt: SlidingWindow or StepAndShoot
    ArcLayout arcs = {};                          ///< for Vmat
    double grid_mm = 3;                           ///< of the final dose
    double influence_grid_mm = 5;                 ///< of the optimiser
    int iterations = 150;                         ///< of the first optimisation
    int goal_attempts = 8;                        ///< weights of failing goals are raised at most so often
    int correction_rounds = 2;                    ///< optimise, sequence and recalculate again at most so often
    double smoothing = 3000;                      ///< of the fluence: fewer monitor units, less leakage
    std::optional<Plan> running = std::nullopt;   ///< start from this plan's isocentre and fluence
    std::optional<Volume<float>> background_Gy =
        std::nullopt;  ///< dose already given or planned elsewhere, whole course
};

/// One pass of optimise, sequence, recalculate.
struct PlanningRound {
    double objective = 0, kkt = 0;
    int iterations = 0;
    std::string solver_end;
    double monitor_units = 0;  ///< per fraction
    double normalisation = 1;  ///< factor on monitor units that the round's dose needs
    double rms_percent =
        0;  ///< recalculated less fluence dose, in % of the prescription, where dose is above 10 % of it
    std::vector<GoalResult> goals;  ///< on the optimiser's grid, normalised
};

struct PlanningResult {
    Plan plan;
    Dose dose;                       ///< of the control points, recalculated on the final grid
    Volume<float> fluence_dose_Gy;   ///< the optimiser's last dose, on its own grid, normalised alike
    GammaResult gamma;               ///< 3 %/3 mm of the prescription: fluence dose against the final dose
    double plain_gamma_percent = 0;  ///< the same for the first round: matrix and sequencer alone, nothing corrected
    std::vector<NamedMask> masks;    ///< on the CT's grid, by the protocol's names, shells cut; External included
    std::vector<GoalResult> goals;
    std::vector<PlanningRound> rounds;
    std::vector<std::string> notes;  ///< what was missing, skipped or cropped
};

/// From contours to a deliverable plan: masks, isocentre and beams from the protocol, beamlet doses,
/// fluence, leaf motion, dose of the control points; then again, with what the matrix and the sequencer
/// missed as background and the failing goals weighted more, until the goals hold; last, monitor units
/// such that D(normalise_percent) of the first target is its dose.
/// \throws InputError names a target that is missing, has no volume or lies outside the body; a plan
/// whose machine differs from the request's; whatever the dose engine refuses
/// \throws Interrupted
PlanningResult make_plan(const PlanningRequest& request, const DoseEngine& engine, const Progress& progress);

}  // namespace coutard
