#include "engine/phantom/recipe.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <random>

#include "engine/base/error.hpp"

namespace coutard::phantom {
namespace {

using Random = std::mt19937_64;

/// Standard normal by Box and Muller: the same on every platform, unlike std::normal_distribution.
double normal(Random& random) {
    const auto uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) / 9007199254740992.0; };
    return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform());
}

/// FNV-1a: a name's hash that is the same on every platform.
std::uint64_t hash_of(const std::string& name) {
    std::uint64_t h = 14695981039346656037U;
    for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return h;
}

Mat3 turned(double pitch_deg, double yaw_deg, double roll_deg) {
    const double d = std::numbers::pi / 180;
    const double cp = std::cos(pitch_deg * d), sp = std::sin(pitch_deg * d), cy = std::cos(yaw_deg * d),
                 sy = std::sin(yaw_deg * d), cr = std::cos(roll_deg * d), sr = std::sin(roll_deg * d);
    const Mat3 about_x{{1, 0, 0}, {0, cp, sp}, {0, -sp, cp}}, about_z{{cy, sy, 0}, {-sy, cy, 0}, {0, 0, 1}},
        about_y{{cr, 0, -sr}, {0, 1, 0}, {sr, 0, cr}};
    return about_z * about_y * about_x;
}

SolidPtr primitive(const ShapeSpec& s) {
    switch (s.kind) {
        case ShapeSpec::Kind::Ellipsoid:
            return ellipsoid(s.centre, s.radii);
        case ShapeSpec::Kind::Box:
            return box(s.centre, s.radii);
        case ShapeSpec::Kind::Tube:
            return tube(s.points, s.radius, s.scale);
        case ShapeSpec::Kind::Profile:
            return profile(s.sections, s.exponent);
    }
    throw ContractError("phantom: unknown kind of shape");
}

Vec3 middle(const Bounds& b) {
    return (b.low + b.high) * 0.5;
}

/// Moved and resized about its own middle.
SolidPtr varied(const SolidPtr& solid, const LayerSpec& spec, Random& random) {
    const Vec3 shift{normal(random) * spec.vary_mm, normal(random) * spec.vary_mm, normal(random) * spec.vary_mm};
    const double size = std::clamp(1 + normal(random) * spec.vary_size, 0.6, 1.5);
    if (spec.vary_mm == 0 && spec.vary_size == 0) return solid;
    const Vec3 centre = middle(solid->bounds());
    // p = size (q - centre) + centre + shift, so q = p / size + (centre - (centre + shift) / size)
    return placed(solid, {}, {size, size, size}, centre - (centre + shift) / size);
}

/// Layers by name while they are built.
class Builder {
  public:
    Builder(const Recipe& recipe, const Individual& who) : recipe_(recipe), who_(who) {}

    std::vector<Layer> all() {
        for (const auto& spec : recipe_.layers) add(spec);
        return std::move(layers_);
    }

  private:
    void add(const LayerSpec& spec) {
        std::vector<SolidPtr> parts;
        for (const auto& part : spec.parts) parts.push_back(primitive(part));
        validate(!parts.empty(), "phantom layer " + spec.name + ": has no shape");
        SolidPtr solid = parts.size() == 1 ? parts.front() : either(std::move(parts));
        if (spec.mirror) {
            add_side(spec, solid, "_L");
            add_side(spec, mirrored(solid), "_R");
        } else {
            add_side(spec, spec.lesion && !who_.lesion_left ? mirrored(solid) : solid, "");
        }
    }

    void add_side(const LayerSpec& spec, SolidPtr solid, const std::string& side) {
        if (who_.seed != 0) {
            // a stream of its own per layer: a recipe with one layer more leaves the others as they are
            std::seed_seq words{who_.seed, hash_of(spec.name + side)};
            Random random(words);
            solid = varied(solid, spec, random);
        }
        if (!spec.machine) solid = body_placed(solid);
        if (spec.grow_mm != 0) solid = grown(solid, spec.grow_mm);
        if (spec.shell_mm) solid = shell(solid, *spec.shell_mm);
        if (spec.repeat_mm) solid = repeated(solid, (*spec.repeat_mm)[0], (*spec.repeat_mm)[1], (*spec.repeat_mm)[2]);
        for (const auto& r : spec.inside) solid = both(solid, named(spec, r, side));
        for (const auto& r : spec.outside) solid = without(solid, named(spec, r, side));
        by_name_[spec.name + side] = solid;
        layers_.push_back({spec.name + side, spec.structure.empty() ? "" : spec.structure + side,
                           spec.hu + (spec.machine ? 0 : who_.hu_offset), spec.texture_hu, spec.paint, spec.machine,
                           solid});
    }

    SolidPtr body_placed(const SolidPtr& solid) const {
        if (who_.seed == 0) return solid;
        // p = scale R^T (q - c) + c, so q = R (p / scale) + (c - R (c / scale))
        const Vec3 c = recipe_.motion_centre_mm;
        const Vec3 c_scaled{c.x / who_.scale.x, c.y / who_.scale.y, c.z / who_.scale.z};
        return placed(solid, who_.rotation, who_.scale, c - who_.rotation * c_scaled);
    }

    SolidPtr named(const LayerSpec& spec, const Reference& r, const std::string& side) const {
        auto found = by_name_.find(r.layer + side);
        if (found == by_name_.end()) found = by_name_.find(r.layer);
        validate(found != by_name_.end(),
                 "phantom layer " + spec.name + ": refers to " + r.layer + ", expected an earlier layer");
        return r.grow_mm == 0 ? found->second : grown(found->second, r.grow_mm);
    }

    const Recipe& recipe_;
    const Individual& who_;
    std::map<std::string, SolidPtr> by_name_;
    std::vector<Layer> layers_;
};

}  // namespace

Individual individual(std::uint64_t seed) {
    Random random(seed * 2 + 1);
    Individual who;
    who.seed = seed + 1;
    const double overall = 1 + 0.04 * normal(random);
    who.scale = Vec3{1 + 0.03 * normal(random), 1 + 0.03 * normal(random), 1 + 0.04 * normal(random)} * overall;
    for (int k = 0; k < 3; ++k) who.scale[k] = std::clamp(who.scale[k], 0.85, 1.15);
    const double pitch = 4 * normal(random), yaw = 3 * normal(random), roll = 2 * normal(random);
    who.rotation = turned(pitch, yaw, roll);
    who.lesion_left = random() % 2 == 0;
    who.hu_offset = 6 * normal(random);
    who.noise_factor = std::clamp(1 + 0.4 * normal(random), 0.4, 2.0);
    return who;
}

std::vector<Layer> build(const Recipe& recipe, const Individual& who) {
    return Builder(recipe, who).all();
}

}  // namespace coutard::phantom
