#pragma once
#include <memory>
#include <vector>

#include "engine/geom/vec3.hpp"

namespace coutard::phantom {

/// Axis-aligned box that holds all points of a solid [mm].
struct Bounds {
    Vec3 low{-1e9, -1e9, -1e9}, high{1e9, 1e9, 1e9};
    bool near(const Vec3& p, double margin_mm) const {
        return p.x > low.x - margin_mm && p.y > low.y - margin_mm && p.z > low.z - margin_mm &&
               p.x < high.x + margin_mm && p.y < high.y + margin_mm && p.z < high.z + margin_mm;
    }
};

/// A solid given by the signed distance to its surface [mm]: negative inside, first-order exact near
/// the surface (elsewhere a bound of right sign). Anatomy is put together from such solids.
class Solid {
  public:
    virtual ~Solid() = default;
    virtual double distance(const Vec3& p) const = 0;
    virtual Bounds bounds() const { return {}; }
};
using SolidPtr = std::shared_ptr<const Solid>;

SolidPtr ellipsoid(const Vec3& centre, const Vec3& radii_mm);
SolidPtr box(const Vec3& centre, const Vec3& half_mm);
/// Round tube along a polyline; `scale` stretches its cross-section along x, y, z (1 = round).
SolidPtr tube(std::vector<Vec3> points, double radius_mm, const Vec3& scale = {1, 1, 1});

/// One cross-section of a profile: a superellipse |x/a|^n + |(y - cy)/b|^n = 1 at height z.
struct Section {
    double z, a, b, cy;
};
/// Body outline: superelliptic sections joined smoothly (monotone cubic in z). \param exponent n, 2 = ellipse
SolidPtr profile(std::vector<Section> sections, double exponent);

SolidPtr grown(SolidPtr solid, double by_mm);         ///< negative: shrunk
SolidPtr shell(SolidPtr solid, double thickness_mm);  ///< the outermost layer of the solid
SolidPtr both(SolidPtr a, SolidPtr b);                ///< intersection
SolidPtr either(std::vector<SolidPtr> parts);         ///< union
SolidPtr without(SolidPtr a, SolidPtr b);             ///< a less b
SolidPtr mirrored(SolidPtr solid);                    ///< x -> -x
/// The parts of a solid in slabs of `thickness` repeated every `period` along z from `first`.
SolidPtr repeated(SolidPtr solid, double first_mm, double period_mm, double thickness_mm);
/// Point p belongs to it when rotation * (p / scale) + shift belongs to the original.
SolidPtr placed(SolidPtr solid, const Mat3& rotation, const Vec3& scale, const Vec3& shift_mm);

}  // namespace coutard::phantom
