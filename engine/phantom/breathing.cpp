#include "engine/phantom/breathing.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/base/error.hpp"
#include "engine/image/invert.hpp"

namespace coutard::phantom {
namespace {

/// 0 below 0, 1 above 1, smooth between; steepest slope 1.5.
double smooth_step(double t) {
    t = std::clamp(t, 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

// The places below are those of thorax.json: apices at z = 130, domes of the diaphragm near z = -75, spine
// about (0, 75), ribs about an ellipse of 150 x 100 mm.
double below_apex(double z) {
    return smooth_step((130 - z) / 210);
}
double off_the_ribs(double x, double y) {
    return 1 - smooth_step((std::hypot(x / 150, (y + 5) / 100) - 0.6) / 0.45);
}
double off_the_spine(double x, double y) {
    return smooth_step((std::hypot(x, y - 78) - 28) / 45);
}
double towards_sternum(double y, double z) {
    return smooth_step((40 - y) / 150) * smooth_step((150 - z) / 90);
}

}  // namespace

double breath_depth(double phase, const Breathing& breathing) {
    return std::pow(std::cos(std::numbers::pi * phase / 10), 2 * breathing.power);
}

BreathingMap::BreathingMap(double phase, const Breathing& breathing) {
    expect(std::isfinite(phase), "breathing: phase is finite");
    expect(breathing.diaphragm_mm >= 0 && breathing.diaphragm_mm <= 30 && std::abs(breathing.chest_mm) <= 10 &&
               std::abs(breathing.loop_mm) <= 3,
           "breathing: lengths are at most twice the defaults");
    const double depth = breath_depth(phase, breathing);
    down_ = breathing.diaphragm_mm * depth;
    forward_ = breathing.chest_mm * depth;
    loop_ = breathing.loop_mm * std::sin(2 * std::numbers::pi * phase / 10);
}

Vec3 BreathingMap::displacement(const Vec3& p) const {
    const double lung = below_apex(p.z) * off_the_ribs(p.x, p.y) * off_the_spine(p.x, p.y);
    return {0, forward_ * towards_sternum(p.y, p.z) + loop_ * lung, down_ * lung};
}

Vec3 BreathingMap::to_today(const Vec3& exhaled_mm) const {
    Vec3 today = exhaled_mm;
    for (int i = 0; i < 200; ++i) {
        const Vec3 next = exhaled_mm - displacement(today);
        const double moved = norm(next - today);
        today = next;
        if (moved < 1e-6) return today;
    }
    throw std::runtime_error("internal check failed: breathing map: inverse did not converge");
}

DisplacementField breathing_field(const Grid& grid, double from, double to, const Breathing& breathing) {
    const BreathingMap first(from, breathing), second(to, breathing);
    return field_of(grid, [&](const Vec3& p) { return second.to_today(first(p)); });
}

}  // namespace coutard::phantom
