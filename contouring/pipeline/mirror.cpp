#include "contouring/pipeline/mirror.hpp"

#include <algorithm>

#include "engine/base/error.hpp"

namespace coutard::contouring {

MirrorPairs mirror_pairs(const std::vector<std::string>& structures) {
    MirrorPairs pairs;
    for (std::size_t a = 0; a < structures.size(); ++a) {
        if (!structures[a].ends_with("_L")) continue;
        const auto other = structures[a].substr(0, structures[a].size() - 1) + "R";
        const auto b = std::find(structures.begin(), structures.end(), other);
        if (b != structures.end()) pairs.emplace_back(static_cast<int>(a), static_cast<int>(b - structures.begin()));
    }
    return pairs;
}

void reverse_x(std::vector<float>& block, const Size3& size) {
    const std::ptrdiff_t row = size.x;
    expect(row > 0 && block.size() % static_cast<std::size_t>(row) == 0, "block: whole rows");
    for (auto at = block.begin(); at != block.end(); at += row) std::reverse(at, at + row);
}

void exchange_pairs(std::vector<float>& channels, const MirrorPairs& pairs, std::size_t count) {
    for (const auto& [a, b] : pairs) {
        expect(static_cast<std::size_t>(std::max(a, b) + 1) * count <= channels.size(), "pairs: inside the channels");
        const auto at = [&](int c) {
            return channels.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(c) * count);
        };
        std::swap_ranges(at(a), at(a) + static_cast<std::ptrdiff_t>(count), at(b));
    }
}

}  // namespace coutard::contouring
