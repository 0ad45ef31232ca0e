#include "engine/workflow/rule_targets.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"
#include "engine/phantom/solid.hpp"
#include "engine/shape/boolean.hpp"
#include "engine/shape/margins.hpp"

namespace coutard {
namespace {

const Mask& organ(const std::vector<MaskedStructure>& organs, const std::string& name) {
    for (const auto& [found, mask] : organs)
        if (found == name && std::any_of(mask.values().begin(), mask.values().end(), [](auto v) { return v >= 128; }))
            return mask;
    throw InputError("targets by rule: found no " + name +
                     ", expected External, Parotid_L, Parotid_R, Bone_Mandible and SpinalCord");
}

struct Centre {
    Vec3 at;
    double weight = 0;
    void add(const Vec3& p, double w) {
        at = at + p * w;
        weight += w;
    }
    Vec3 value() const { return at / weight; }
};

/// Centre of mass; of the voxels within reach of a height only, when one is given.
Vec3 centre_of(const Mask& mask, double near_z = 0, double reach = 1e9) {
    Centre local, all;
    const Size3 n = mask.grid().size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                if (mask.at(i, j, k) == 0) continue;
                const Vec3 p = mask.grid().point(i, j, k);
                all.add(p, mask.at(i, j, k));
                if (std::abs(p.z - near_z) < reach) local.add(p, mask.at(i, j, k));
            }
    return local.weight > 0 ? local.value() : all.value();
}

Mask painted(const phantom::Solid& solid, const Grid& grid) {
    Mask mask(grid);
    const Vec3 s = grid.spacing_mm();
    const double width = std::cbrt(s.x * s.y * s.z);
    const phantom::Bounds box = solid.bounds();
    for (int k = 0; k < grid.size().z; ++k)
        for (int j = 0; j < grid.size().y; ++j)
            for (int i = 0; i < grid.size().x; ++i) {
                const Vec3 p = grid.point(i, j, k);
                if (!box.near(p, width)) continue;
                const double part = std::clamp(0.5 - solid.distance(p) / width, 0.0, 1.0);
                mask.at(i, j, k) = static_cast<std::uint8_t>(std::lround(part * 255));
            }
    return mask;
}

}  // namespace

std::vector<MaskedStructure> targets_by_rule(const std::vector<MaskedStructure>& organs, bool left) {
    const Mask& cord = organ(organs, "SpinalCord");
    const Vec3 left_gland = centre_of(organ(organs, "Parotid_L")), right_gland = centre_of(organ(organs, "Parotid_R"));
    const double jaw_z = centre_of(organ(organs, "Bone_Mandible")).z;
    const Vec3 cord_at_jaw = centre_of(cord, jaw_z, 6), cord_below = centre_of(cord, jaw_z - 75, 8);
    const double middle = (left_gland.x + right_gland.x) / 2, side = left ? 1 : -1;

    const Vec3 primary{middle + side * 18, cord_at_jaw.y - 44, jaw_z - 8};
    const auto high = phantom::ellipsoid(primary, {20, 21, 26});
    std::vector<phantom::SolidPtr> necks;
    for (const double s : {1.0, -1.0}) {
        const Vec3 gland = s > 0 ? left_gland : right_gland;
        const Vec3 top{gland.x - s * 10, gland.y + 4, gland.z - 18};
        const Vec3 bottom{cord_below.x + s * 32, cord_below.y - 30, jaw_z - 75};
        necks.push_back(phantom::tube({top, (top + bottom) / 2 + Vec3{s * 2, 0, 0}, bottom}, 13));
    }
    const Grid& grid = cord.grid();
    const Mask allowed = subtract(with_margin(organ(organs, "External"), -5), with_margin(cord, 6));
    const Mask ptv70 = intersect(painted(*high, grid), allowed);
    const Mask ptv63 = subtract(intersect(painted(*phantom::grown(high, 10), grid), allowed), ptv70);
    const Mask ptv56 = subtract(subtract(intersect(painted(*phantom::either(necks), grid), allowed), ptv70), ptv63);
    return {{"PTV_7000", ptv70}, {"PTV_6300", ptv63}, {"PTV_5600", ptv56}};
}

}  // namespace coutard
