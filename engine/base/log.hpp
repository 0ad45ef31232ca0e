#pragma once
#include <string_view>

namespace coutard::log {

/// Messages for people, on standard error; spdlog stays behind this door.
void debug(std::string_view text);
void info(std::string_view text);
void warn(std::string_view text);
void set_verbose(bool on);  ///< debug messages too

}  // namespace coutard::log
