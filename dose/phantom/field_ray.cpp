#include "dose/phantom/field_ray.hpp"

#include <algorithm>
#include <cmath>

namespace coutard::dose {

Region ray_region(const Grid& g, const FieldRay& ray, const DepthRange& depths) {
    const double reach_x = std::max(2.5, 0.5 * g.spacing_mm().x) + 1e-6,
                 reach_y = std::max(2.5, 0.5 * g.spacing_mm().y) + 1e-6;
    Region out;
    for (int k = 0; k < g.size().z; ++k) {
        const double z = 0.1 * g.point(0, 0, k).z, zoom = (ray.ssd_cm + z) / ray.sad_cm;
        if (z < depths.from || z > depths.to) continue;
        for (int j = 0; j < g.size().y; ++j)
            for (int i = 0; i < g.size().x; ++i) {
                const Vec3 p = g.point(i, j, k);
                if (std::abs(p.x - 10 * ray.x_cm * zoom) <= reach_x && std::abs(p.y - 10 * ray.y_cm * zoom) <= reach_y)
                    out.voxels.push_back(static_cast<std::uint32_t>(g.flat(i, j, k)));
            }
    }
    out.weights.assign(out.voxels.size(), 1.0 / static_cast<double>(out.voxels.size()));
    return out;
}

RayCheck check_ray(const RegionDose& reference, const Volume<float>& tested, const Region& region) {
    RayCheck out;
    out.voxels = region.voxels.size();
    if (reference.dose <= 0) return out;
    const double ratio = mean_of(tested, region) / reference.dose;
    out.mean = 100 * (ratio - 1);
    out.sigma = 100 * ratio * reference.uncertainty;
    return out;
}

}  // namespace coutard::dose
