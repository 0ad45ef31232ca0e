#include "registration/quality/propagate.hpp"

#include "engine/image/resample.hpp"
#include "engine/shape/boolean.hpp"
#include "engine/shape/contour_from_mask.hpp"
#include "engine/shape/rasterise.hpp"

namespace coutard::registration {
namespace {

Vec3 centre_of_mass(const Mask& mask) {
    const Size3 n = mask.grid().size();
    Vec3 sum;
    double mass = 0;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                const double part = part_inside(mask, mask.grid().flat(i, j, k));
                sum = sum + Vec3{i * part, j * part, k * part};
                mass += part;
            }
    return mask.grid().point(sum / mass);
}

DisplacementField field_on(const DisplacementField& field, const Grid& target) {
    if (target.same_as(field.grid())) return field;
    DisplacementField there(target);
    for (int k = 0; k < target.size().z; ++k)
        for (int j = 0; j < target.size().y; ++j)
            for (int i = 0; i < target.size().x; ++i) {
                const Vec3 u = sample_linear(field, target.point(i, j, k));
                there.at(i, j, k) = {static_cast<float>(u.x), static_cast<float>(u.y), static_cast<float>(u.z)};
            }
    return there;
}

Propagated carried_over(const Structure& original, const Mask& drawn, const Mask& pulled) {
    Propagated result;
    result.structure = original;
    result.structure.contours = contours_from_mask(pulled);
    result.structure.algorithm = "SEMIAUTOMATIC";
    result.structure.description = "propagated by deformable registration";
    result.moving_cm3 = volume_cm3(drawn);
    result.fixed_cm3 = volume_cm3(pulled);
    if (result.fixed_cm3 > 0) result.shift_mm = norm(centre_of_mass(pulled) - centre_of_mass(drawn));
    return result;
}

}  // namespace

PropagatedSet propagate(const StructureSet& structures, const Grid& moving, const DisplacementField& field) {
    PropagatedSet set;
    for (const auto& original : structures.structures) {
        const auto leave = [&](const char* reason) { set.left.push_back({original.name, reason}); };
        if (original.contours.empty()) {
            leave("has no contours");
            continue;
        }
        if (original.role == Role::Support) {
            leave("is a support and does not move with the patient: draw the day's own");
            continue;
        }
        const Mask drawn = rasterise(original, moving);
        if (volume_cm3(drawn) <= 0) {
            leave("encloses no volume (points): place it anew");
            continue;
        }
        Propagated result = carried_over(original, drawn, warp(drawn, field));
        if (result.structure.contours.empty())
            leave("lies outside the fixed image");
        else
            set.moved.push_back(std::move(result));
    }
    return set;
}

Dose pull_dose(const Dose& moving, const DisplacementField& field, const Grid& target) {
    Dose pulled = moving;
    pulled.gy = warp(moving.gy, field_on(field, target), 0.0F);
    pulled.plan_uid.clear();
    pulled.comment += pulled.comment.empty() ? "pulled by a registration" : "; pulled by a registration";
    return pulled;
}

}  // namespace coutard::registration
