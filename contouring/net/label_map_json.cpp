#include "contouring/net/label_map.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace coutard::contouring {

std::string label_map_json(const std::vector<std::string>& structures, const ContourProposal& proposal) {
    nlohmann::ordered_json j{{"model", proposal.model}, {"not_a_medical_device", true}};
    for (std::size_t s = 0; s < structures.size(); ++s)
        j["bits"].push_back({{"bit", s}, {"value", 1U << s}, {"structure", structures[s]}});
    for (const MaskedStructure& drawn : proposal.masks) {
        const auto count = std::count_if(drawn.mask.values().begin(), drawn.mask.values().end(),
                                         [](std::uint8_t v) { return v >= 128; });
        j["volume_cm3"][drawn.name] = static_cast<double>(count) * drawn.mask.grid().voxel_cm3();
    }
    j["warnings"] = proposal.warnings;
    return j.dump(2) + "\n";
}

}  // namespace coutard::contouring
