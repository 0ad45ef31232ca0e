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

std::vector<int> without_partner(const std::vector<std::string>& structures) {
    std::vector<int> alone;
    for (std::size_t s = 0; s < structures.size(); ++s) {
        const std::string& name = structures[s];
        if (!name.ends_with("_L") && !name.ends_with("_R")) continue;
        const auto other = name.substr(0, name.size() - 1) + (name.back() == 'L' ? "R" : "L");
        if (std::find(structures.begin(), structures.end(), other) == structures.end())
            alone.push_back(static_cast<int>(s));
    }
    return alone;
}

void average_mirrored(std::vector<float>& chance, std::vector<float> mirrored, const Size3& block,
                      const std::vector<std::string>& structures) {
    expect(chance.size() == mirrored.size() && chance.size() % structures.size() == 0,
           "mirror: two answers of one shape, a channel per structure");
    const std::size_t count = chance.size() / structures.size();
    reverse_x(mirrored, block);
    exchange_pairs(mirrored, mirror_pairs(structures), count);
    const auto alone = without_partner(structures);
    for (std::size_t s = 0; s < structures.size(); ++s) {
        if (std::find(alone.begin(), alone.end(), static_cast<int>(s)) != alone.end()) continue;
        for (std::size_t v = s * count; v < (s + 1) * count; ++v) chance[v] = 0.5F * (chance[v] + mirrored[v]);
    }
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
