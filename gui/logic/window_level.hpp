#pragma once
#include <span>
#include <string_view>

namespace coutard::gui {

/// Which Hounsfield units span black to white.
struct WindowLevel {
    double level_hu = 40;   ///< middle grey
    double width_hu = 400;  ///< from black to white, at least 1
    double black_hu() const { return level_hu - width_hu / 2; }
    double white_hu() const { return level_hu + width_hu / 2; }
    bool operator==(const WindowLevel&) const = default;
};

struct WindowPreset {
    std::string_view name;
    WindowLevel window;
};
/// Customary windows of CT reading, the first is the one to start with.
std::span<const WindowPreset> window_presets();

/// Within what a CT can hold: width 1 to 6000, level -1500 to 4000.
WindowLevel limited(const WindowLevel& window);
/// Window after the mouse was dragged from where `start` held: right widens, up raises the level; a wide
/// window moves faster. \param right_px, up_px travel of the mouse on the screen
WindowLevel dragged(const WindowLevel& start, double right_px, double up_px);

}  // namespace coutard::gui
