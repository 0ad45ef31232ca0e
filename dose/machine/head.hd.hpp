#pragma once
#include <cmath>
#include <cstddef>

#include "engine/base/hd.hpp"
#include "engine/par/view.hd.hpp"

namespace coutard::dose {

/// Faces of a collimator across the beam axis: distances from the target [mm].
struct CollimatorFaces {
    double near_mm = 0, far_mm = 1;
    COUTARD_HD double middle_mm() const { return 0.5 * (near_mm + far_mm); }
};

/// The movable collimators of a head, as plain numbers. Jaw faces and leaf sides point at the target; leaf ends are
/// round. A leaf's upper half lies half a tongue towards +y, its lower half half a tongue towards -y, with a gap
/// of air between neighbours. Theory: docs/theory/beam.md, section 3.
struct HeadGeometry {
    double sad_mm = 1000;
    CollimatorFaces jaw_y{280, 358}, jaw_x{367, 445}, leaf{480, 540};
    double jaw_y_per_mm = 0, jaw_x_per_mm = 0, leaf_per_mm = 0;  ///< attenuation
    double end_radius_mm = 80;
    double end_offset_mm = 0;  ///< how far leaf ends stand back from the light field, at the isocentre plane
    double tongue_mm = 0;      ///< overlap of neighbours, at the isocentre plane
    double gap_mm = 0;         ///< air between neighbours, at the isocentre plane
};

/// A straight ray in the frame of the beam limiting device: at distance z from the target it passes (x + sx z,
/// y + sy z) [mm].
struct HeadRay {
    double x, y, sx, sy;

    COUTARD_HD double stretch() const { return std::sqrt(1 + sx * sx + sy * sy); }
};

/// The ray from a point of the plane at `from_mm` from the target to a point of the isocentre plane.
COUTARD_HD inline HeadRay ray_between(double px, double py, double from_mm, double qx, double qy, double sad_mm) {
    const double sx = (qx - px) / (sad_mm - from_mm), sy = (qy - py) / (sad_mm - from_mm);
    return {px - sx * from_mm, py - sy * from_mm, sx, sy};
}

/// Where collimator settings and half widths at the isocentre plane lie for a ray: setting = spread x q + shift x p,
/// for the ray from p on the plane at `from_mm` to q on the isocentre plane, at distance z from the target.
struct Projection {
    double spread, shift;
};
COUTARD_HD inline Projection projection(double from_mm, double z_mm, double sad_mm) {
    const double t = (z_mm - from_mm) / (sad_mm - from_mm);
    return {sad_mm * t / z_mm, sad_mm * (1 - t) / z_mm};
}

/// Length of z within [low, high] where x + slope z > 0.
COUTARD_HD inline double length_above(double x, double slope, double low, double high) {
    const double a = x + slope * low, b = x + slope * high;
    if (a <= 0 && b <= 0) return 0;
    if (a >= 0 && b >= 0) return high - low;
    return (high - low) * (a > 0 ? a / (a - b) : b / (b - a));
}

/// Way along z [mm] through a pair of jaws set to edges `low` and `high` at the isocentre plane.
COUTARD_HD inline double jaw_length(const CollimatorFaces& faces, double sad_mm, double x, double slope, double low,
                                    double high) {
    return length_above(x, slope - high / sad_mm, faces.near_mm, faces.far_mm) +
           length_above(-x, low / sad_mm - slope, faces.near_mm, faces.far_mm);
}

/// Way along z [mm] within [low, high] through a leaf that reaches to +x from a round end set to `tip` at the
/// isocentre plane.
COUTARD_HD inline double leaf_end_length(const HeadGeometry& head, double x, double slope, double tip, double low,
                                         double high) {
    const double k = tip / head.sad_mm, middle = head.leaf.middle_mm(), R = head.end_radius_mm;
    // the line from the target through the light field's edge touches the circle
    const double centre = k * middle + R * std::sqrt(1 + k * k) + head.end_offset_mm * middle / head.sad_mm;
    const double g = x + slope * middle - centre;  // of the ray, at the middle plane, from the circle's centre
    double from = 1e30, to = -1e30;
    const double a = 1 + slope * slope, D = R * R * a - g * g;
    if (D > 0) {  // within the circle
        const double root = std::sqrt(D);
        from = std::fmax(low, middle + (-g * slope - root) / a);
        to = std::fmin(high, middle + (-g * slope + root) / a);
        if (from > to) {
            from = 1e30;
            to = -1e30;
        }
    }
    // behind the centre; the union is convex, hence one piece
    double behind_from = low, behind_to = high;
    if (slope == 0) {
        if (g < 0) behind_to = low - 1;
    } else if (slope > 0) {
        behind_from = std::fmax(low, middle - g / slope);
    } else {
        behind_to = std::fmin(high, middle - g / slope);
    }
    if (behind_to > behind_from) {
        from = std::fmin(from, behind_from);
        to = std::fmax(to, behind_to);
    }
    return to > from ? to - from : 0;
}

/// Tips of the leaves at one moment [mm at the isocentre plane], the moment given as a part of the even motion
/// from one set to another: shape (2, pairs), first the bank at -x.
struct LeafTips {
    const double* from;
    const double* to;
    std::size_t pairs;
    double part;

    COUTARD_HD double at(std::size_t bank, std::size_t pair) const {
        const std::size_t i = bank * pairs + pair;
        return from[i] + part * (to[i] - from[i]);
    }
};

/// Way along z [mm] through one half of the leaves' thickness; \param shift of its sides along y at the isocentre
template <class Space>
COUTARD_HD double leaf_half_length(const HeadGeometry& head, const par::View<const double, Space>& edges,
                                   const LeafTips& tips, const HeadRay& ray, double low, double high, double shift) {
    const double sad = head.sad_mm;
    const double u0 = sad * (ray.y / low + ray.sy) - shift, u1 = sad * (ray.y / high + ray.sy) - shift;
    const double first = std::fmin(u0, u1), last = std::fmax(u0, u1), half_gap = 0.5 * head.gap_mm;
    if (last <= edges[0] || first >= edges[tips.pairs]) return 0;
    std::size_t a = 0, b = tips.pairs;  // the leaf that the ray starts over
    while (b - a > 1) {
        const std::size_t m = (a + b) / 2;
        (edges[m] <= first ? a : b) = m;
    }
    // u is monotone in z: where it passes a value
    const auto z_of = [&](double u) {
        if (u <= first) return u0 <= u1 ? low : high;
        if (u >= last) return u0 <= u1 ? high : low;
        const double z = ray.y / ((u + shift) / sad - ray.sy);
        return z < low ? low : z > high ? high : z;
    };
    double sum = 0;
    for (std::size_t l = a; l < tips.pairs && edges[l] < last; ++l) {
        const double side = edges[l] + half_gap, other = edges[l + 1] - half_gap;
        if (side >= last || other <= first) {
            if (!(first == last && first > side && first < other)) continue;
        }
        double z0 = low, z1 = high;
        if (first < last) {
            z0 = z_of(side);
            z1 = z_of(other);
            if (z0 > z1) {
                const double z = z0;
                z0 = z1;
                z1 = z;
            }
        }
        if (z1 <= z0) continue;
        sum += leaf_end_length(head, ray.x, ray.sx, tips.at(1, l), z0, z1) +
               leaf_end_length(head, -ray.x, -ray.sx, -tips.at(0, l), z0, z1);
    }
    return sum;
}

/// Way along z [mm] through the leaves. \param edges across them at the isocentre plane, pairs + 1, rising
template <class Space>
COUTARD_HD double leaf_length(const HeadGeometry& head, const par::View<const double, Space>& edges,
                              const LeafTips& tips, const HeadRay& ray) {
    const double middle = head.leaf.middle_mm(), half = 0.5 * head.tongue_mm;
    return leaf_half_length(head, edges, tips, ray, head.leaf.near_mm, middle, half) +
           leaf_half_length(head, edges, tips, ray, middle, head.leaf.far_mm, -half);
}

/// Monitor backscatter: jaws that reach into the beam send particles back into the monitor chamber, which then ends
/// the delivery early. Parts of the monitor's signal with all of the field closed off by the upper (y) and the lower
/// (x) jaws; the lower ones are seen through the upper ones' opening. Theory: docs/theory/beam.md, section 4.
struct MonitorBackscatter {
    double upper = 0, lower = 0;
    double widest_mm = 400;     ///< opening that sends nothing back
    double reference_mm = 100;  ///< square opening at which a monitor unit is what it is

    /// Output per monitor unit of jaws this far open [mm at the isocentre plane], over that of the reference.
    COUTARD_HD double output(double open_x_mm, double open_y_mm) const {
        return (1 + signal(reference_mm, reference_mm)) / (1 + signal(open_x_mm, open_y_mm));
    }
    /// The most that output() can be.
    COUTARD_HD double most() const { return 1 + signal(reference_mm, reference_mm); }

  private:
    COUTARD_HD double signal(double open_x_mm, double open_y_mm) const {
        const double x = std::fmin(std::fmax(open_x_mm / widest_mm, 0.0), 1.0),
                     y = std::fmin(std::fmax(open_y_mm / widest_mm, 0.0), 1.0);
        return upper * (1 - y) + lower * (1 - x) * y;
    }
};

/// A Gaussian disc across the beam axis that sends particles towards the isocentre plane.
struct DiscSource {
    double from_target_mm = 0;
    double sigma_x_mm = 0, sigma_y_mm = 0;  ///< in gantry axes
    double fluence = 0;  ///< particles/cm2 at the isocentre with nothing in the way, over those of the focal source
};

}  // namespace coutard::dose
