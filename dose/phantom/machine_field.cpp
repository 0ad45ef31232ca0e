#include "dose/phantom/machine_field.hpp"

namespace coutard::dose {

SlabSpec field_in_water(const std::string& name, const std::string& machine, const std::array<double, 4>& jaws_cm,
                        double side_cm, double depth_cm, double ssd_cm) {
    SlabSpec spec;
    spec.name = name;
    spec.size_cm = {side_cm, side_cm, depth_cm};
    spec.slabs = {{"water", {}, {-side_cm, side_cm}, {-side_cm, side_cm}, {0, depth_cm}}};
    spec.machine_beam = true;
    spec.machine = machine;
    spec.ssd_cm = ssd_cm;
    spec.monitor_units = 100;
    spec.jaws_cm = jaws_cm;
    spec.field_cm = {jaws_cm[1] - jaws_cm[0], jaws_cm[3] - jaws_cm[2]};
    return spec;
}

void lay_leaves(SlabSpec& spec, const Machine& machine,
                const std::function<std::pair<double, double>(int, double)>& tips) {
    for (std::size_t l = 0; l + 1 < machine.leaf_edges_mm.size(); ++l) {
        const auto [x1, x2] =
            tips(static_cast<int>(l), 0.05 * (machine.leaf_edges_mm[l] + machine.leaf_edges_mm[l + 1]));
        spec.leaves_x1_cm.push_back(x1);
        spec.leaves_x2_cm.push_back(x2);
    }
}

}  // namespace coutard::dose
