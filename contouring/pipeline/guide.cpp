#include "contouring/pipeline/guide.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

constexpr double kMarkMm = 6;
constexpr int kPromptChannels = 2;  // points, rough contour

}  // namespace

int GuideInput::channels(int outputs) const {
    if (kind == Guide::None) return 0;
    return kind == Guide::Prior ? outputs : static_cast<int>(organs.size()) + kPromptChannels;
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

float mark_at(double squared_mm2) {
    if (squared_mm2 > kMarkReachMm * kMarkReachMm) return 0;
    return static_cast<float>(std::exp(-0.5 * squared_mm2 / (kMarkMm * kMarkMm)));
}

}  // namespace coutard::contouring
