#include "engine/plan/machine_json.hpp"

#include "engine/plan/config.hpp"

namespace coutard {
namespace {

void read_leaves(const Config& limits, Machine& machine) {
    machine.leaf_edges_mm = limits.numbers("leaf_edges_mm", {-400, 400});
    if (machine.leaf_edges_mm.size() < 3) limits.refuse("leaf_edges_mm", "fewer than 3 edges", "leaf pairs + 1 edges");
    for (std::size_t e = 1; e < machine.leaf_edges_mm.size(); ++e)
        if (machine.leaf_edges_mm[e] <= machine.leaf_edges_mm[e - 1])
            limits.refuse("leaf_edges_mm[" + std::to_string(e) + "]", std::to_string(machine.leaf_edges_mm[e]),
                          "more than the edge before");
    machine.leaf_transmission = limits.number("leaf_transmission", {0, 0.2});
    machine.dosimetric_leaf_gap_mm = limits.number("dosimetric_leaf_gap_mm", {0, 10});
    machine.leaf_min_gap_mm = limits.number("leaf_min_gap_mm", {0, 10});
    machine.leaf_max_span_mm = limits.number("leaf_max_span_mm", {10, 400});
    machine.leaf_max_overtravel_mm = limits.number("leaf_max_overtravel_mm", {0, 400});
    machine.leaf_max_speed_mm_s = limits.number("leaf_max_speed_mm_s", {0.1, 200});
}

}  // namespace

Machine read_machine(const std::filesystem::path& file) {
    const Config whole = Config::read(file);
    whole.only({"name", "energy_MV", "flattening_filter", "limits", "beam_model", "notes"});
    Machine machine;
    machine.name = whole.text("name");
    machine.energy_MV = whole.number("energy_MV", {1, 50});
    machine.flattening_filter = whole.flag_or("flattening_filter", true);
    machine.notes = whole.texts_or_none("notes");
    const Config limits = whole.object("limits");
    limits.only({"sad_mm", "leaf_edges_mm", "leaf_transmission", "dosimetric_leaf_gap_mm", "leaf_min_gap_mm",
                 "leaf_max_span_mm", "leaf_max_overtravel_mm", "leaf_max_speed_mm_s", "jaw_transmission",
                 "jaw_max_x_mm", "jaw_max_y_mm", "gantry_max_speed_deg_s", "dose_rate_max_mu_min"});
    machine.sad_mm = limits.number("sad_mm", {500, 2000});
    read_leaves(limits, machine);
    machine.jaw_transmission = limits.number("jaw_transmission", {0, 0.2});
    machine.jaw_max_x_mm = limits.number("jaw_max_x_mm", {10, 400});
    machine.jaw_max_y_mm = limits.number("jaw_max_y_mm", {10, 400});
    machine.gantry_max_speed_deg_s = limits.number("gantry_max_speed_deg_s", {0.1, 60});
    machine.dose_rate_max_mu_min = limits.number("dose_rate_max_mu_min", {1, 10000});
    return machine;
}

}  // namespace coutard
