#include "gui/report/colour.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace coutard::gui::report {

Colour target_colour(std::size_t rank) {
    static constexpr std::array<Colour, 3> set{Colour{0xe4, 0x00, 0x7c}, Colour{0x8e, 0x2f, 0xc4},
                                               Colour{0xf7, 0x81, 0xbf}};
    return set[rank % set.size()];
}

Colour organ_colour(std::size_t rank) {
    static constexpr std::array<Colour, 6> set{Colour{0x00, 0x99, 0x88}, Colour{0x00, 0x77, 0xbb},
                                               Colour{0x99, 0x99, 0x33}, Colour{0x33, 0xbb, 0xee},
                                               Colour{0x11, 0x77, 0x33}, Colour{0x6e, 0x7b, 0xc8}};
    return set[rank % set.size()];
}

int target_dash(std::size_t rank) {
    return static_cast<int>(rank / 3 % 3);
}

int organ_dash(std::size_t rank) {
    return static_cast<int>(rank / 6 % 3);
}

Colour dose_colour(double part) {
    static constexpr std::array<Colour, 11> sunset{
        Colour{0x36, 0x4b, 0x9a}, Colour{0x4a, 0x7b, 0xb7}, Colour{0x6e, 0xa6, 0xcd}, Colour{0x98, 0xca, 0xe1},
        Colour{0xc2, 0xe4, 0xef}, Colour{0xea, 0xec, 0xcc}, Colour{0xfe, 0xda, 0x8b}, Colour{0xfd, 0xb3, 0x66},
        Colour{0xf6, 0x7e, 0x4b}, Colour{0xdd, 0x3d, 0x2d}, Colour{0xa5, 0x00, 0x26}};
    const double at = std::clamp(part, 0.0, 1.0) * (sunset.size() - 1);
    const auto low = std::min(static_cast<std::size_t>(at), sunset.size() - 2);
    const double t = at - static_cast<double>(low);
    const auto mix = [t](std::uint8_t a, std::uint8_t b) {
        return static_cast<std::uint8_t>(std::lround(a + t * (b - a)));
    };
    const Colour a = sunset[low], b = sunset[low + 1];
    return {mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue)};
}

}  // namespace coutard::gui::report
