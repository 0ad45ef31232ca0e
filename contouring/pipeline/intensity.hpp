#pragma once
#include <span>
#include <vector>

namespace coutard::contouring {

/// Beyond the image, and what is air and no patient [HU].
inline constexpr float kBlankHu = -1000, kAirBelowHu = -500;

/// A range of Hounsfield units that becomes -1 .. 1; values outside are clipped.
struct HuWindow {
    float low = -160, high = 240;  ///< [HU], low < high
    bool operator==(const HuWindow&) const = default;
};

/// Hounsfield units [HU] to the network's scale, one value.
inline float windowed(float hu, const HuWindow& window) {
    const float part = (hu - window.low) / (window.high - window.low);
    return part <= 0 ? -1.0F : part >= 1 ? 1.0F : 2 * part - 1;
}

/// One channel per window, one after the other: result shape (windows, voxels).
std::vector<float> windowed(std::span<const float> hu, std::span<const HuWindow> windows);

}  // namespace coutard::contouring
