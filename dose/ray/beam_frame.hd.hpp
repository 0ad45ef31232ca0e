#pragma once
#include "engine/base/hd.hpp"
#include "engine/geom/vec3.hpp"

namespace coutard::dose {

/// A divergent beam in the patient: where its source is and how its device axes lie (IEC 61217 beam
/// limiting device: z points from the isocentre to the source).
struct BeamFrame {
    Vec3 source_mm;
    Vec3 x, y, z;          ///< unit vectors, right-handed
    double sad_mm = 1000;  ///< source to the isocentre plane, where fluence is described

    /// Where the ray through a point meets the isocentre plane [mm]; z of the result is the distance of
    /// the point from the source along the axis [mm], positive downstream.
    COUTARD_HD Vec3 project(const Vec3& point_mm) const {
        const Vec3 d = point_mm - source_mm;
        const double along = -dot(d, z), scale = sad_mm / along;
        return {dot(d, x) * scale, dot(d, y) * scale, along};
    }
};

}  // namespace coutard::dose
