#include <algorithm>
#include <nlohmann/json.hpp>

#include "contouring/net/label_map.hpp"

namespace coutard::contouring {
namespace {

std::size_t voxels_of(const Mask& mask) {
    return static_cast<std::size_t>(
        std::count_if(mask.values().begin(), mask.values().end(), [](std::uint8_t v) { return v >= 128; }));
}

bool drawn(const ContourProposal& proposal, const std::string& structure) {
    return std::any_of(proposal.masks.begin(), proposal.masks.end(),
                       [&](const MaskedStructure& s) { return s.name == structure && voxels_of(s.mask) > 0; });
}

}  // namespace

std::string label_map_json(const std::vector<std::string>& structures, const ContourProposal& proposal) {
    nlohmann::ordered_json j{{"model", proposal.model}, {"not_a_medical_device", true}};
    for (std::size_t s = 0; s < structures.size(); ++s)
        j["bits"].push_back(
            {{"bit", s}, {"value", 1U << s}, {"structure", structures[s]}, {"drawn", drawn(proposal, structures[s])}});
    for (const MaskedStructure& s : proposal.masks)
        j["volume_cm3"][s.name] = static_cast<double>(voxels_of(s.mask)) * s.mask.grid().voxel_cm3();
    j["warnings"] = proposal.warnings;
    j["doubts"] = nlohmann::ordered_json::array();
    for (const StructureDoubt& d : proposal.doubts) {
        j["doubts"].push_back({{"structure", d.name}, {"predicted_dice", d.predicted_dice}});
        for (const SliceDoubt& s : d.slices)
            j["doubts"].back()["look_at"].push_back({{"z_mm", s.z_mm}, {"wrong_cm3", s.wrong_cm3}});
    }
    return j.dump(2) + "\n";
}

}  // namespace coutard::contouring
