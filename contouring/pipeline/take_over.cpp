#include "contouring/pipeline/take_over.hpp"

#include <algorithm>

namespace coutard::contouring {
namespace {

int next_number(const StructureSet& set) {
    int number = 0;
    for (const Structure& s : set.structures) number = std::max(number, s.number);
    return number + 1;
}

}  // namespace

std::vector<std::string> take_over(StructureSet& drawn, const StructureSet& given, const std::string& source) {
    StructureSet automatic;  // names as they were: given ones do not stand in each other's way
    for (const Structure& s : drawn.structures) automatic.structures.emplace_back().name = s.name;
    std::vector<std::string> warnings;
    for (Structure structure : given.structures) {
        if (structure.contours.empty()) continue;
        const Structure* same = automatic.find(structure.name);
        if (same == nullptr) {
            structure.number = next_number(drawn);
            drawn.structures.push_back(std::move(structure));
            continue;
        }
        Structure& there = drawn.structures[static_cast<std::size_t>(same - automatic.structures.data())];
        if (!there.contours.empty()) {
            warnings.push_back(there.name + ": drawn already; the one of " + source + " is left out");
            continue;
        }
        warnings.push_back(there.name + ": nothing was drawn; the one of " + source + " takes its place");
        structure.number = there.number;
        there = std::move(structure);
    }
    return warnings;
}

}  // namespace coutard::contouring
