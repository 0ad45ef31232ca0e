#include "dose/phantom/slab_beam.hpp"

#include "engine/base/error.hpp"

namespace coutard::dose {

Mat3 phantom_from_fixed() {
    return {{1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
}

BeamFrame slab_beam_frame(const SlabSpec& spec, double sad_mm) {
    BeamFrame frame;
    frame.sad_mm = sad_mm;
    frame.source_mm = {0, 0, -10 * spec.ssd_cm};
    frame.isocentre_mm = {0, 0, sad_mm - 10 * spec.ssd_cm};
    frame.axes = phantom_from_fixed() * iec::gantry_from_device(spec.collimator_deg);
    return frame;
}

Beam slab_beam(const SlabSpec& spec, const Machine& machine) {
    Beam beam;
    beam.name = spec.name;
    beam.machine = spec.machine;
    beam.energy_MV = machine.energy_MV;
    beam.flattening_filter = machine.flattening_filter;
    beam.sad_mm = machine.sad_mm;
    beam.monitor_units = spec.monitor_units;
    beam.isocentre_mm = slab_beam_frame(spec, machine.sad_mm).isocentre_mm;
    ControlPoint point;
    point.collimator_deg = spec.collimator_deg;
    const auto& jaws = spec.jaws_cm;
    point.jaws = {10 * jaws[0], 10 * jaws[1], 10 * jaws[2], 10 * jaws[3]};
    for (double x : spec.leaves_x1_cm) point.leaves_x1.push_back(10 * x);
    for (double x : spec.leaves_x2_cm) point.leaves_x2.push_back(10 * x);
    validate(point.leaves_x1.empty() || static_cast<int>(point.leaves_x1.size()) == machine.leaf_pairs(),
             "phantom: beam: leaves_at_iso_cm: pairs", point.leaves_x1.size(),
             std::to_string(machine.leaf_pairs()) + " of " + machine.name);
    beam.control_points = {point, point};
    beam.control_points.back().cumulative = 1;
    return beam;
}

}  // namespace coutard::dose
