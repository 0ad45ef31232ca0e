#include "contouring/pipeline/plausibility.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "contouring/pipeline/axial.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr double kLoudSecondPart = 0.2;     // of the largest region
constexpr double kLeastShownMm = 40;        // of two organs side by side
constexpr double kSmall = 0.5, kLarge = 2;  // times the usual range

std::string cm3(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f cm3", value);
    return text;
}

/// Patient left is +x (LPS): the right-hand one must have the smaller x.
void compare_sides(const std::vector<std::string>& structures, const std::vector<Found>& found,
                   std::vector<std::string>& out) {
    for (std::size_t l = 0; l < structures.size(); ++l) {
        if (!structures[l].ends_with("_L") || found[l].volume_cm3 == 0) continue;
        const std::string pair = structures[l].substr(0, structures[l].size() - 1) + "R";
        const auto at = std::find(structures.begin(), structures.end(), pair);
        if (at == structures.end()) continue;
        const Found& right = found[static_cast<std::size_t>(at - structures.begin())];
        if (right.volume_cm3 > 0 && right.centre_mm.x >= found[l].centre_mm.x)
            out.push_back(structures[l] + " lies to the right of " + pair + ": check the patient's orientation");
    }
}

/// Where one organ lies of another in any patient, by the sign of a difference of centres (LPS: y to the back, z up).
struct Order {
    const char *first, *second;
    int axis;
    const char* wrong;  ///< said of the first where it has the smaller coordinate
};
constexpr std::array<Order, 4> kOrders{{{"SpinalCord", "Bone_Mandible", 1, "in front of"},
                                        {"SpinalCord", "Larynx", 1, "in front of"},
                                        {"Brainstem", "Larynx", 2, "below"},
                                        {"Bone_Mandible", "Esophagus", 2, "below"}}};

void compare_order(const std::vector<std::string>& structures, const std::vector<Found>& found,
                   std::vector<std::string>& out) {
    const auto centre = [&](const char* name) -> const Vec3* {
        const auto at = std::find(structures.begin(), structures.end(), name);
        if (at == structures.end()) return nullptr;
        const Found& f = found[static_cast<std::size_t>(at - structures.begin())];
        return f.volume_cm3 > 0 ? &f.centre_mm : nullptr;
    };
    for (const Order& o : kOrders) {
        const Vec3 *first = centre(o.first), *second = centre(o.second);
        if (first && second && (*first)[o.axis] < (*second)[o.axis])
            out.push_back(std::string(o.first) + " lies " + o.wrong + " " + o.second +
                          ": check the patient's orientation");
    }
}

/// Mean patient x of a mask in one slice; none where it is not there.
std::optional<double> middle_x(const Mask& mask, int k) {
    const Size3& n = mask.grid().size();
    double sum = 0, count = 0;
    for (int j = 0; j < n.y; ++j)
        for (int i = 0; i < n.x; ++i)
            if (inside(mask, mask.grid().flat(i, j, k))) sum += mask.grid().point(i, j, k).x, ++count;
    return count > 0 ? std::optional(sum / count) : std::nullopt;
}

const Mask* mask_named(const std::vector<MaskedStructure>& drawn, const char* name) {
    const auto at = std::find_if(drawn.begin(), drawn.end(), [&](const auto& d) { return d.name == name; });
    return at == drawn.end() ? nullptr : &at->mask;
}

}  // namespace

std::optional<double> left_of(const Mask& one, const Mask& other) {
    expect(one.grid().same_as(other.grid()), "left_of: masks on one grid");
    if (!slices_are_axial(one.grid())) return std::nullopt;
    double sum = 0;
    int slices = 0;
    for (int k = 0; k < one.grid().size().z; ++k) {
        const auto first = middle_x(one, k);
        if (!first) continue;
        const auto second = middle_x(other, k);
        if (second) sum += *first - *second, ++slices;
    }
    if (slices * one.grid().spacing_mm().z < kLeastShownMm) return std::nullopt;
    return sum / slices;
}

std::optional<std::string> mirror_doubt(const std::vector<MaskedStructure>& drawn) {
    const Mask *oesophagus = mask_named(drawn, "Esophagus"), *cord = mask_named(drawn, "SpinalCord");
    if (!oesophagus || !cord) return std::nullopt;
    const auto left_mm = left_of(*oesophagus, *cord);
    if (!left_mm || *left_mm >= 0) return std::nullopt;
    char text[160];
    std::snprintf(text, sizeof text,
                  "Esophagus lies %.1f mm to the right of SpinalCord, in nine of ten people to the left: is the image "
                  "mirrored?",
                  -*left_mm);
    return text;
}

std::vector<std::string> doubts(const std::vector<std::string>& structures, const std::vector<Found>& found,
                                const std::map<std::string, std::pair<double, double>>& usual_cm3) {
    expect(structures.size() == found.size(), "doubts: one finding per structure");
    std::vector<std::string> out;
    for (std::size_t s = 0; s < found.size(); ++s) {
        const std::string& name = structures[s];
        if (found[s].volume_cm3 == 0) {
            out.push_back(name + ": not found on this CT");
            continue;
        }
        if (found[s].second_part > kLoudSecondPart) out.push_back(name + ": found in separate parts; look at both");
        if (found[s].left_out_part > kLoudSecondPart)
            out.push_back(name + ": a second part of " + cm3(found[s].left_out_cm3) +
                          " was left out: add it if it belongs");
        if (found[s].at_edge) out.push_back(name + ": reaches the end of the scan, may be incomplete");
        const auto usual = usual_cm3.find(name);
        if (usual == usual_cm3.end()) continue;
        const auto& [low, high] = usual->second;
        if (found[s].volume_cm3 < kSmall * low || found[s].volume_cm3 > kLarge * high)
            out.push_back(name + ": " + cm3(found[s].volume_cm3) + " is unusual (training: " + cm3(low) + " to " +
                          cm3(high) + ")");
    }
    compare_sides(structures, found, out);
    compare_order(structures, found, out);
    return out;
}

}  // namespace coutard::contouring
