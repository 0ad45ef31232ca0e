#include "contouring/pipeline/input_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "contouring/pipeline/intensity.hpp"
#include "contouring/pipeline/network_frame.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr float kNoCtAboveHu = -100, kNearWaterHu = 200, kBoneHu = 250;
constexpr double kShortMm = 60, kLongMm = 1300, kThickMm = 5.01, kSquare = 0.01, kEmptyMm = 10;
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

/// Axial slices, whichever axis of the image runs along the patient.
struct Slices {
    int count = 0;
    double apart_mm = 0, across_mm = 0, down_mm = 0;
};

Slices slices_of(const Grid& grid) {
    const Mat3 axes = grid.direction();
    const Vec3 along{std::abs(axes.cx.z), std::abs(axes.cy.z), std::abs(axes.cz.z)};
    const Size3 n = grid.size();
    const Vec3 s = grid.spacing_mm();
    if (along.z >= std::max(along.x, along.y)) return {n.z, s.z, s.x, s.y};
    if (along.y >= along.x) return {n.y, s.y, s.x, s.z};
    return {n.x, s.x, s.y, s.z};
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
    const Slices slices = slices_of(hu.grid());
    const double length = slices.count * slices.apart_mm;
    if (length < kShortMm)
        odd.push_back(text("CT: %.0f slices cover %.0f mm of the patient: organs are cut off", slices.count, length));
    if (const double empty = scan_ends(hu).empty_below_mm; empty > kEmptyMm)  // above the head there is air
        odd.push_back(text("CT: empty over the lowest %.0f mm: contours end where the patient does", empty));
    if (length > kLongMm) odd.push_back(text("CT: covers %.0f mm of the patient, more than head and neck", length));
    if (slices.apart_mm > kThickMm)
        odd.push_back(text("CT: slices are %.1f mm apart: contours between them are guesses", slices.apart_mm));
    if (std::abs(slices.across_mm / slices.down_mm - 1) > kSquare)
        odd.push_back(text("CT: pixels of %.2f x %.2f mm are not square", slices.across_mm, slices.down_mm));
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
