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

/// A unit vector turned by a polar angle (its cosine) and an azimuth about itself; of unit length to 1e-8 or as good as
/// the vector was. Frame about a vector: Duff et al., J Comput Graph Tech 6 (2017) 1.
COUTARD_HD inline Vec3 turned(const Vec3& d, double cos_polar, const Azimuth& azimuth) {
    const double sin_polar = std::sqrt(std::fmax(0.0, 1 - cos_polar * cos_polar));
    const double c = sin_polar * azimuth.cos, s = sin_polar * azimuth.sin;
    const double sign = d.z < 0 ? -1 : 1, a = -1 / (sign + d.z), b = d.x * d.y * a;
    const Vec3 out{d.x * cos_polar + (1 + sign * d.x * d.x * a) * c + b * s,
                   d.y * cos_polar + sign * b * c + (sign + d.y * d.y * a) * s,
                   d.z * cos_polar - sign * d.x * c - d.y * s};
    return out * (1.5 - 0.5 * dot(out, out));  // Newton's step towards unit length
}

}  // namespace coutard::dose
