#include "registration/rigid/start.hpp"

#include <limits>

#include "engine/base/error.hpp"
#include "engine/image/resample.hpp"
#include "engine/shape/distance.hpp"
#include "registration/request.hpp"

namespace coutard::registration {
namespace {

/// Middle of the body, or of the image without one.
Vec3 centre_of(const Grid& grid, const std::optional<Mask>& body) {
    const Size3 n = grid.size();
    if (!body) return grid.point((n.x - 1) / 2.0, (n.y - 1) / 2.0, (n.z - 1) / 2.0);
    Vec3 sum;
    double mass = 0;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                const double part = part_inside(*body, grid.flat(i, j, k));
                sum = sum + Vec3{i * part, j * part, k * part};
                mass += part;
            }
    return grid.point(sum / mass);
}

/// Mean squared difference of two images under a shift, over the voxels that both have; infinite when
/// they share less than a tenth of the fixed image.
double misfit(const Volume<float>& fixed, const Volume<float>& moving, const Vec3& shift_mm) {
    const Size3 n = fixed.grid().size();
    const float nothing = std::numeric_limits<float>::quiet_NaN();
    double sum = 0;
    std::size_t shared = 0;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                const float there = sample_linear(moving, fixed.grid().point(i, j, k) + shift_mm, nothing);
                if (there != there) continue;
                const double d = fixed.at(i, j, k) - there;
                sum += d * d;
                ++shared;
            }
    if (shared * 10 < fixed.count()) return std::numeric_limits<double>::infinity();
    return sum / static_cast<double>(shared);
}

Mask within(const std::optional<Mask>& body, const Grid& grid, double margin_mm) {
    Mask where(grid, 255);
    if (!body) return where;
    const auto distance = signed_distance(resample(*body, grid), margin_mm + 1);
    for (std::size_t v = 0; v < where.count(); ++v) where[v] = distance[v] <= margin_mm ? 255 : 0;
    return where;
}

}  // namespace

RigidPair prepare_rigid(const RegistrationRequest& request, double spacing_mm, double margin_mm) {
    check(request);
    const Grid fixed_box = crop_to(request.fixed.grid(), request.fixed_body, margin_mm);
    const Grid moving_box = crop_to(request.moving.grid(), request.moving_body, margin_mm);
    RigidPair pair;
    const auto ready = [&](const Volume<float>& hu, const std::optional<Mask>& body, const Grid& box) {
        return resample(clipped(air_outside(hu, body)), coarsened(box, spacing_mm), air_hu);
    };
    pair.fixed = ready(request.fixed, request.fixed_body, fixed_box);
    pair.moving = ready(request.moving, request.moving_body, moving_box);
    pair.where = within(request.fixed_body, pair.fixed.grid(), margin_mm);
    pair.centre_mm = centre_of(request.fixed.grid(), request.fixed_body);
    // Frames of reference that agree need no shift; a new couch position needs the centres. The grey values decide.
    const Vec3 centres = centre_of(request.moving.grid(), request.moving_body) - pair.centre_mm;
    const auto coarse_fixed = resample(pair.fixed, coarsened(fixed_box, 3 * spacing_mm), air_hu);
    const auto coarse_moving = resample(pair.moving, coarsened(moving_box, 3 * spacing_mm), air_hu);
    const double as_is = misfit(coarse_fixed, coarse_moving, {}),
                 on_centres = misfit(coarse_fixed, coarse_moving, centres);
    validate(as_is < std::numeric_limits<double>::infinity() || on_centres < std::numeric_limits<double>::infinity(),
             "registration: the images share less than a tenth of the fixed one, expected the same part of the body");
    pair.start_mm = on_centres < as_is ? centres : Vec3{};
    return pair;
}

}  // namespace coutard::registration
