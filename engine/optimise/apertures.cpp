#include "engine/optimise/apertures.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"
#include "engine/optimise/beamlet_rows.hpp"
#include "engine/optimise/leaf_fluence.hpp"

namespace coutard {
namespace {

constexpr double rounding_mm = 0.01;
double rounded(double x) {
    return std::round(x / rounding_mm) * rounding_mm;
}

/// All pairs closed with their gap at x.
Aperture closed_at(double x_mm, const Machine& m) {
    const double gap = m.leaf_min_gap_mm + 2 * rounding_mm;
    const auto pairs = static_cast<std::size_t>(m.leaf_pairs());
    return {std::vector<double>(pairs, rounded(x_mm - gap)), std::vector<double>(pairs, rounded(x_mm)), 0};
}

/// All pairs closed under the left jaw, as far as leaves reach.
Aperture closed(const BeamletRows& rows, const Machine& m) {
    const double gap = m.leaf_min_gap_mm + 2 * rounding_mm, half = m.dosimetric_leaf_gap_mm / 2;
    return closed_at(std::max(rows.x1_mm - half, -m.leaf_max_overtravel_mm + gap), m);
}

/// All pairs closed in the middle of the field, so that no bank spans more than half of it for pairs that the Y
/// jaws cover anyway.
Aperture closed_in_the_middle(const BeamletRows& rows, const Machine& m) {
    return closed_at((rows.x1_mm + rows.x2_mm) / 2, m);
}

/// Open one pair between effective edges.
void open(Aperture& aperture, int pair, double left_mm, double right_mm, const Machine& m) {
    const double half = m.dosimetric_leaf_gap_mm / 2;
    aperture.x1_mm[static_cast<std::size_t>(pair)] = rounded(left_mm + half);
    aperture.x2_mm[static_cast<std::size_t>(pair)] =
        rounded(std::max(right_mm - half, left_mm + half + m.leaf_min_gap_mm + rounding_mm));
}

/// Edges that the leaves take in turn: one entry per level step.
struct Edges {
    int pair = 0;
    std::vector<double> left, right;
};

Edges edges_of(const BeamletRow& row, double width, const std::vector<int>& level) {
    Edges edges{row.pair, {}, {}};
    int last = 0;
    for (std::size_t c = 0; c <= level.size(); ++c) {
        const int now = c < level.size() ? level[c] : 0;
        const double x = row.x0_mm + width * static_cast<double>(c);
        for (int step = last; step < now; ++step) edges.left.push_back(x);
        for (int step = now; step < last; ++step) edges.right.push_back(x);
        last = now;
    }
    return edges;
}

double area(const std::vector<Edges>& rows, std::size_t segment, const Machine& m) {
    double sum = 0;
    for (const auto& row : rows)
        if (segment < row.left.size())
            sum += (row.right[segment] - row.left[segment]) * (m.leaf_edges_mm[static_cast<std::size_t>(row.pair) + 1] -
                                                               m.leaf_edges_mm[static_cast<std::size_t>(row.pair)]);
    return sum;
}

}  // namespace

std::vector<Aperture> step_and_shoot(const BeamletBeam& beamlets, std::span<const double> fluence, const Machine& m,
                                     const StepAndShootOptions& options) {
    expect(fluence.size() == beamlets.beamlets.size(), "step and shoot: one fluence per beamlet");
    expect(options.levels >= 1, "step and shoot: at least one level");
    const BeamletRows rows = rows_of(beamlets);
    const double most = fluence.empty() ? 0 : *std::max_element(fluence.begin(), fluence.end());
    if (most <= 0) return {};
    const double step = most / options.levels;
    std::vector<Edges> edges;
    std::size_t segments = 0;
    for (const auto& row : rows.rows) {
        std::vector<int> level;
        for (const int b : row.beamlet)
            level.push_back(b < 0 ? 0 : static_cast<int>(std::lround(fluence[static_cast<std::size_t>(b)] / step)));
        edges.push_back(edges_of(row, rows.width_mm, level));
        segments = std::max(segments, edges.back().left.size());
    }
    std::vector<Aperture> apertures;
    for (std::size_t s = 0; s < segments; ++s) {
        if (area(edges, s, m) < options.least_area_mm2) continue;
        Aperture aperture = closed(rows, m);
        aperture.mu = step;
        for (const auto& row : edges)
            if (s < row.left.size()) open(aperture, row.pair, row.left[s], row.right[s], m);
        if (!apertures.empty() && apertures.back().x1_mm == aperture.x1_mm && apertures.back().x2_mm == aperture.x2_mm)
            apertures.back().mu += step;
        else
            apertures.push_back(std::move(aperture));
    }
    return apertures;
}

Aperture conformal_aperture(const BeamletBeam& beamlets, const Machine& m, double mu) {
    const BeamletRows rows = rows_of(beamlets);
    Aperture aperture = closed_in_the_middle(rows, m);
    aperture.mu = mu;
    for (const auto& row : rows.rows)
        open(aperture, row.pair, row.x0_mm, row.x0_mm + rows.width_mm * static_cast<double>(row.beamlet.size()), m);
    return aperture;
}

Beam beam_of(const BeamletBeam& beamlets, const std::vector<Aperture>& apertures, const Machine& m, Delivery delivery) {
    const BeamletRows rows = rows_of(beamlets);
    Beam beam;
    beam.machine = beamlets.machine;
    beam.energy_MV = m.energy_MV;
    beam.isocentre_mm = beamlets.isocentre_mm;
    beam.delivery = delivery;
    beam.leaf_edges_mm = m.leaf_edges_mm;
    beam.sad_mm = m.sad_mm;
    beam.flattening_filter = m.flattening_filter;
    for (const auto& aperture : apertures) beam.monitor_units += aperture.mu;
    double given = 0;
    for (const auto& aperture : apertures) {
        if (aperture.mu <= 0) continue;
        ControlPoint cp;
        cp.gantry_deg = beamlets.gantry_deg;
        cp.collimator_deg = beamlets.collimator_deg;
        cp.couch_deg = beamlets.couch_deg;
        cp.jaws = {rows.x1_mm, rows.x2_mm, rows.y1_mm, rows.y2_mm};
        cp.leaves_x1 = aperture.x1_mm;
        cp.leaves_x2 = aperture.x2_mm;
        cp.cumulative = given / beam.monitor_units;
        beam.control_points.push_back(cp);
        given += aperture.mu;
        cp.cumulative = given / beam.monitor_units;
        beam.control_points.push_back(cp);
    }
    if (!beam.control_points.empty()) beam.control_points.back().cumulative = 1;
    return beam;
}

ApertureFluence fluence_per_MU(const Beam& beam, const BeamletBeam& beamlets, const Machine& m, std::size_t first) {
    const auto fluence = delivered_fluence(beam, beamlets, m);
    ApertureFluence result;
    for (std::size_t b = 0; b < fluence.size(); ++b) {
        result.beamlets.push_back(static_cast<std::uint32_t>(first + b));
        result.per_MU.push_back(static_cast<float>(fluence[b] / beam.monitor_units));
    }
    return result;
}

}  // namespace coutard
