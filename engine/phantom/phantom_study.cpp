#include "engine/phantom/phantom_study.hpp"

#include "engine/shape/contour_from_mask.hpp"

namespace coutard::phantom {

StructureSet structures_of(const PhantomPatient& patient, const std::string& label) {
    StructureSet set;
    set.label = label;
    int number = 0;
    for (const auto& [name, mask] : patient.masks) {
        Structure structure = structure_from_mask(name, mask);
        structure.number = ++number;
        structure.algorithm = "AUTOMATIC";
        structure.description = "Truth of a computed phantom";
        if (!structure.contours.empty()) set.structures.push_back(std::move(structure));
    }
    return set;
}

const std::vector<std::string>& label_names() {
    static const std::vector<std::string> names{"Brainstem", "SpinalCord", "Parotid_R",     "Parotid_L",
                                                "Esophagus", "Larynx",     "Bone_Mandible", "PTV_5600",
                                                "PTV_6300",  "PTV_7000",   "External"};
    return names;
}

Volume<std::uint16_t> label_bits(const PhantomPatient& patient) {
    const auto& order = label_names();
    Volume<std::uint16_t> bits(patient.ct.hu.grid());
    for (std::size_t b = 0; b < order.size(); ++b)
        for (const auto& [name, mask] : patient.masks)
            if (name == order[b])
                for (std::size_t v = 0; v < mask.count(); ++v)
                    if (inside(mask, v)) bits[v] = static_cast<std::uint16_t>(bits[v] | 1U << b);
    return bits;
}

}  // namespace coutard::phantom
