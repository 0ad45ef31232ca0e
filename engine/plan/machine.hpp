#pragma once
#include <string>
#include <vector>

namespace coutard {

/// Limits of a C-arm linac and its 120-leaf MLC that a plan must respect; lengths at isocentre [mm].
/// The beam model (spectrum, source, calibration) lives beside it in the same JSON and is read by dose/.
struct Machine {
    std::string name = "generic_6mv";
    double energy_MV = 6;
    bool flattening_filter = true;
    double sad_mm = 1000;
    std::vector<double> leaf_edges_mm;  ///< pairs + 1 edges across the leaves (IEC Y), rising
    double leaf_transmission = 0.015;   ///< mean, leaf and inter-leaf
    double dosimetric_leaf_gap_mm = 1.7;
    double leaf_min_gap_mm = 0.5;   ///< between moving opposing leaves
    double leaf_max_span_mm = 150;  ///< foremost to rearmost leaf of one bank
    double leaf_max_overtravel_mm = 200;
    double leaf_max_speed_mm_s = 25;
    double jaw_transmission = 0.003;
    double jaw_max_x_mm = 200, jaw_max_y_mm = 200;
    double gantry_max_speed_deg_s = 6;
    double dose_rate_max_mu_min = 600;
    std::vector<std::string> notes;  ///< "typical, unverified" and such

    int leaf_pairs() const { return static_cast<int>(leaf_edges_mm.size()) - 1; }
};

}  // namespace coutard
