#pragma once
#include <cmath>
#include <vector>

#include "engine/plan/machine.hpp"
#include "engine/ports/influence.hpp"

namespace coutard::test {

/// The 120-leaf machine of data/machines without reading a file.
inline Machine leaf_machine() {
    Machine m;
    for (int e = -200; e < -100; e += 10) m.leaf_edges_mm.push_back(e);
    for (int e = -100; e < 100; e += 5) m.leaf_edges_mm.push_back(e);
    for (int e = 100; e <= 200; e += 10) m.leaf_edges_mm.push_back(e);
    return m;
}

/// Beamlets of 5 mm steps on leaf pairs [first, last], columns [-half, half), row lengths varying.
inline BeamletBeam beamlet_field(const Machine& m, int first, int last, int half, bool ragged = true) {
    BeamletBeam beam;
    for (int pair = first; pair <= last; ++pair) {
        const double y1 = m.leaf_edges_mm[static_cast<std::size_t>(pair)],
                     y2 = m.leaf_edges_mm[static_cast<std::size_t>(pair) + 1];
        const int cut = ragged ? (pair * 7) % 4 : 0;
        for (int c = -half + cut; c < half - cut / 2; ++c)
            beam.beamlets.push_back({5.0 * c + 2.5, (y1 + y2) / 2, 5, y2 - y1, pair, c});
    }
    return beam;
}

/// A smooth bumpy map [MU] between about 2 and 60, with a deep valley.
inline std::vector<double> bumpy_fluence(const BeamletBeam& beam) {
    std::vector<double> f;
    for (const auto& b : beam.beamlets) {
        const double hill = 35 + 25 * std::sin(b.x_mm / 17) * std::cos(b.y_mm / 23);
        f.push_back(hill * (1 - 0.95 * std::exp(-b.x_mm * b.x_mm / 200)));
    }
    return f;
}

}  // namespace coutard::test
