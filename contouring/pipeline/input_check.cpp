#include "contouring/pipeline/input_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr float kAirBelowHu = -500, kNoCtAboveHu = -100, kNearWaterHu = 200, kBoneHu = 250;
constexpr double kShortMm = 60, kLongMm = 1300, kThickMm = 5.01, kSquare = 0.01;
// In each of 202 head and neck scans (OpenKBP) at least 76 % of what is not air lies within 200 HU of water, and at
// least 3.9 % above 250 HU; the bounds leave room for other scanners and regions.
constexpr double kLeastNearWater = 0.6, kLeastBone = 0.01;

struct Shares {
    double near_water = 0, bone = 0;  ///< of what is not air
    float lowest = 0;
};

Shares shares_of(const Volume<float>& hu) {
    Shares s;
    double body = 0;
    s.lowest = *std::min_element(hu.values().begin(), hu.values().end());
    for (const float v : hu.values()) {
        if (v <= kAirBelowHu) continue;
        body += 1;
        s.near_water += std::abs(v) <= kNearWaterHu ? 1 : 0;
        s.bone += v > kBoneHu ? 1 : 0;
    }
    if (body > 0) s.near_water /= body, s.bone /= body;
    return s;
}

std::string text(const char* format, double a, double b = 0) {
    char line[160];
    std::snprintf(line, sizeof line, format, a, b);
    return line;
}

}  // namespace

std::vector<std::string> odd_about(const Volume<float>& hu) {
    const Shares s = shares_of(hu);
    validate(s.lowest < kNoCtAboveHu, "CT: lowest value [HU]", s.lowest,
             "air, near -1000: this is no CT, or its values are not Hounsfield units");
    std::vector<std::string> odd;
    const Vec3& spacing = hu.grid().spacing_mm();
    const double length = hu.grid().size().z * spacing.z;
    if (length < kShortMm)
        odd.push_back(
            text("CT: %.0f slices cover %.0f mm of the patient: organs are cut off", hu.grid().size().z, length));
    if (length > kLongMm) odd.push_back(text("CT: covers %.0f mm of the patient, more than head and neck", length));
    if (spacing.z > kThickMm)
        odd.push_back(text("CT: slices are %.1f mm apart: contours between them are guesses", spacing.z));
    if (std::abs(spacing.x / spacing.y - 1) > kSquare)
        odd.push_back(text("CT: pixels of %.2f x %.2f mm are not square", spacing.x, spacing.y));
    if (s.lowest > kAirBelowHu) odd.push_back(text("CT: no air (lowest %.0f HU)", double(s.lowest)));
    if (s.near_water < kLeastNearWater)
        odd.push_back(
            text("CT: %.0f %% of what is not air lies within 200 HU of water, usual is over 75 %%: check the "
                 "rescaling to Hounsfield units",
                 100 * s.near_water));
    if (s.bone < kLeastBone)
        odd.push_back(
            text("CT: %.1f %% above 250 HU, hardly any bone: a phantom, or no Hounsfield units", 100 * s.bone));
    return odd;
}

}  // namespace coutard::contouring
