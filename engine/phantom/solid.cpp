#include "engine/phantom/solid.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::phantom {
namespace {

double smallest(const Vec3& v) {
    return std::min({v.x, v.y, v.z});
}
double largest(const Vec3& v) {
    return std::max({v.x, v.y, v.z});
}
Vec3 divided(const Vec3& a, const Vec3& b) {
    return {a.x / b.x, a.y / b.y, a.z / b.z};
}
Vec3 times(const Vec3& a, const Vec3& b) {
    return {a.x * b.x, a.y * b.y, a.z * b.z};
}

Bounds around(const Vec3& centre, const Vec3& half) {
    return {centre - half, centre + half};
}
const Bounds nothing{{1e9, 1e9, 1e9}, {-1e9, -1e9, -1e9}};
Bounds joined(Bounds a, const Bounds& b) {
    for (int k = 0; k < 3; ++k) {
        a.low[k] = std::min(a.low[k], b.low[k]);
        a.high[k] = std::max(a.high[k], b.high[k]);
    }
    return a;
}

struct Ellipsoid final : Solid {
    Vec3 centre, radii;
    Ellipsoid(const Vec3& c, const Vec3& r) : centre(c), radii(r) {}
    // k (k - 1) / |gradient of k|: the first-order distance, exact on a sphere.
    double distance(const Vec3& p) const override {
        const Vec3 scaled = divided(p - centre, radii);
        const double k = norm(scaled);
        if (k < 1e-9) return -smallest(radii);
        return k * (k - 1) / norm(divided(scaled, radii));
    }
    Bounds bounds() const override { return around(centre, radii); }
};

struct Box final : Solid {
    Vec3 centre, half;
    Box(const Vec3& c, const Vec3& h) : centre(c), half(h) {}
    double distance(const Vec3& p) const override {
        const Vec3 q{std::abs(p.x - centre.x) - half.x, std::abs(p.y - centre.y) - half.y,
                     std::abs(p.z - centre.z) - half.z};
        const Vec3 out{std::max(q.x, 0.0), std::max(q.y, 0.0), std::max(q.z, 0.0)};
        return norm(out) + std::min(largest(q), 0.0);
    }
    Bounds bounds() const override { return around(centre, half); }
};

struct Tube final : Solid {
    std::vector<Vec3> points;  // in the scaled space
    double radius;
    Vec3 scale;
    Tube(std::vector<Vec3> along, double r, const Vec3& s) : points(std::move(along)), radius(r), scale(s) {
        for (auto& p : points) p = divided(p, scale);
    }
    double distance(const Vec3& at) const override {
        const Vec3 p = divided(at, scale);
        double best = 1e18;
        Vec3 nearest{};
        for (std::size_t i = 0; i + 1 < points.size(); ++i) {
            const Vec3 d = points[i + 1] - points[i], to = p - points[i];
            const double t = std::clamp(dot(to, d) / std::max(dot(d, d), 1e-12), 0.0, 1.0);
            const Vec3 off = to - d * t;
            if (dot(off, off) < best) best = dot(off, off), nearest = off;
        }
        const double length = std::sqrt(best);
        if (length < 1e-9) return -radius * smallest(scale);
        // the surface normal in the scaled space, stretched back, gives the local length scale
        return (length - radius) / norm(divided(nearest / length, scale));
    }
    Bounds bounds() const override {
        Bounds b = nothing;
        for (const auto& q : points) b = joined(b, around(times(q, scale), scale * radius));
        return b;
    }
};

/// Monotone cubic interpolation (Fritsch and Carlson, SIAM J Numer Anal 17 (1980) 238).
double monotone(const std::vector<Section>& s, double z, double Section::*member) {
    if (z <= s.front().z) return s.front().*member;
    if (z >= s.back().z) return s.back().*member;
    std::size_t i = 1;
    while (s[i].z < z) ++i;
    const auto slope = [&](std::size_t j) { return (s[j + 1].*member - s[j].*member) / (s[j + 1].z - s[j].z); };
    const auto tangent = [&](std::size_t j) {
        if (j == 0 || j + 1 == s.size()) return j == 0 ? slope(0) : slope(j - 1);
        const double l = slope(j - 1), r = slope(j);
        return l * r <= 0 ? 0.0 : 2 * l * r / (l + r);
    };
    const double h = s[i].z - s[i - 1].z, t = (z - s[i - 1].z) / h;
    const double m0 = tangent(i - 1) * h, m1 = tangent(i) * h, y0 = s[i - 1].*member, y1 = s[i].*member;
    const double t2 = t * t, t3 = t2 * t;
    return (2 * t3 - 3 * t2 + 1) * y0 + (t3 - 2 * t2 + t) * m0 + (3 * t2 - 2 * t3) * y1 + (t3 - t2) * m1;
}

struct Profile final : Solid {
    std::vector<Section> sections;  // rising z
    double n;
    Profile(std::vector<Section> rows, double exponent) : sections(std::move(rows)), n(exponent) {
        expect(sections.size() >= 2, "profile: at least two sections");
        std::sort(sections.begin(), sections.end(), [](const auto& a, const auto& b) { return a.z < b.z; });
    }
    double distance(const Vec3& p) const override {
        const double a = monotone(sections, p.z, &Section::a), b = monotone(sections, p.z, &Section::b);
        const double y = p.y - monotone(sections, p.z, &Section::cy);
        const double k = std::pow(std::pow(std::abs(p.x) / a, n) + std::pow(std::abs(y) / b, n), 1 / n);
        const double r = std::hypot(p.x, y);
        const double lateral = k < 1e-6 ? -std::min(a, b) : (k - 1) * r / k;
        return std::max({lateral, p.z - sections.back().z, sections.front().z - p.z});
    }
    Bounds bounds() const override {
        Bounds b = nothing;
        for (const auto& s : sections) b = joined(b, {{-s.a, s.cy - s.b, s.z}, {s.a, s.cy + s.b, s.z}});
        return b;
    }
};

/// A solid made of others by a rule.
template <class Rule>
struct Combined final : Solid {
    Rule rule;
    Bounds box;
    Combined(Rule r, const Bounds& b) : rule(std::move(r)), box(b) {}
    double distance(const Vec3& p) const override { return rule(p); }
    Bounds bounds() const override { return box; }
};
template <class Rule>
SolidPtr combined(Rule rule, const Bounds& bounds) {
    return std::make_shared<Combined<Rule>>(std::move(rule), bounds);
}

}  // namespace

SolidPtr ellipsoid(const Vec3& centre, const Vec3& radii_mm) {
    expect(smallest(radii_mm) > 0, "ellipsoid: radii are positive");
    return std::make_shared<Ellipsoid>(centre, radii_mm);
}
SolidPtr box(const Vec3& centre, const Vec3& half_mm) {
    return std::make_shared<Box>(centre, half_mm);
}
SolidPtr tube(std::vector<Vec3> points, double radius_mm, const Vec3& scale) {
    expect(points.size() >= 2 && radius_mm > 0 && smallest(scale) > 0, "tube: two points, positive radius and scale");
    return std::make_shared<Tube>(std::move(points), radius_mm, scale);
}
SolidPtr profile(std::vector<Section> sections, double exponent) {
    return std::make_shared<Profile>(std::move(sections), exponent);
}
SolidPtr grown(SolidPtr s, double by) {
    const double margin = std::max(by, 0.0);
    const Bounds b = s->bounds();
    const Vec3 all{margin, margin, margin};
    return combined([s = std::move(s), by](const Vec3& p) { return s->distance(p) - by; }, {b.low - all, b.high + all});
}
SolidPtr shell(SolidPtr s, double thickness) {
    const auto bounds = s->bounds();
    return combined(
        [s = std::move(s), thickness](const Vec3& p) {
            const double d = s->distance(p);
            return std::max(d, -thickness - d);
        },
        bounds);
}
SolidPtr both(SolidPtr a, SolidPtr b) {
    Bounds box = a->bounds();
    const Bounds other = b->bounds();
    for (int k = 0; k < 3; ++k) {
        box.low[k] = std::max(box.low[k], other.low[k]);
        box.high[k] = std::min(box.high[k], other.high[k]);
    }
    return combined(
        [a = std::move(a), b = std::move(b)](const Vec3& p) { return std::max(a->distance(p), b->distance(p)); }, box);
}
SolidPtr either(std::vector<SolidPtr> parts) {
    expect(!parts.empty(), "union of solids: at least one part");
    Bounds box = nothing;
    for (const auto& part : parts) box = joined(box, part->bounds());
    return combined(
        [parts = std::move(parts)](const Vec3& p) {
            double best = 1e18;
            for (const auto& part : parts) best = std::min(best, part->distance(p));
            return best;
        },
        box);
}
SolidPtr without(SolidPtr a, SolidPtr b) {
    const auto bounds = a->bounds();
    return combined(
        [a = std::move(a), b = std::move(b)](const Vec3& p) { return std::max(a->distance(p), -b->distance(p)); },
        bounds);
}
SolidPtr mirrored(SolidPtr s) {
    const Bounds b = s->bounds();
    const Bounds turned{{-b.high.x, b.low.y, b.low.z}, {-b.low.x, b.high.y, b.high.z}};
    return combined([s = std::move(s)](const Vec3& p) { return s->distance({-p.x, p.y, p.z}); }, turned);
}
SolidPtr repeated(SolidPtr s, double first, double period, double thickness) {
    const auto bounds = s->bounds();
    return combined(
        [s = std::move(s), first, period, thickness](const Vec3& p) {
            const double from_centre = std::remainder(p.z - first, period);
            return std::max(s->distance(p), std::abs(from_centre) - thickness / 2);
        },
        bounds);
}
SolidPtr placed(SolidPtr s, const Mat3& rotation, const Vec3& scale, const Vec3& shift) {
    const Bounds b = s->bounds();
    Bounds moved = nothing;
    for (int corner = 0; corner < 8; ++corner) {
        const Vec3 c{corner & 1 ? b.high.x : b.low.x, corner & 2 ? b.high.y : b.low.y, corner & 4 ? b.high.z : b.low.z};
        const Vec3 at = times(rotation.transposed() * (c - shift), scale);
        moved = joined(moved, {at, at});
    }
    const double length = std::cbrt(scale.x * scale.y * scale.z);
    return combined([s = std::move(s), rotation, scale, shift,
                     length](const Vec3& p) { return s->distance(rotation * divided(p, scale) + shift) * length; },
                    moved);
}

}  // namespace coutard::phantom
