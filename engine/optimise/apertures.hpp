#pragma once
#include <span>
#include <vector>

#include "engine/optimise/aperture_influence.hpp"
#include "engine/plan/machine.hpp"
#include "engine/plan/plan.hpp"
#include "engine/ports/influence.hpp"

namespace coutard {

/// One static shape of the leaves and the monitor units it is open for.
struct Aperture {
    std::vector<double> x1_mm, x2_mm;  ///< tips per leaf pair
    double mu = 0;
};

struct StepAndShootOptions {
    int levels = 10;  ///< fluence steps
    double least_area_mm2 = 400;
};

/// Cut a fluence map into static apertures: the map is rounded to equal levels, each row gives its rising
/// edges to the left leaves and its falling ones to the right in turn (sweep), and apertures below the
/// least area are dropped. What is lost is regained by optimising the weights of the apertures.
/// Source: Bortfeld et al., Int J Radiat Oncol Biol Phys 28 (1994) 723.
std::vector<Aperture> step_and_shoot(const BeamletBeam& beamlets, std::span<const double> fluence_MU,
                                     const Machine& machine, const StepAndShootOptions& options = {});

/// The outline of the beamlets: each row open from its first to its last cell.
Aperture conformal_aperture(const BeamletBeam& beamlets, const Machine& machine, double mu);

/// A beam that delivers the apertures one after the other; those with no monitor units are left out.
Beam beam_of(const BeamletBeam& beamlets, const std::vector<Aperture>& apertures, const Machine& machine,
             Delivery delivery);

/// Fluence per monitor unit that a beam leaves over beamlets (its own, or those of the whole field it is
/// part of), transmission included. \param first  index over all beams of the first of these beamlets
ApertureFluence fluence_per_MU(const Beam& beam, const BeamletBeam& beamlets, const Machine& machine,
                               std::size_t first);

}  // namespace coutard
