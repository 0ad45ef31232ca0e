#include "engine/workflow/target_rules.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include "engine/base/error.hpp"
#include "engine/shape/boolean.hpp"
#include "engine/shape/margins.hpp"

namespace coutard {
namespace {

using ByName = std::map<std::string, Mask>;

bool is_empty(const Mask& mask) {
    return std::none_of(mask.values().begin(), mask.values().end(), [](auto v) { return v >= 128; });
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

/// Names among these that are there.
std::vector<std::string> present(const std::vector<std::string>& names, const ByName& known) {
    std::vector<std::string> there;
    for (const auto& name : names)
        if (known.contains(name)) there.push_back(name);
    return there;
}

const Mask& external_of(const ByName& known, const TargetRule& rule) {
    const auto at = known.find("External");
    validate(at != known.end(), "protocol: " + rule.structure + " is cut below the skin, found no External");
    return at->second;
}

std::string words(const TargetRule& rule, const std::vector<std::string>& sources,
                  const std::vector<std::string>& without) {
    std::ostringstream text;
    text << (sources.empty() ? "as given" : joined(sources));
    if (!sources.empty() && rule.margin_mm > 0) text << " + " << rule.margin_mm << " mm";
    if (rule.skin_mm) text << ", cut " << *rule.skin_mm << " mm below the skin";
    if (!without.empty()) text << ", without " << joined(without);
    return text.str();
}

}  // namespace

RuledTargets follow_target_rules(const std::vector<TargetRule>& rules, const std::vector<MaskedStructure>& given) {
    ByName known;
    for (const auto& one : given) {
        validate(one.mask.grid().same_as(given.front().mask.grid()),
                 one.name + ": lies on another grid than " + given.front().name);
        if (!is_empty(one.mask)) known.insert_or_assign(one.name, one.mask);
    }
    RuledTargets out;
    for (const auto& rule : rules) {
        const auto sources = present(rule.from, known), without = present(rule.without, known);
        if (sources.empty() && !known.contains(rule.structure)) {
            out.notes.push_back(rule.structure + ": not made, found no " + joined(rule.from));
            continue;
        }
        Mask mask = known.at(sources.empty() ? rule.structure : sources.front());
        for (std::size_t s = 1; s < sources.size(); ++s) mask = unite(mask, known.at(sources[s]));
        if (!sources.empty() && rule.margin_mm > 0) mask = with_margin(mask, rule.margin_mm);
        if (rule.skin_mm) mask = intersect(mask, with_margin(external_of(known, rule), -*rule.skin_mm));
        for (const auto& name : without) mask = subtract(mask, known.at(name));
        if (is_empty(mask)) {
            out.notes.push_back(rule.structure + ": nothing is left of it by the rule");
            known.erase(rule.structure);
            continue;
        }
        out.made.push_back({rule.structure, mask});
        out.descriptions.push_back(words(rule, sources, without));
        known.insert_or_assign(rule.structure, std::move(mask));
    }
    return out;
}

}  // namespace coutard
