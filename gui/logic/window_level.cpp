#include "gui/logic/window_level.hpp"

#include <algorithm>
#include <array>

namespace coutard::gui {

std::span<const WindowPreset> window_presets() {
    static constexpr std::array<WindowPreset, 6> presets{{
        {"Soft tissue", {40, 400}},
        {"Head and neck", {60, 300}},
        {"Brain", {40, 90}},
        {"Bone", {400, 1800}},
        {"Lung", {-600, 1600}},
        {"Full range", {500, 3000}},
    }};
    return presets;
}

WindowLevel limited(const WindowLevel& window) {
    return {std::clamp(window.level_hu, -1500.0, 4000.0), std::clamp(window.width_hu, 1.0, 6000.0)};
}

WindowLevel dragged(const WindowLevel& start, double right_px, double up_px) {
    const double hu_per_px = std::max(0.5, start.width_hu / 200);
    return limited({start.level_hu + up_px * hu_per_px, start.width_hu + right_px * hu_per_px});
}

}  // namespace coutard::gui
