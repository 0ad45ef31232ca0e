#pragma once
#include "dose/phantom/dose_regions.hpp"
#include "dose/phantom/slab_monte_carlo.hpp"

namespace coutard::dose {

/// A ray from the source through a point of the isocentre plane, in a slab phantom (x, y in its coordinates).
struct FieldRay {
    double x_cm = 0, y_cm = 0;  ///< at the isocentre plane
    double ssd_cm = 100, sad_cm = 100;
};

/// Doses along a ray held against a reference.
struct RayCheck {
    std::size_t voxels = 0;
    double mean = 0;   ///< tested less reference [% of the reference], of sums over the voxels
    double sigma = 0;  ///< its standard error
};

/// Voxels whose centres lie within 2.5 mm of the ray in x and in y, or the nearest ones where voxels are larger.
Region ray_region(const Grid& grid, const FieldRay& ray, const DepthRange& depths);

/// \param reference mean over the region
RayCheck check_ray(const RegionDose& reference, const Volume<float>& tested, const Region& region);

}  // namespace coutard::dose
