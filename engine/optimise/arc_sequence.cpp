#include "engine/optimise/arc_sequence.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/base/error.hpp"
#include "engine/optimise/sliding_window.hpp"

namespace coutard {
namespace {

/// A field without travel of its own: monitor units are those of the fluence, the arc's time is the gantry's.
constexpr double slow_MU_min = 30;

struct Part {
    BeamletBeam beamlets;
    std::vector<double> fluence_MU;
};

Part inside(const BeamletBeam& beamlets, std::span<const double> fluence, const Jaws& jaws) {
    Part part{beamlets, {}};
    part.beamlets.beamlets.clear();
    for (std::size_t b = 0; b < fluence.size(); ++b) {
        const auto& cell = beamlets.beamlets[b];
        if (cell.x_mm < jaws.x1 || cell.x_mm > jaws.x2 || cell.y_mm < jaws.y1 || cell.y_mm > jaws.y2) continue;
        part.beamlets.beamlets.push_back(cell);
        part.fluence_MU.push_back(fluence[b]);
    }
    return part;
}

/// Tips of a pair after a part of a beam's monitor units.
std::pair<double, double> tips(const Beam& beam, std::size_t pair, double part) {
    const auto& points = beam.control_points;
    std::size_t k = 1;
    while (k + 1 < points.size() && points[k].cumulative < part) ++k;
    const auto &a = points[k - 1], &b = points[k];
    const double t = b.cumulative > a.cumulative ? (part - a.cumulative) / (b.cumulative - a.cumulative) : 0;
    const auto between = [&](double u, double v) { return u + t * (v - u); };
    return {between(a.leaves_x1[pair], b.leaves_x1[pair]), between(a.leaves_x2[pair], b.leaves_x2[pair])};
}

}  // namespace

std::vector<int> moving_pairs(const std::vector<BeamletBeam>& directions, const Jaws& jaws) {
    std::set<int> pairs;
    for (const auto& direction : directions)
        for (const auto& cell : direction.beamlets)
            if (cell.y_mm > jaws.y1 && cell.y_mm < jaws.y2) pairs.insert(cell.row);
    return {pairs.begin(), pairs.end()};
}

ArcShape sequence_arc(const ArcPath& path, const std::vector<BeamletBeam>& sectors,
                      const std::vector<std::vector<double>>& fluence, const Jaws& jaws, const Machine& machine) {
    expect(sectors.size() == fluence.size() && !sectors.empty(), "arc: one fluence per sector");
    expect(path.intervals >= static_cast<int>(sectors.size()), "arc: an interval per sector or more");
    ArcShape arc{path, jaws, moving_pairs(sectors, jaws), {}, {}, {}};
    const std::size_t pairs = arc.pairs.size(), count = static_cast<std::size_t>(path.intervals);
    const double gap = machine.leaf_min_gap_mm + 0.02;
    arc.x1_mm.assign((count + 1) * pairs, jaws.x1);
    arc.x2_mm.assign((count + 1) * pairs, jaws.x1 + gap);
    arc.mu.assign(count, 0.0);
    SlidingWindowOptions how;
    how.dose_rate_mu_min = slow_MU_min;
    for (std::size_t s = 0; s < sectors.size(); ++s) {
        const std::size_t from = count * s / sectors.size(), to = count * (s + 1) / sectors.size();
        const bool back = s % 2 == 1;
        const Part part = inside(sectors[s], fluence[s], jaws);
        double most = 0;
        for (const double f : part.fluence_MU) most = std::max(most, f);
        const bool dark = !(most > 0);
        const Beam sweep = dark ? Beam{} : sliding_window(part.beamlets, part.fluence_MU, machine, how);
        for (std::size_t k = from; k < to; ++k)
            arc.mu[k] = dark ? 0 : sweep.monitor_units / static_cast<double>(to - from);
        for (std::size_t k = from; k <= to; ++k) {
            const double done = static_cast<double>(k - from) / static_cast<double>(to - from);
            for (std::size_t p = 0; p < pairs; ++p) {
                auto [x1, x2] = dark ? std::pair{back ? jaws.x1 : jaws.x2 - gap, back ? jaws.x1 + gap : jaws.x2}
                                     : tips(sweep, static_cast<std::size_t>(arc.pairs[p]), back ? 1 - done : done);
                arc.x1_mm[arc.at(k, p)] = x1;
                arc.x2_mm[arc.at(k, p)] = x2;
            }
        }
    }
    keep_limits(arc, machine);
    validate(arc.monitor_units() > 0, "arc: monitor units of its fluence", 0, "more than 0");
    return arc;
}

}  // namespace coutard
