#pragma once
#include <vector>

#include "engine/plan/machine.hpp"
#include "engine/plan/plan.hpp"

namespace coutard {

/// The way of a gantry, cut into intervals of one length; control points stand at their ends.
struct ArcPath {
    double start_deg = 181;  ///< IEC 61217
    double way_deg = 358;    ///< clockwise positive, as seen by somebody who faces the gantry
    int intervals = 179;
    double collimator_deg = 0, couch_deg = 0;

    /// Gantry angle after so many intervals [deg], 0 to 360.
    double angle_at(double intervals_done) const;
    double step_deg() const { return way_deg / intervals; }
};

/// Leaves and monitor units along one arc.
struct ArcShape {
    ArcPath path;
    Jaws jaws;
    std::vector<int> pairs;            ///< leaf pairs that move, rising; the others stay closed
    std::vector<double> x1_mm, x2_mm;  ///< tips, [control point][pair of `pairs`]
    std::vector<double> mu;            ///< per interval, per fraction

    std::size_t at(std::size_t control_point, std::size_t pair) const { return control_point * pairs.size() + pair; }
    std::size_t control_points() const { return static_cast<std::size_t>(path.intervals) + 1; }
    double monitor_units() const;
};

/// How long each interval takes [s]: as long as the slowest of gantry, dose rate and leaves needs.
std::vector<double> interval_times_s(const ArcShape& arc, const Machine& machine);

/// The arc as a beam whose control points keep the machine's limits: positions rounded, pairs that do not move closed
/// in the middle of the field. Isocentre, number and name are left to the caller.
Beam beam_of(const ArcShape& arc, const Machine& machine);

/// Bring tips to what a machine can take: at least its gap apart, within the jaws' field and a carriage's span.
void keep_limits(ArcShape& arc, const Machine& machine);

}  // namespace coutard
