// For machines without spdlog (bare GPU builds): the same door, plain lines.
#include <cstdio>

#include "engine/base/log.hpp"

namespace coutard::log {
namespace {
bool verbose = false;
void line(const char* level, std::string_view text) {
    std::fprintf(stderr, "%s: %.*s\n", level, static_cast<int>(text.size()), text.data());
}
}  // namespace

void debug(std::string_view text) {
    if (verbose) line("debug", text);
}
void info(std::string_view text) {
    line("info", text);
}
void warn(std::string_view text) {
    line("warning", text);
}
void set_verbose(bool on) {
    verbose = on;
}

}  // namespace coutard::log
