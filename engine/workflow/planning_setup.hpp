#pragma once
#include <string>
#include <vector>

#include "engine/workflow/plan_workflow.hpp"

namespace coutard {

/// Everything that planning needs before the first dose.
struct PlanningSetup {
    DoseScene scene;  ///< on the optimiser's grid; final_grid beside it
    Grid final_grid;
    std::vector<NamedMask> masks;        ///< optimiser's grid: targets cropped below the skin, organs, External
    std::vector<NamedMask> goal_masks;   ///< optimiser's grid: as drawn, shells cut
    std::vector<NamedMask> final_masks;  ///< the CT's grid: as drawn, shells cut, External
    std::vector<BeamletBeam> beams;      ///< with their beamlets
    std::vector<std::string> notes;
};

/// What the patient is for a dose and for goals, before any beam.
struct PlacedPatient {
    DoseScene scene;                     ///< dose wanted on the final grid
    std::vector<NamedMask> final_masks;  ///< the CT's grid: as drawn, shells cut, External
    std::vector<std::string> notes;
};

/// Final grid, masks and what counts, without beamlets. \throws InputError no first target, no External
PlacedPatient place(const PlanningRequest& request);

/// Masks, grids, isocentre and beamlets for a request. \throws InputError as make_plan says
PlanningSetup set_up(const PlanningRequest& request);

const NamedMask* find_mask(const std::vector<NamedMask>& masks, const std::string& name);

}  // namespace coutard
