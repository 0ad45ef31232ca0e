#include "contouring/pipeline/guide.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/error.hpp"
#include "engine/shape/distance.hpp"

namespace coutard::contouring {
namespace {

constexpr double kMarkMm = 6, kErrorsDeep = 6;
constexpr int kPromptChannels = 2;  // points, rough contour

}  // namespace

int GuideInput::channels(int outputs) const {
    if (kind == Guide::None) return 0;
    return kind == Guide::Prior ? outputs : static_cast<int>(organs.size()) + kPromptChannels;
}

std::vector<int> GuideInput::starts(int windows, int outputs) const {
    if (kind == Guide::None) return {};
    std::vector<int> from(static_cast<std::size_t>(outputs), -1);
    if (kind == Guide::Prior) std::iota(from.begin(), from.end(), windows);
    if (kind == Guide::Prompts) from[0] = windows + channels(outputs) - 1;  // the rough contour is of the first
    return from;
}

void GuideInput::check(const std::vector<std::string>& outputs) const {
    validate(organs.empty() || kind == Guide::Prompts, "guide: organs", organs.size(), "none without prompts");
    for (const std::string& organ : organs)
        validate(std::find(outputs.begin(), outputs.end(), organ) == outputs.end(),
                 "guide: " + organ + " is given and drawn");
}

Guide guide_named(const std::string& name) {
    for (const Guide guide : {Guide::None, Guide::Prior, Guide::Prompts})
        if (name == name_of(guide)) return guide;
    validate(false, "guide: kind", name, "none, prior or prompts");
    return Guide::None;
}

const char* name_of(Guide guide) {
    return guide == Guide::Prior ? "prior" : guide == Guide::Prompts ? "prompts" : "none";
}

Volume<float> depth_channel(const Mask& contour, double error_mm) {
    expect(error_mm >= kLeastErrorMm && error_mm <= kMostErrorMm, "depth channel: error within its bounds");
    const double reach_mm = kErrorsDeep * error_mm;
    const auto values = contour.values();
    if (std::all_of(values.begin(), values.end(), [](std::uint8_t v) { return v == 0; }))
        return Volume<float>(contour.grid(), -1);
    auto out = signed_distance(contour, reach_mm);
    for (float& v : out.values()) v = static_cast<float>(std::clamp(-static_cast<double>(v) / reach_mm, -1.0, 1.0));
    return out;
}

float mark_at(double squared_mm2) {
    if (squared_mm2 > kMarkReachMm * kMarkReachMm) return 0;
    return static_cast<float>(std::exp(-0.5 * squared_mm2 / (kMarkMm * kMarkMm)));
}

}  // namespace coutard::contouring
