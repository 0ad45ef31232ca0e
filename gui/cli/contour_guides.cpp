#include "gui/cli/contour_guides.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "engine/base/error.hpp"
#include "engine/shape/body.hpp"
#include "engine/shape/contour_from_mask.hpp"
#include "engine/shape/rasterise.hpp"
#include "engine/shape/tg263.hpp"
#include "engine/workflow/target_rules.hpp"
#include "gui/cli/evaluate_sources.hpp"
#include "gui/cli/wiring.hpp"

namespace coutard::gui {
namespace {

namespace fs = std::filesystem;
constexpr const char* kExternal = "External";

bool holds(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Structures by their TG-263 names as masks; those that are not wanted as empty ones, so that they can be named.
std::vector<MaskedStructure> masks_of(const StructureSet& set, const std::vector<std::string>& wanted, const Grid& grid,
                                      const std::string& source) {
    std::vector<MaskedStructure> masks;
    std::map<std::string, std::string> drawn_as;
    for (const Structure& s : set.structures) {
        const std::string name = standard_name(s.name).name;
        if (s.contours.empty()) continue;
        if (!holds(wanted, name)) {
            masks.push_back({name, {}});
            continue;
        }
        const auto [before, is_new] = drawn_as.emplace(name, s.name);
        validate(is_new, source + ": " + before->second + " and " + s.name + " both mean " + name +
                             ": which one is a person's to say");
        masks.push_back({name, rasterise(s, grid)});
    }
    return masks;
}

Mask read_rough(const Exchange& exchange, const GuideFiles& files, const CtImage& ct) {
    const std::vector<std::string> only =
        files.rough_name.empty() ? std::vector<std::string>{} : std::vector{files.rough_name};
    auto read = read_region_source(exchange, files.rough, ct.hu.grid(), only);
    check_same_origin(origin_of(ct, "the CT"), read.origin);
    std::string names;
    for (const auto& region : read.list) names += (names.empty() ? "" : ", ") + region.name;
    validate(read.list.size() == 1, files.rough.string() + ": rough contour: found " + names +
                                        ", expected one structure; name it with --rough-name");
    Mask mask = std::move(read.list.front().mask);
    validate(std::any_of(mask.values().begin(), mask.values().end(), [](auto v) { return v >= 128; }),
             files.rough.string() + ": rough contour " + names + ": nothing of it lies on the CT");
    return mask;
}

void put(ContourProposal& proposal, const std::string& name, Mask mask, const std::string& description) {
    Structure made = structure_from_mask(name, mask);
    made.algorithm = "AUTOMATIC", made.description = description;
    const auto masked = std::find_if(proposal.masks.begin(), proposal.masks.end(),
                                     [&](const MaskedStructure& m) { return m.name == name; });
    if (masked == proposal.masks.end())
        proposal.masks.push_back({name, std::move(mask)});
    else
        masked->mask = std::move(mask);
    if (Structure* old = proposal.structures.find(name)) {
        made.number = old->number;
        *old = std::move(made);
        return;
    }
    for (const Structure& s : proposal.structures.structures) made.number = std::max(made.number, s.number);
    ++made.number;
    proposal.structures.structures.push_back(std::move(made));
}

}  // namespace

Vec3 point_from_text(const std::string& text) {
    std::istringstream in(text);
    Vec3 p;
    char first = 0, second = 0;
    in >> p.x >> first >> p.y >> second >> p.z;
    const bool whole = !in.fail() && first == ',' && second == ',' && (in >> std::ws).eof();
    validate(whole && std::isfinite(p.x) && std::isfinite(p.y) && std::isfinite(p.z), "point", text,
             "x,y,z in mm, patient coordinates (LPS)");
    return p;
}

ContourRequest guided_request(const Exchange& exchange, const contouring::ModelCard& card, const GuideFiles& files,
                              const std::vector<std::string>& only, const CtImage& ct) {
    ContourRequest request;
    request.only = only;
    const auto read = [&](const fs::path& file, const std::vector<std::string>& wanted) {
        return masks_of(read_structures_of(exchange, file, ct), wanted, ct.hu.grid(), file.string());
    };
    if (!files.prior.empty()) request.prior = read(files.prior, card.structures);
    if (files.prior_error_mm) {
        validate(request.prior.has_value(), "--prior-error needs --prior");
        validate(card.guide.kind == contouring::Guide::Prior,
                 "--prior-error: model " + card.name + " is not given another day's contours");
        request.prior_error_mm = *files.prior_error_mm;
    }
    if (!files.organs.empty()) request.organs = read(files.organs, card.guide.organs);
    for (const std::string& point : files.points) request.points_mm.push_back(point_from_text(point));
    if (!files.rough.empty()) request.rough = read_rough(exchange, files, ct);
    return request;
}

void follow_protocol(const Protocol& protocol, const StructureSet& given, const CtImage& ct,
                     ContourProposal& proposal) {
    std::vector<std::string> named;
    for (const TargetRule& rule : protocol.target_rules) {
        named.push_back(rule.structure);
        for (const auto* list : {&rule.from, &rule.without}) named.insert(named.end(), list->begin(), list->end());
    }
    auto masks = masks_of(given, named, ct.hu.grid(), "structures given for the protocol");
    std::erase_if(masks, [](const MaskedStructure& m) { return m.mask.empty(); });
    bool has_body = false;
    for (const MaskedStructure& drawn : proposal.masks) {
        has_body |= drawn.name == kExternal;
        const bool there = std::any_of(masks.begin(), masks.end(), [&](const auto& m) { return m.name == drawn.name; });
        if (!there && (drawn.name == kExternal || holds(named, drawn.name))) masks.push_back(drawn);
    }
    if (!has_body) masks.push_back({kExternal, find_body(ct.hu)});
    auto ruled = follow_target_rules(protocol.target_rules, masks);
    for (std::size_t r = 0; r < ruled.made.size(); ++r)
        put(proposal, ruled.made[r].name, std::move(ruled.made[r].mask),
            "protocol " + protocol.name + ": " + ruled.descriptions[r]);
    for (auto& note : ruled.notes) proposal.warnings.push_back("protocol: " + note);
}

}  // namespace coutard::gui
