#include "engine/workflow/planning_arcs.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"
#include "engine/optimise/arc_sequence.hpp"

namespace coutard {
namespace {

constexpr double start_deg = 181, way_deg = 358;

/// The rectangle around all beamlets.
Jaws field_of(const std::vector<BeamletBeam>& directions) {
    Jaws field{1e9, -1e9, 1e9, -1e9};
    for (const auto& direction : directions)
        for (const auto& b : direction.beamlets) {
            field.x1 = std::min(field.x1, b.x_mm - b.width_mm / 2),
            field.x2 = std::max(field.x2, b.x_mm + b.width_mm / 2);
            field.y1 = std::min(field.y1, b.y_mm - b.height_mm / 2),
            field.y2 = std::max(field.y2, b.y_mm + b.height_mm / 2);
        }
    return field;
}

/// The part of the field that one arc opens: all of it, or its left or right side as far as a carriage spans.
Jaws part_of(Jaws field, int arc, int arcs, double span_mm) {
    if (field.x2 - field.x1 <= span_mm) return field;
    validate(arcs > 1, "arc: width of the field [mm]", field.x2 - field.x1,
             "no more than a carriage spans (" + std::to_string(span_mm) + "), or two arcs");
    validate(field.x2 - field.x1 < 2 * span_mm, "arc: width of the field [mm]", field.x2 - field.x1,
             "less than two carriage spans");
    if (arc % 2 == 0)
        field.x2 = field.x1 + span_mm;
    else
        field.x1 = field.x2 - span_mm;
    return field;
}

}  // namespace

std::vector<double> arc_directions_deg(const ArcLayout& layout) {
    expect(layout.directions >= 2 && layout.arcs >= 1 && layout.arcs <= 4 && layout.interval_deg > 0,
           "arcs: one to four, two directions or more");
    std::vector<double> angles;
    for (int d = 0; d < layout.directions; ++d) angles.push_back(360.0 * d / layout.directions);
    return angles;
}

std::vector<ArcShape> arcs_from_fluence(const ArcLayout& layout, const std::vector<BeamletBeam>& directions,
                                        const std::vector<double>& fluence, const Machine& machine) {
    const Jaws field = field_of(directions);
    const double span = std::floor((machine.leaf_max_span_mm - 2) / 5) * 5;  // jaws stand on the edges of cells
    std::vector<ArcShape> arcs;
    for (int a = 0; a < layout.arcs; ++a) {
        const bool back = a % 2 == 1;
        ArcPath path{back ? start_deg + way_deg : start_deg, back ? -way_deg : way_deg,
                     static_cast<int>(std::lround(way_deg / layout.interval_deg)), layout.collimator_deg,
                     directions.front().couch_deg};
        std::vector<std::pair<double, std::size_t>> order;  // way to the direction
        for (std::size_t d = static_cast<std::size_t>(a); d < directions.size();
             d += static_cast<std::size_t>(layout.arcs)) {
            const double ahead = std::fmod(directions[d].gantry_deg - start_deg + 720, 360);
            order.emplace_back(back ? way_deg - ahead : ahead, d);
        }
        std::sort(order.begin(), order.end());
        std::vector<BeamletBeam> sectors;
        std::vector<std::vector<double>> maps;
        for (const auto& [way, d] : order) {
            std::size_t first = 0;
            for (std::size_t before = 0; before < d; ++before) first += directions[before].beamlets.size();
            sectors.push_back(directions[d]);
            maps.emplace_back(fluence.begin() + static_cast<std::ptrdiff_t>(first),
                              fluence.begin() + static_cast<std::ptrdiff_t>(first + directions[d].beamlets.size()));
        }
        arcs.push_back(sequence_arc(path, sectors, maps,
                                    part_of(field, a, layout.arcs, std::min(span, machine.leaf_max_span_mm)), machine));
    }
    return arcs;
}

}  // namespace coutard
