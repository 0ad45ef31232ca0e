#include "contouring/pipeline/intensity.hpp"

#include "engine/base/error.hpp"

namespace coutard::contouring {

std::vector<float> windowed(std::span<const float> hu, std::span<const HuWindow> windows) {
    std::vector<float> out;
    out.reserve(hu.size() * windows.size());
    for (const HuWindow& window : windows) {
        expect(window.low < window.high, "window: low below high");
        for (const float value : hu) out.push_back(windowed(value, window));
    }
    return out;
}

}  // namespace coutard::contouring
