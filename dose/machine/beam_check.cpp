#include "dose/machine/beam_check.hpp"

#include <cmath>
#include <sstream>

#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

constexpr double leaf_rounding_mm = 1e-3;  // closed leaves of a rounded file may pass each other by this much

std::string text_of(double value) {
    std::ostringstream text;
    text << value;
    return text.str();
}

/// The leaves lie where the machine has them; a beam without leaf edges has no MLC or was made for this machine.
void check_leaf_edges(const Beam& beam, const Machine& machine, const std::string& where) {
    if (beam.leaf_edges_mm.empty()) return;
    const std::string of = " of " + machine.name;
    validate(beam.leaf_edges_mm.size() == machine.leaf_edges_mm.size(), where + ": LeafPositionBoundaries: edges",
             beam.leaf_edges_mm.size(), std::to_string(machine.leaf_edges_mm.size()) + of);
    for (std::size_t e = 0; e < beam.leaf_edges_mm.size(); ++e)
        validate(std::abs(beam.leaf_edges_mm[e] - machine.leaf_edges_mm[e]) <= 0.01,
                 where + ": LeafPositionBoundaries [mm]: edge " + std::to_string(e + 1), beam.leaf_edges_mm[e],
                 text_of(machine.leaf_edges_mm[e]) + of);
}

/// A beam may name our machine and yet be of another: a dose of the wrong spectrum would look right.
void check_machine(const Beam& beam, const Machine& machine, const std::string& where) {
    const std::string of = " of " + machine.name;
    const auto mode = [](bool flattened) -> std::string { return flattened ? "STANDARD" : "NON_STANDARD (FFF)"; };
    validate(std::abs(beam.energy_MV - machine.energy_MV) <= 0.05, where + ": NominalBeamEnergy [MV]", beam.energy_MV,
             text_of(machine.energy_MV) + of);
    validate(beam.flattening_filter == machine.flattening_filter, where + ": FluenceMode", mode(beam.flattening_filter),
             mode(machine.flattening_filter) + of);
    validate(std::abs(beam.sad_mm - machine.sad_mm) <= 0.5, where + ": SourceAxisDistance [mm]", beam.sad_mm,
             text_of(machine.sad_mm) + of);
    check_leaf_edges(beam, machine, where);
}

}  // namespace

void check_beam(const Beam& beam, const Machine& machine) {
    const std::string where = "beam " + std::to_string(beam.number) + " '" + beam.name + "'";
    check_machine(beam, machine, where);
    const auto& points = beam.control_points;
    validate(points.size() >= 2, where + ": control points", points.size(), "at least 2");
    validate(std::isfinite(beam.monitor_units) && beam.monitor_units >= 0, where + ": monitor units",
             beam.monitor_units, "not negative");
    validate(std::abs(points.front().cumulative) < 1e-6 && std::abs(points.back().cumulative - 1) < 1e-4,
             where + ": cumulative meterset must run from 0 to 1");
    const auto pairs = static_cast<std::size_t>(machine.leaf_pairs());
    for (std::size_t k = 0; k < points.size(); ++k) {
        const auto& p = points[k];
        const std::string here = where + ", control point " + std::to_string(k) + ": ";
        validate(k == 0 || p.cumulative >= points[k - 1].cumulative - 1e-9, here + "cumulative meterset falls");
        validate(p.jaws.x1 <= p.jaws.x2 && p.jaws.y1 <= p.jaws.y2, here + "jaws cross");
        validate(p.leaves_x1.size() == p.leaves_x2.size() && (p.leaves_x1.empty() || p.leaves_x1.size() == pairs),
                 here + "leaf pairs", p.leaves_x1.size(), std::to_string(pairs) + " or none");
        validate(p.leaves_x1.empty() == points.front().leaves_x1.empty(),
                 here + "leaves are given at some control points only");
        for (std::size_t l = 0; l < p.leaves_x1.size(); ++l)
            validate(p.leaves_x1[l] <= p.leaves_x2[l] + leaf_rounding_mm,
                     here + "leaf pair " + std::to_string(l + 1) + " crosses");
    }
}

void check_isocentre(const DoseScene& scene, const Vec3& isocentre, const std::string& beam) {
    const Vec3 at = scene.hu.grid().index(isocentre);
    const Size3 n = scene.hu.grid().size();
    validate(
        at.x >= -0.5 && at.y >= -0.5 && at.z >= -0.5 && at.x <= n.x - 0.5 && at.y <= n.y - 0.5 && at.z <= n.z - 0.5,
        beam + ": the isocentre lies outside the CT");
}

void check_delivers(const Plan& plan) {
    validate(!plan.beams.empty(), "plan '" + plan.label + "' has no beams");
    validate(plan.fractions >= 1, "plan '" + plan.label + "': fractions", plan.fractions, "at least 1");
}

}  // namespace coutard::dose
