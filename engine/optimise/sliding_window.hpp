#pragma once
#include <span>

#include "engine/plan/machine.hpp"
#include "engine/plan/plan.hpp"
#include "engine/ports/influence.hpp"

namespace coutard {

struct SlidingWindowOptions {
    double dose_rate_mu_min = 300;  ///< beam on; with the leaf speed it sets the least MU per mm of travel
    double interval_MU = 0.75;      ///< between control points, when that makes 100 to 320 of them
};

/// Leaf motion that delivers a fluence map in one sweep from left to right: both leaves of a pair move
/// at most at full speed, one of them waiting wherever the fluence changes; the beam's monitor units are
/// those of the row that needs most. The open fluence aimed at is what is left after transmission;
/// tips lie half the dosimetric leaf gap inside the effective edges; pairs that wait, or that have
/// nothing to deliver, are closed under a jaw. Jaws are fitted to the beamlets.
/// Sources: Spirou and Chui, Med Phys 21 (1994) 1031; Svensson et al., Phys Med Biol 39 (1994) 37.
/// Theory: docs/theory/optimisation.md, 13-17.
/// \param fluence_MU  wanted per beamlet, not negative
/// \returns a beam with delivery SlidingWindow; number, name and nominal dose are left to the caller
/// \throws InputError the field is wider than a carriage spans (split it first) or than the jaws open
Beam sliding_window(const BeamletBeam& beamlets, std::span<const double> fluence_MU, const Machine& machine,
                    const SlidingWindowOptions& options = {});

/// Widest field [mm] that one sweep can deliver on this machine.
double widest_sweep_mm(const Machine& machine);

}  // namespace coutard
