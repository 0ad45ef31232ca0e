#pragma once
#include <string_view>

namespace coutard {

/// Version of Coutard as the build knows it, for example "0.1.0".
inline constexpr std::string_view version = COUTARD_VERSION;
/// Said by every report, exported plan and window.
inline constexpr std::string_view disclaimer = "Not a medical device. For research and development only.";

}  // namespace coutard
