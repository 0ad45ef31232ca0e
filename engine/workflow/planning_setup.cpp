#include "engine/workflow/planning_setup.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/base/error.hpp"
#include "engine/eval/target_levels.hpp"
#include "engine/image/resample.hpp"
#include "engine/optimise/beamlet_layout.hpp"
#include "engine/shape/boolean.hpp"
#include "engine/shape/distance.hpp"
#include "engine/shape/rasterise.hpp"

namespace coutard {
namespace {

constexpr double skin_mm = 4;                   // targets are optimised below this depth: no electron balance above it
constexpr double reach_beyond_targets_mm = 40;  // dose grid along the patient: scattered and leaked dose

const std::string external = "External";

bool is_target(const Protocol& protocol, const std::string& name) {
    return std::any_of(protocol.targets.begin(), protocol.targets.end(),
                       [&](const auto& t) { return t.structure == name; });
}

/// Structures that the protocol speaks of, by its names; the body is apart.
std::vector<std::string> wanted_names(const Protocol& protocol) {
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
        if (name != external && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    for (const auto& target : protocol.targets) add(target.structure);
    for (const auto& goal : protocol.goals) add(goal.structure);
    for (const auto& objective : protocol.objectives) add(objective.structure);
    return names;
}

struct Named {
    std::string name;
    const Structure* structure;
};

std::vector<Named> resolve(const PlanningRequest& request, std::vector<std::string>& notes) {
    std::vector<Named> found;
    for (const auto& name : wanted_names(request.protocol)) {
        const Structure* structure = request.structures.find(name);
        if (structure && !structure->contours.empty()) {
            found.push_back({name, structure});
        } else if (name == request.protocol.targets.front().structure) {
            throw InputError("structure set \"" + request.structures.label + "\": found no contours of " + name +
                             ", expected the target of protocol " + request.protocol.name);
        } else {
            notes.push_back(name + ": not in the structure set; its objectives are skipped, its goals not evaluated");
        }
    }
    return found;
}

Mask body_of(const PlanningRequest& request) {
    if (request.body) {
        expect(request.body->grid().same_as(request.ct.hu.grid()), "plan: the body lies on the CT's grid");
        return *request.body;
    }
    const Structure* structure = request.structures.find(external);
    if (!structure || structure->contours.empty())
        throw InputError("structure set \"" + request.structures.label +
                         "\": found no External, expected the body's contours");
    return rasterise(*structure, request.ct.hu.grid());
}

/// Lowest and highest index of voxels that hold something, per axis.
struct Box {
    int low[3] = {1 << 30, 1 << 30, 1 << 30}, high[3] = {-1, -1, -1};
    void add(int axis, int index) {
        low[axis] = std::min(low[axis], index);
        high[axis] = std::max(high[axis], index);
    }
};

/// The part of the CT where dose is wanted: the body, along the patient as far as structures and targets reach.
Grid dose_grid(const PlanningRequest& request, const Mask& body, const std::vector<Named>& structures) {
    const Grid& ct = request.ct.hu.grid();
    const Grid all = resampled_grid(ct, {request.grid_mm, request.grid_mm, request.grid_mm});
    Box box;
    double low = 1e9, high = -1e9;  // slices of `all`
    for (const auto& [name, structure] : structures) {
        const double reach = (is_target(request.protocol, name) ? reach_beyond_targets_mm : 6) / request.grid_mm;
        for (const auto& contour : structure->contours)
            for (const auto& point : contour.points_mm) {
                low = std::min(low, all.index(point).z - reach);
                high = std::max(high, all.index(point).z + reach);
            }
    }
    for (int k = 0; k < ct.size().z; ++k)
        for (int j = 0; j < ct.size().y; ++j)
            for (int i = 0; i < ct.size().x; ++i) {
                if (!inside(body, ct.flat(i, j, k))) continue;
                const Vec3 at = all.index(ct.point(i, j, k));
                if (at.z < low || at.z > high) continue;
                for (int axis = 0; axis < 3; ++axis) box.add(axis, static_cast<int>(std::lround(at[axis])));
            }
    validate(box.high[0] >= 0, "the body has no voxel near the targets: structure set and CT do not fit");
    const auto lower = [&](int axis) { return std::max(0, box.low[axis] - 2); };
    const int sizes[3] = {all.size().x, all.size().y, all.size().z};
    const auto upper = [&](int axis) { return std::min(sizes[axis] - 1, box.high[axis] + 2); };
    return cropped_grid(all, {lower(0), lower(1), lower(2)}, {upper(0), upper(1), upper(2)});
}

std::vector<NamedMask> rasterised(const std::vector<Named>& structures, const Grid& grid, const Protocol& protocol) {
    std::vector<NamedMask> masks;
    for (const auto& [name, structure] : structures) masks.push_back({name, rasterise(*structure, grid)});
    std::vector<LevelMask> levels;
    for (auto& [name, mask] : masks) levels.push_back({name, &mask});
    cut_shells(protocol, levels);
    return masks;
}

/// Targets shall have volume, lie in the body, and are optimised below the skin only.
void crop_targets(const Protocol& protocol, const Mask& body, std::vector<NamedMask>& masks,
                  std::vector<std::string>& notes) {
    const Volume<float> to_skin = signed_distance(body, 2 * skin_mm);  // negative inside
    for (auto& [name, mask] : masks) {
        if (!is_target(protocol, name)) continue;
        const double before = volume_cm3(mask);
        double in_body = 0;
        for (std::size_t v = 0; v < mask.count(); ++v) in_body += part_inside(mask, v) * part_inside(body, v);
        in_body *= mask.grid().voxel_cm3();
        validate(before > 0, name + ": volume on the dose grid", 0, "a target with volume inside the image");
        validate(in_body > 0.5 * before, name + ": part inside the body [%]", 100 * in_body / before, "more than 50");
        for (std::size_t v = 0; v < mask.count(); ++v)
            if (to_skin[v] > -skin_mm) mask[v] = 0;
        const double left = volume_cm3(mask);
        if (left < 0.995 * before)
            notes.push_back(name + ": " + std::to_string(static_cast<int>(std::lround(100 - 100 * left / before))) +
                            " % lie within 4 mm of the skin and are not optimised");
        validate(left > 0, name + ": volume deeper than 4 mm below the skin", 0, "more than none");
    }
}

Mask union_of_targets(const Protocol& protocol, const std::vector<NamedMask>& masks) {
    Mask all(masks.front().mask.grid());
    for (const auto& [name, mask] : masks)
        if (is_target(protocol, name))
            for (std::size_t v = 0; v < all.count(); ++v) all[v] = std::max(all[v], mask[v]);
    return all;
}

/// Middle of the box around the targets, to a whole millimetre.
Vec3 isocentre_of(const Mask& targets) {
    const auto size = targets.grid().size();
    Vec3 low{1e9, 1e9, 1e9}, high{-1e9, -1e9, -1e9};
    for (int k = 0; k < size.z; ++k)
        for (int j = 0; j < size.y; ++j)
            for (int i = 0; i < size.x; ++i) {
                if (targets.at(i, j, k) == 0) continue;
                const Vec3 p = targets.grid().point(i, j, k);
                for (int axis = 0; axis < 3; ++axis) {
                    low[axis] = std::min(low[axis], p[axis]);
                    high[axis] = std::max(high[axis], p[axis]);
                }
            }
    const Vec3 middle = (low + high) / 2;
    return {std::round(middle.x), std::round(middle.y), std::round(middle.z)};
}

/// What counts in dose: the body and what it lies on.
Mask with_supports(Mask body, const StructureSet& structures) {
    for (const auto& structure : structures.structures) {
        if (structure.role != Role::Support || structure.contours.empty()) continue;
        const Mask support = rasterise(structure, body.grid());
        for (std::size_t v = 0; v < body.count(); ++v) body[v] = std::max(body[v], support[v]);
    }
    return body;
}

struct Angles {
    double gantry, collimator, couch;
    auto operator<=>(const Angles&) const = default;
};

std::vector<BeamletBeam> beams_of(const PlanningRequest& request, const Mask& targets, Lying lying) {
    std::vector<Angles> angles;
    Vec3 isocentre = isocentre_of(targets);
    if (request.running && !request.running->beams.empty()) {
        isocentre = request.running->beams.front().isocentre_mm;
        std::set<Angles> seen;
        for (const auto& beam : request.running->beams) {
            expect(!beam.control_points.empty(), "plan: the running plan's beams have control points");
            const auto& cp = beam.control_points.front();
            if (const Angles a{cp.gantry_deg, cp.collimator_deg, cp.couch_deg}; seen.insert(a).second)
                angles.push_back(a);
        }
    } else if (request.technique == Technique::Vmat) {
        for (const double gantry : arc_directions_deg(request.arcs))
            angles.push_back({gantry, request.arcs.collimator_deg, 0});
    } else {
        for (const double gantry : request.protocol.gantry_deg) angles.push_back({gantry, 0, 0});
    }
    std::vector<BeamletBeam> beams;
    for (const auto& a : angles) {
        BeamletBeam beam{a.gantry, a.collimator, a.couch, isocentre, request.machine.name, {}};
        beams.push_back(lay_beamlets(std::move(beam), targets, request.machine, lying));
    }
    return beams;
}

}  // namespace

const NamedMask* find_mask(const std::vector<NamedMask>& masks, const std::string& name) {
    const auto at = std::find_if(masks.begin(), masks.end(), [&](const auto& m) { return m.name == name; });
    return at == masks.end() ? nullptr : &*at;
}

PlacedPatient place(const PlanningRequest& request) {
    expect(request.grid_mm > 0, "plan: positive grid spacing");
    expect(!request.protocol.targets.empty(), "plan: the protocol has a target");
    PlacedPatient placed;
    const std::vector<Named> structures = resolve(request, placed.notes);
    Mask body = body_of(request);
    placed.scene.dose_grid = dose_grid(request, body, structures);
    placed.final_masks = rasterised(structures, request.ct.hu.grid(), request.protocol);
    placed.final_masks.push_back({external, body});
    placed.scene.hu = request.ct.hu;
    placed.scene.counts = with_supports(std::move(body), request.structures);
    placed.scene.overrides = request.overrides;
    placed.scene.lying = lying_of(request.ct.position);
    return placed;
}

PlanningSetup set_up(const PlanningRequest& request) {
    expect(request.influence_grid_mm > 0, "plan: positive grid spacing of the optimiser");
    PlacedPatient placed = place(request);
    PlanningSetup setup;
    setup.scene = std::move(placed.scene);
    setup.final_grid = setup.scene.dose_grid;
    setup.final_masks = std::move(placed.final_masks);
    setup.notes = std::move(placed.notes);
    const double spacing = request.influence_grid_mm;
    const Grid coarse = resampled_grid(setup.final_grid, {spacing, spacing, spacing});
    std::vector<std::string> said_already;
    setup.goal_masks = setup.masks = rasterised(resolve(request, said_already), coarse, request.protocol);
    const Mask coarse_body = resample(setup.final_masks.back().mask, coarse);
    crop_targets(request.protocol, coarse_body, setup.masks, setup.notes);
    setup.masks.push_back({external, coarse_body});
    setup.scene.dose_grid = coarse;
    setup.beams = beams_of(request, union_of_targets(request.protocol, setup.masks), setup.scene.lying);
    return setup;
}

}  // namespace coutard
