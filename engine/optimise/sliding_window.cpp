#include "engine/optimise/sliding_window.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"
#include "engine/optimise/beamlet_rows.hpp"

namespace coutard {
namespace {

/// One row to deliver: cells from the left park position to the right one, in effective edges.
struct Sweep {
    std::size_t pair = 0;
    std::vector<double> edge_mm;  // cells + 1
    std::vector<double> open_MU;  // per cell
};

struct Node {
    double t_MU, x_mm;
};
struct Track {
    std::vector<Node> lead, trail;
};

constexpr double rounding_mm = 0.01;  // positions in plans

double effective_gap(const Machine& m) {
    return m.leaf_min_gap_mm + 2 * rounding_mm + m.dosimetric_leaf_gap_mm;
}

/// Monitor units that a sweep takes (16): all rises of the profile, and the travel.
double needed_MU(const Sweep& sweep, double pace) {
    double rises = 0, last = 0;
    for (const double open : sweep.open_MU) {
        rises += std::max(0.0, open - last);
        last = open;
    }
    return rises + pace * (sweep.edge_mm.back() - sweep.edge_mm.front());
}

/// Leaf positions by monitor unit (14, 15): the leaf that opens less waits at each cell edge.
Track track_of(const Sweep& sweep, double pace, double start_MU, double total_MU) {
    Track track;
    double lead = start_MU, trail = start_MU, last = 0;
    track.lead.push_back({0, sweep.edge_mm.front()});
    track.trail.push_back({0, sweep.edge_mm.front()});
    for (std::size_t c = 0; c < sweep.open_MU.size(); ++c) {
        const double rise = sweep.open_MU[c] - last, travel = pace * (sweep.edge_mm[c + 1] - sweep.edge_mm[c]);
        last = sweep.open_MU[c];
        (rise > 0 ? trail : lead) += std::abs(rise);
        track.lead.push_back({lead, sweep.edge_mm[c]});
        track.trail.push_back({trail, sweep.edge_mm[c]});
        lead += travel;
        trail += travel;
        track.lead.push_back({lead, sweep.edge_mm[c + 1]});
        track.trail.push_back({trail, sweep.edge_mm[c + 1]});
    }
    track.lead.push_back({total_MU, sweep.edge_mm.back()});
    track.trail.push_back({total_MU, sweep.edge_mm.back()});
    return track;
}

double position(const std::vector<Node>& nodes, double t) {
    const auto after =
        std::upper_bound(nodes.begin(), nodes.end(), t, [](double value, const Node& n) { return value < n.t_MU; });
    if (after == nodes.begin()) return nodes.front().x_mm;
    if (after == nodes.end()) return nodes.back().x_mm;
    const auto& a = *(after - 1);
    return a.x_mm + (after->x_mm - a.x_mm) * (t - a.t_MU) / (after->t_MU - a.t_MU);
}

/// Rows with anything to deliver; each also passes the strips between its cells and the park positions.
std::vector<Sweep> sweeps_of(const BeamletRows& rows, std::span<const double> fluence, double total_MU, double pace,
                             const Machine& m) {
    const double gap = effective_gap(m), least = pace * gap, leak = m.leaf_transmission;
    std::vector<Sweep> sweeps;
    for (const auto& row : rows.rows) {
        double most = 0;
        for (const int b : row.beamlet)
            if (b >= 0) most = std::max(most, fluence[static_cast<std::size_t>(b)]);
        if (most <= leak * total_MU) continue;
        Sweep sweep{static_cast<std::size_t>(row.pair), {rows.x1_mm - gap, row.x0_mm}, {least}};
        for (std::size_t c = 0; c < row.beamlet.size(); ++c) {
            const double wanted = row.beamlet[c] < 0 ? 0 : fluence[static_cast<std::size_t>(row.beamlet[c])];
            sweep.open_MU.push_back(std::max(least, (wanted - leak * total_MU) / (1 - leak)));
            sweep.edge_mm.push_back(row.x0_mm + rows.width_mm * static_cast<double>(c + 1));
        }
        sweep.open_MU.push_back(least);
        sweep.edge_mm.push_back(rows.x2_mm + gap);
        sweeps.push_back(std::move(sweep));
    }
    return sweeps;
}

double rounded(double x) {
    return std::round(x / rounding_mm) * rounding_mm;
}

}  // namespace

double widest_sweep_mm(const Machine& machine) {
    return machine.leaf_max_span_mm - effective_gap(machine);
}

Beam sliding_window(const BeamletBeam& beamlets, std::span<const double> fluence, const Machine& m,
                    const SlidingWindowOptions& options) {
    expect(fluence.size() == beamlets.beamlets.size(), "sliding window: one fluence per beamlet");
    expect(options.dose_rate_mu_min > 0 && options.interval_MU > 0, "sliding window: positive dose rate and interval");
    const BeamletRows rows = rows_of(beamlets);
    validate(rows.x2_mm - rows.x1_mm <= widest_sweep_mm(m), "sliding window: field width [mm]", rows.x2_mm - rows.x1_mm,
             "no more than one carriage spans");
    const double pace = options.dose_rate_mu_min / 60 / m.leaf_max_speed_mm_s;  // [MU/mm]
    double total = 0;
    std::vector<Sweep> sweeps;
    for (int round = 0; round < 12; ++round) {  // transmission takes part of the total, the total depends on it (13)
        sweeps = sweeps_of(rows, fluence, total, pace, m);
        double needed = 0;
        for (const auto& sweep : sweeps) needed = std::max(needed, needed_MU(sweep, pace));
        if (std::abs(needed - total) < 1e-9) break;
        total = needed;
    }
    Beam beam;
    beam.machine = beamlets.machine;
    beam.energy_MV = m.energy_MV;
    beam.isocentre_mm = beamlets.isocentre_mm;
    beam.delivery = Delivery::SlidingWindow;
    beam.leaf_edges_mm = m.leaf_edges_mm;
    beam.sad_mm = m.sad_mm;
    beam.flattening_filter = m.flattening_filter;
    beam.monitor_units = total;
    const double gap = effective_gap(m), half = m.dosimetric_leaf_gap_mm / 2;
    std::vector<Track> tracks;
    for (const auto& sweep : sweeps) {
        const double needed = needed_MU(sweep, pace);
        tracks.push_back(track_of(sweep, pace, std::max(0.0, total - needed) / 2, std::max(total, needed)));
    }
    ControlPoint cp;
    cp.gantry_deg = beamlets.gantry_deg;
    cp.collimator_deg = beamlets.collimator_deg;
    cp.couch_deg = beamlets.couch_deg;
    cp.jaws = {rows.x1_mm, rows.x2_mm, rows.y1_mm, rows.y2_mm};
    const auto pairs = static_cast<std::size_t>(m.leaf_pairs());
    cp.leaves_x1.assign(pairs, rounded(rows.x1_mm - gap + half));
    cp.leaves_x2.assign(pairs, rounded(rows.x1_mm - half));
    const int intervals = static_cast<int>(std::clamp(std::ceil(total / options.interval_MU), 100.0, 320.0));
    for (int k = 0; k <= intervals; ++k) {
        cp.cumulative = static_cast<double>(k) / intervals;
        for (std::size_t r = 0; r < sweeps.size(); ++r) {
            const double t = cp.cumulative * total;
            const double trail = std::min(position(tracks[r].trail, t), rows.x2_mm);
            const double lead = std::max(position(tracks[r].lead, t), trail + gap);
            cp.leaves_x1[sweeps[r].pair] = rounded(trail + half);
            cp.leaves_x2[sweeps[r].pair] = rounded(lead - half);
        }
        beam.control_points.push_back(cp);
    }
    return beam;
}

}  // namespace coutard
