#pragma once
#include <vector>

#include "engine/optimise/arc.hpp"
#include "engine/plan/machine.hpp"
#include "engine/ports/influence.hpp"

namespace coutard {

struct ArcLayout {
    int arcs = 2;
    double collimator_deg = 10;  ///< leaf edges of one interval do not lie on those of the opposite one
    double interval_deg = 2;
    int directions = 30;  ///< of the influence matrix, evenly around
};

/// Gantry angles of the directions whose beamlets an arc plan is optimised through: rising from 0.
std::vector<double> arc_directions_deg(const ArcLayout& layout);

/// The start of the arcs: each sequences the fluence of the directions that it is given, every arc in turn, forth and
/// back through the same way (181 to 179 degrees and back). Where the targets are wider than a carriage spans, arcs
/// take turns at the left and the right part of the field, which overlap. \param directions  beamlets, by rising gantry
/// angle \param fluence_MU  over all of them \throws InputError one arc alone for a field wider than a carriage spans
std::vector<ArcShape> arcs_from_fluence(const ArcLayout& layout, const std::vector<BeamletBeam>& directions,
                                        const std::vector<double>& fluence_MU, const Machine& machine);

}  // namespace coutard
