#include "engine/base/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace coutard::log {
namespace {

spdlog::logger& logger() {
    static const auto instance = [] {
        auto made = spdlog::stderr_color_mt("coutard");
        made->set_pattern("%^%l%$: %v");
        return made;
    }();
    return *instance;
}

}  // namespace

void debug(std::string_view text) {
    logger().debug("{}", text);
}
void info(std::string_view text) {
    logger().info("{}", text);
}
void warn(std::string_view text) {
    logger().warn("{}", text);
}
void set_verbose(bool on) {
    logger().set_level(on ? spdlog::level::debug : spdlog::level::info);
}

}  // namespace coutard::log
