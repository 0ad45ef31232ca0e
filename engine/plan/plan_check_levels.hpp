#pragma once

namespace coutard {

/// How far an independent calculation may be from the plan's: beyond the tolerance somebody looks, beyond the action
/// level the plan is not used before the reason is found.
struct PlanCheckLevels {
    // AAPM TG-218 (Miften et al., Med Phys 45 (2018) e53): 3 %/2 mm, global, absolute, threshold 10 %; 95 and 90 %
    double gamma_dose_percent = 3, gamma_distance_mm = 2, gamma_threshold_percent = 10;
    double gamma_tolerance_percent = 95, gamma_action_percent = 90;  ///< points that pass
    // AAPM TG-114 (Stern et al., Med Phys 38 (2011) 504), with corrections for inhomogeneity: 3 to 5 %
    double beam_tolerance_percent = 3, beam_action_percent = 5;  ///< dose per monitor unit of one beam
    // ours: half of what a beam may differ, in percent of the prescription
    double structure_tolerance_percent = 2, structure_action_percent = 4;
};

}  // namespace coutard
