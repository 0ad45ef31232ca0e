#include "engine/optimise/protocol_terms.hpp"

#include <algorithm>

#include "engine/shape/distance.hpp"

namespace coutard {
namespace {

struct Target {
    const TargetLevel* level;
    const Mask* mask;
    Volume<float> distance_mm;  ///< to its surface, negative inside
};

const Mask* find(const std::vector<NamedMask>& masks, const std::string& name) {
    const auto at = std::find_if(masks.begin(), masks.end(), [&](const auto& m) { return m.name == name; });
    return at == masks.end() ? nullptr : &at->mask;
}

std::vector<Target> targets_of(const Protocol& protocol, const std::vector<NamedMask>& masks, double transition_mm) {
    std::vector<Target> targets;
    double reach_mm = transition_mm;  // further away no limit depends on the distance
    for (const auto& o : protocol.objectives)
        if (o.kind == ObjectiveKind::FallOff) reach_mm = std::max(reach_mm, o.fall_off_mm);
    for (const auto& level : protocol.targets)
        if (const Mask* mask = find(masks, level.structure))
            targets.push_back({&level, mask, signed_distance(*mask, reach_mm)});
    return targets;
}

/// The largest dose that the protocol's own upper objectives allow in a target; its dose when it has none.
double upper_dose(const Protocol& protocol, const TargetLevel& level) {
    double dose = 0;
    for (const auto& o : protocol.objectives)
        if (o.structure == level.structure &&
            (o.kind == ObjectiveKind::MaxDose || o.kind == ObjectiveKind::UniformDose))
            dose = std::max(dose, o.dose_Gy);
    return std::max(dose, level.dose_Gy);
}

/// Leave out voxels for which `claimed` holds.
template <class Claimed>
VoxelList without(const VoxelList& list, const Claimed& claimed) {
    VoxelList rest;
    for (std::size_t i = 0; i < list.voxels.size(); ++i)
        if (!claimed(list.voxels[i])) {
            rest.voxels.push_back(list.voxels[i]);
            rest.coverage.push_back(list.coverage[i]);
        }
    return rest;
}

/// Upper limits of a lower level near higher ones.
std::vector<float> limits_near_higher(const Protocol& protocol, const Objective& o, const VoxelList& where,
                                      const std::vector<const Target*>& higher, double transition_mm) {
    std::vector<float> limit(where.voxels.size(), static_cast<float>(o.dose_Gy));
    for (const auto* target : higher) {
        const double top = upper_dose(protocol, *target->level);
        for (std::size_t i = 0; i < limit.size(); ++i) {
            const double near =
                std::min(1.0, 1 - static_cast<double>(target->distance_mm[where.voxels[i]]) / transition_mm);
            if (near > 0) limit[i] = std::max(limit[i], static_cast<float>(o.dose_Gy + (top - o.dose_Gy) * near));
        }
    }
    return limit;
}

void add_target_term(const Protocol& protocol, const Objective& o, const VoxelList& all,
                     const std::vector<const Target*>& higher, double transition_mm,
                     std::vector<ObjectiveTerm>& terms) {
    const VoxelList own = without(all, [&](std::uint32_t v) {
        return std::any_of(higher.begin(), higher.end(), [v](const Target* t) { return inside(*t->mask, v); });
    });
    if (own.voxels.empty()) return;
    const bool upper = o.kind == ObjectiveKind::MaxDose || o.kind == ObjectiveKind::UniformDose;
    if (!upper || higher.empty()) {
        terms.push_back({o, own, {}});
        return;
    }
    Objective half = o;
    if (o.kind == ObjectiveKind::UniformDose) {
        half.kind = ObjectiveKind::MinDose;
        terms.push_back({half, own, {}});
    }
    half.kind = ObjectiveKind::MaxDose;
    terms.push_back({half, own, limits_near_higher(protocol, o, own, higher, transition_mm)});
}

/// (7): each target's dose, scaled, falling with the distance from it; the largest counts.
ObjectiveTerm fall_off_term(const Objective& o, const VoxelList& all, const std::vector<Target>& targets) {
    ObjectiveTerm term{o,
                       without(all,
                               [&](std::uint32_t v) {
                                   return std::any_of(targets.begin(), targets.end(),
                                                      [v](const Target& t) { return (*t.mask)[v] > 0; });
                               }),
                       {}};
    term.limit_Gy.assign(term.where.voxels.size(), 0.0F);
    const double first = targets.empty() ? 1 : targets.front().level->dose_Gy;
    for (const auto& target : targets) {
        const double part = target.level->dose_Gy / first, high = o.dose_Gy * part, low = o.low_dose_Gy * part;
        for (std::size_t i = 0; i < term.limit_Gy.size(); ++i) {
            const double near =
                std::clamp(1 - static_cast<double>(target.distance_mm[term.where.voxels[i]]) / o.fall_off_mm, 0.0, 1.0);
            term.limit_Gy[i] = std::max(term.limit_Gy[i], static_cast<float>(low + (high - low) * near));
        }
    }
    return term;
}

}  // namespace

ProtocolTerms protocol_terms(const Protocol& protocol, const std::vector<NamedMask>& masks, double transition_mm) {
    ProtocolTerms result;
    const std::vector<Target> targets = targets_of(protocol, masks, transition_mm);
    for (const auto& o : protocol.objectives) {
        const Mask* mask = find(masks, o.structure);
        const VoxelList all = mask ? voxels_of(*mask) : VoxelList{};
        if (all.voxels.empty()) {
            result.notes.push_back("objective on " + o.structure +
                                   " skipped: " + (mask ? "no voxel on the dose grid" : "no such structure"));
            continue;
        }
        const auto self = std::find_if(targets.begin(), targets.end(),
                                       [&](const Target& t) { return t.level->structure == o.structure; });
        if (self != targets.end()) {
            std::vector<const Target*> higher;
            for (auto t = targets.begin(); t != self; ++t)
                if (t->level->dose_Gy > self->level->dose_Gy) higher.push_back(&*t);
            const auto before = result.terms.size();
            add_target_term(protocol, o, all, higher, transition_mm, result.terms);
            if (result.terms.size() == before)
                result.notes.push_back("objective on " + o.structure + " skipped: higher levels claim all of it");
        } else if (o.kind == ObjectiveKind::FallOff) {
            ObjectiveTerm term = fall_off_term(o, all, targets);
            if (!term.where.voxels.empty()) result.terms.push_back(std::move(term));
        } else {
            result.terms.push_back({o, all, {}});
        }
    }
    return result;
}

}  // namespace coutard
