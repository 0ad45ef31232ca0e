#pragma once
#include <cstddef>
#include <cstdint>

namespace coutard::gui::report {

/// sRGB, 0 to 255.
struct Colour {
    std::uint8_t red = 0, green = 0, blue = 0;
    bool operator==(const Colour&) const = default;
};

inline constexpr Colour ink{0x1a, 0x1f, 0x2b}, muted{0x5b, 0x64, 0x72}, faint{0xd5, 0xd9, 0xe0}, paper{255, 255, 255};
inline constexpr Colour shade{0xf4, 0xf6, 0xf9}, accent{0x17, 0x4a, 0x7c};
/// Told apart with any colour vision, and always beside a sign and a word (Okabe, Ito, 2008: blue and vermilion).
inline constexpr Colour pass{0x00, 0x5f, 0xa3}, fail{0xb8, 0x3c, 0x00}, unknown{0x6b, 0x72, 0x80};
inline constexpr Colour pass_tint{0xe3, 0xf0, 0xfa}, fail_tint{0xfd, 0xec, 0xe1}, unknown_tint{0xee, 0xf0, 0xf3};

/// Colours of structures, told apart by colour-blind readers (after Paul Tol, SRON technical note
/// EPS/TN/09-002, 2021) and apart from the dose colours: magenta and violet for targets, blues and greens
/// for organs; after three targets or six organs the dash changes.
Colour target_colour(std::size_t rank);
Colour organ_colour(std::size_t rank);
int target_dash(std::size_t rank);  ///< 0 solid, 1 dashed, 2 dotted
int organ_dash(std::size_t rank);

/// Dose from `part` 0 (blue) to 1 (red) by Tol's sunset scale, which keeps its order for all colour vision.
Colour dose_colour(double part);

}  // namespace coutard::gui::report
