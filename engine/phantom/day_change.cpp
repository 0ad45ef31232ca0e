#include "engine/phantom/day_change.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::phantom {
namespace {

/// Call visit(p) on a lattice that fills bounds.
template <class Visit>
void sample(const Bounds& b, double step, Visit&& visit) {
    for (double z = b.low.z; z <= b.high.z; z += step)
        for (double y = b.low.y; y <= b.high.y; y += step)
            for (double x = b.low.x; x <= b.high.x; x += step) visit(Vec3{x, y, z});
}

Vec3 outward(const Solid& solid, const Vec3& p) {
    const double h = 0.5;
    const Vec3 g{solid.distance({p.x + h, p.y, p.z}) - solid.distance({p.x - h, p.y, p.z}),
                 solid.distance({p.x, p.y + h, p.z}) - solid.distance({p.x, p.y - h, p.z}),
                 solid.distance({p.x, p.y, p.z + h}) - solid.distance({p.x, p.y, p.z - h})};
    const double length = norm(g);
    return length < 1e-12 ? Vec3{} : g / length;
}

double smooth_step(double t) {
    t = std::clamp(t, 0.0, 1.0);
    return t * t * t * (10 + t * (6 * t - 15));
}

Bounds overlap(Bounds a, const Bounds& b) {
    for (int k = 0; k < 3; ++k) {
        a.low[k] = std::max(a.low[k], b.low[k]);
        a.high[k] = std::min(a.high[k], b.high[k]);
    }
    return a;
}

/// Find the value in [0, most] at which volume() has fallen to `part` of what it is at 0; it falls steadily.
template <class Volume>
void solve(double& value, double most, double part, Volume&& volume) {
    value = 0;
    const double wanted = part * volume();
    double low = 0, high = most;
    for (int i = 0; i < 14; ++i) {
        value = (low + high) / 2;
        (volume() > wanted ? low : high) = value;
    }
    value = (low + high) / 2;
}

const Layer* find(const std::vector<Layer>& layers, const std::string& name) {
    for (const auto& layer : layers)
        if (layer.name == name) return &layer;
    return nullptr;
}

}  // namespace

DayMap::DayMap(const Recipe& recipe, const std::vector<Layer>& layers, const DayChange& change) {
    expect(change.weight_loss >= 0 && change.weight_loss <= 0.2, "day change: weight loss is 0 to 0.2");
    expect(change.tumour_shrink >= 0 && change.tumour_shrink <= 0.6, "day change: tumour shrink is 0 to 0.6");
    const Layer* outline = find(layers, recipe.outline);
    expect(outline != nullptr, "day change: the recipe has its outline");
    outline_ = outline->solid;
    shift_ = {};  // volumes are solved where the patient lay
    if (change.weight_loss > 0) {
        const Bounds ct = overlap(outline_->bounds(), {recipe.low_mm, recipe.high_mm});
        solve(lost_mm_, 25, 1 - change.weight_loss, [&] { return volume_today(*outline_, ct, 7); });
    }
    if (change.tumour_shrink > 0) {
        const Layer* tumour = find(layers, recipe.tumour);
        expect(tumour != nullptr, "day change: the recipe has a tumour that can shrink");
        const Bounds b = tumour->solid->bounds();
        tumour_centre_ = (b.low + b.high) * 0.5;
        solve(contraction_, 0.9, 1 - change.tumour_shrink, [&] { return volume_today(*tumour->solid, b, 1.5); });
    }
    shift_ = change.shift_mm;
}

double DayMap::volume_today(const Solid& solid, const Bounds& where, double step_mm) const {
    long n = 0;
    sample(where, step_mm, [&](const Vec3& p) { n += solid.distance((*this)(p)) < 0; });
    return static_cast<double>(n);
}

Vec3 DayMap::operator()(const Vec3& today) const {
    Vec3 p = today - shift_;
    if (lost_mm_ > 0) {
        const double depth = -outline_->distance(p);
        const double weight = 1 - smooth_step((depth - lost_mm_) / reach_mm_);
        if (weight > 0) p = p + outward(*outline_, p) * (lost_mm_ * weight);
    }
    if (contraction_ > 0) {
        const Vec3 d = p - tumour_centre_;
        p = p + d * (contraction_ * std::exp(-dot(d, d) / (2 * fall_off_mm_ * fall_off_mm_)));
    }
    return p;
}

}  // namespace coutard::phantom
