#include "contouring/net/label_map.hpp"

#include <algorithm>

#include "engine/base/error.hpp"

namespace coutard::contouring {

Volume<std::uint16_t> label_map(const std::vector<std::string>& structures, const ContourProposal& proposal) {
    Volume<std::uint16_t> bits;
    for (const MaskedStructure& drawn : proposal.masks) {
        const auto at = std::find(structures.begin(), structures.end(), drawn.name);
        if (at == structures.end()) continue;  // External: found by rule, no bit of the model
        if (bits.empty()) bits = Volume<std::uint16_t>(drawn.mask.grid());
        const unsigned bit = 1U << (at - structures.begin());
        for (std::size_t v = 0; v < bits.count(); ++v)
            if (inside(drawn.mask, v)) bits[v] = static_cast<std::uint16_t>(bits[v] | bit);
    }
    validate(!bits.empty(), "label map: no structure that has a bit was drawn; External goes into an RTSTRUCT (.dcm)");
    return bits;
}

}  // namespace coutard::contouring
