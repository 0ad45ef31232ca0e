#pragma once
#include <cmath>
#include <cstdint>

#include "engine/base/hd.hpp"
#include "engine/geom/vec3.hpp"

namespace coutard::dose {

/// An angle about an axis, by its cosine and sine.
struct Azimuth {
    double cos = 1, sin = 0;

    COUTARD_HD Azimuth opposite() const { return {-cos, -sin}; }
    /// Further by the golden angle: any number of them in a row is spread over the circle.
    COUTARD_HD Azimuth next() const {
        constexpr double c = -0.7373688780783197, s = 0.6754902942615236;
        return {cos * c - sin * s, sin * c + cos * s};
    }
    /// Even over the circle, from one draw: two bits say the quadrant, the others the place in it. Series to 3e-8.
    template <class Rng>
    COUTARD_HD static Azimuth drawn(Rng& rng) {
        const std::uint32_t bits = rng.bits();
        const double y = (static_cast<double>(bits >> 2) - 536870911.5) * (1.5707963267948966 / 1073741824.0),
                     z = y * y;
        const double c = 1 + z * (-0.5 + z * (1.0 / 24 + z * (-1.0 / 720 + z * (1.0 / 40320))));
        const double s = y * (1 + z * (-1.0 / 6 + z * (1.0 / 120 + z * (-1.0 / 5040 + z * (1.0 / 362880)))));
        const double sign = (bits & 2U) != 0 ? -1 : 1;
        return (bits & 1U) != 0 ? Azimuth{-sign * s, sign * c} : Azimuth{sign * c, sign * s};
    }
};

/// Turn unit vectors by a polar angle (its cosine) and an azimuth about themselves; of unit length to 1e-8 (floats:
/// 1e-7) or as good as they were. Frame about a vector: Duff et al., J Comput Graph Tech 6 (2017) 1. \tparam F a
/// number, or a pack of them \tparam Real one of its numbers
template <class Real, class F>
COUTARD_HD inline void turn_lanes(F& x, F& y, F& z, double cos_polar, const Azimuth& azimuth) {
    const double sin_polar = std::sqrt(std::fmax(0.0, 1 - cos_polar * cos_polar));
    const Real p = static_cast<Real>(cos_polar), c = static_cast<Real>(sin_polar * azimuth.cos),
               s = static_cast<Real>(sin_polar * azimuth.sin);
    const F sign = z < F{} ? F{} - 1 : F{} + 1, a = static_cast<Real>(-1) / (sign + z), b = x * y * a;
    const F u = x * p + (1 + sign * x * x * a) * c + b * s, v = y * p + sign * b * c + (sign + y * y * a) * s,
            w = z * p - sign * x * c - y * s;
    // Newton's step towards unit length
    const F up = static_cast<Real>(1.5) - static_cast<Real>(0.5) * (u * u + v * v + w * w);
    x = u * up;
    y = v * up;
    z = w * up;
}

/// One unit vector turned.
COUTARD_HD inline Vec3 turned(const Vec3& d, double cos_polar, const Azimuth& azimuth) {
    Vec3 out = d;
    turn_lanes<double>(out.x, out.y, out.z, cos_polar, azimuth);
    return out;
}

}  // namespace coutard::dose
