#pragma once
#include "dose/machine/beam_model.hpp"
#include "dose/ray/fluence.hd.hpp"
#include "engine/ports/influence.hpp"

namespace coutard::dose {

/// Fluence of single beamlets for an influence matrix. A beamlet is a hole between perfect leaves, in the focal spot's
/// light; neighbours add up to the open field. The extra-focal fluence is laid where the focal one is, as
/// much of it as the rectangle around all beamlets lets through there: their sum is the open field's inside it, and
/// what spreads beyond single beamlets and the field's edge is left to the dose of the final plan, as are
/// contaminant electrons. Theory: docs/theory/beam.md, section 6.
class BeamletFluence {
  public:
    /// \param beam direction whose beamlets share the head
    BeamletFluence(const BeamModel& model, const BeamletBeam& beam);

    /// How far a beamlet's blur carries fluence [mm].
    double reach_mm() const { return 4 * blur_mm_; }
    /// Map of one beamlet, grown by its blur. \param pixel_mm the beamlet begins and ends on its multiples
    FluenceMap of(const Beamlet& beamlet, double pixel_mm) const;

  private:
    const BeamModel& model_;
    double blur_mm_, output_ = 1;
    FluenceMap extra_;  ///< visible part of the extra-focal source times its fluence; no pixels: none
};

}  // namespace coutard::dose
