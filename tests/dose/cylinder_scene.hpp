// A small patient and plain beams.
#pragma once
#include <algorithm>
#include <cmath>

#include "dose/machine/beam_model.hpp"
#include "engine/ports/dose_engine.hpp"
#include "tests/dose/head_cases.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::dose {

/// A water cylinder along the patient's long axis with an air pipe and a bone rod, on a 6 mm CT.
inline DoseScene cylinder() {
    const Grid ct({40, 34, 30}, {-117, -99, -87}, {6, 6, 6});
    DoseScene scene;
    scene.hu = Volume<float>(ct, -1000.0F);
    Mask body(ct);
    for (int k = 0; k < 30; ++k)
        for (int j = 0; j < 34; ++j)
            for (int i = 0; i < 40; ++i) {
                const Vec3 p = ct.point(i, j, k);
                if (std::hypot(p.x, p.y) > 75) continue;
                body.at(i, j, k) = 255;
                scene.hu.at(i, j, k) = std::hypot(p.x, p.y + 25) < 12   ? -1000.0F
                                       : std::hypot(p.x, p.y - 45) < 14 ? 600.0F
                                                                        : 0.0F;
            }
    scene.counts = body;
    scene.dose_grid = Grid({28, 28, 24}, {-67.5, -67.5, -57.5}, {5, 5, 5});
    return scene;
}

inline Beam jaw_beam(double gantry, double half, double mu) {
    Beam beam;
    beam.monitor_units = mu;
    ControlPoint p;
    p.gantry_deg = gantry;
    p.jaws = {-half, half, -half, half};
    beam.control_points = {p, p};
    beam.control_points[1].cumulative = 1;
    return beam;
}

/// A square field of leaves whose effective edges lie at +-half; closed leaves wait behind the jaws.
inline Beam leaf_beam(double gantry, double half, double mu) {
    const Machine machine = test::machine_model().machine;
    Beam beam = jaw_beam(gantry, half + 2, mu);
    for (auto& p : beam.control_points)
        for (std::size_t l = 0; l + 1 < machine.leaf_edges_mm.size(); ++l) {
            const bool open = machine.leaf_edges_mm[l] >= -half && machine.leaf_edges_mm[l + 1] <= half;
            const double tip = half - 0.5 * machine.dosimetric_leaf_gap_mm;
            p.leaves_x1.push_back(open ? -tip : -100);
            p.leaves_x2.push_back(open ? tip : -100);
        }
    return beam;
}

inline BeamModel model() {
    return read_beam_model(test::repository("data"), "generic_6mv");
}

}  // namespace coutard::dose
