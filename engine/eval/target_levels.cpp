#include "engine/eval/target_levels.hpp"

#include "engine/image/resample.hpp"
#include "engine/shape/boolean.hpp"
#include "engine/shape/tg263.hpp"

namespace coutard {
namespace {

Mask* find(std::span<const LevelMask> masks, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& m : masks) names.push_back(m.name);
    const auto one = the_one_meant(names, name);
    return one ? masks[*one].mask : nullptr;
}

/// \returns whether it took anything away that could be seen: more than a thousandth of the volume
bool cut(Mask& low, const Mask& high) {
    const double before = volume_cm3(low);
    low = subtract(low, high.grid().same_as(low.grid()) ? high : resample(high, low.grid()));
    return volume_cm3(low) < 0.999 * before;
}

}  // namespace

std::vector<std::string> cut_shells(const Protocol& protocol, std::span<const LevelMask> masks) {
    std::vector<std::string> notes;
    for (std::size_t t = protocol.targets.size(); t-- > 1;) {  // the lowest first: higher ones are still whole
        if (!protocol.targets[t].shell) continue;
        Mask* low = find(masks, protocol.targets[t].structure);
        if (!low) continue;
        std::string without, missing;
        for (std::size_t h = 0; h < t; ++h) {
            const std::string& name = protocol.targets[h].structure;
            const Mask* high = find(masks, name);
            if (!high) missing += (missing.empty() ? "" : " and ") + name;
            if (high && cut(*low, *high)) without += (without.empty() ? "" : " and ") + name;
        }
        if (!without.empty()) notes.push_back(protocol.targets[t].structure + ": without " + without);
        if (!missing.empty())
            notes.push_back(protocol.targets[t].structure + ": a shell by protocol, but found no " + missing +
                            " to take out of it");
    }
    return notes;
}

}  // namespace coutard
