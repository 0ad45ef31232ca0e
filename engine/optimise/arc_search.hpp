#pragma once
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/optimise/arc_fluence.hpp"
#include "engine/optimise/fluence_problem.hpp"

namespace coutard {

struct ArcOptions {
    int iterations = 150;
    double free_travel_mm = 12;    ///< of a tip per interval, without a penalty
    double travel_weight = 0.02;   ///< of travel beyond that, in parts of the objective at the start
    double spread_weight = 0.002;  ///< of monitor units that differ from interval to interval, likewise
};

struct ArcSolution {
    std::vector<ArcShape> arcs;
    double value = 0;  ///< of the dose objectives alone
    double kkt = 0;    ///< of the last point, as part of the first
    int iterations = 0;
    std::vector<double> values;  ///< penalties included
};

/// Move leaves and monitor units of all control points together so that the dose has the least objective:
/// limited-memory BFGS over the middle and half the opening of each pair and the monitor units (direct machine
/// parameter optimisation: Hardemark et al., RaySearch 2003; Cassioli and Unkelbach, Phys Med Biol 58 (2013) 301).
/// Theory: docs/theory/optimisation.md, 20-23. \param problem  over the beamlets of the directions \throws Interrupted
ArcSolution optimise_arcs(const FluenceProblem& problem, const ArcFluence& through, std::vector<ArcShape> arcs,
                          const Machine& machine, const ArcOptions& options, const Progress& progress);

}  // namespace coutard
