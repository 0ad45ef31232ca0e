#include <charconv>
#include <cmath>
#include <cstdio>

#include "engine/base/error.hpp"
#include "engine/plan/protocol.hpp"

namespace coutard {
namespace {

/// Number at the start of the text; what follows stays in it.
bool take_number(std::string_view& text, double& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || !std::isfinite(value) || value < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

std::string short_number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

}  // namespace

Metric metric_from_text(std::string_view text) {
    if (text == "Dmean") return {MetricKind::MeanDose, 0, true};
    if (text == "Dmax") return {MetricKind::MaxDose, 0, true};
    if (text == "Dmin") return {MetricKind::MinDose, 0, true};
    std::string_view rest = text.empty() ? text : text.substr(1);
    double at = 0;
    if (text.starts_with('D') && take_number(rest, at)) {
        if (rest == "%" && at <= 100) return {MetricKind::DoseAtPercent, at, true};
        if (rest == "cc") return {MetricKind::DoseAtVolume, at, true};
    }
    rest = text.empty() ? text : text.substr(1);
    if (text.starts_with('V') && take_number(rest, at)) {
        if (rest == "Gy") return {MetricKind::VolumeAtDose, at, true};
        if (rest == "Gy[cc]") return {MetricKind::VolumeAtDose, at, false};
    }
    throw InputError("metric: found \"" + std::string(text) +
                     "\", expected D95%, D0.1cc, V20Gy, V20Gy[cc], Dmean, Dmax or Dmin");
}

std::string text_of(const Metric& metric) {
    switch (metric.kind) {
        case MetricKind::MeanDose:
            return "Dmean";
        case MetricKind::MaxDose:
            return "Dmax";
        case MetricKind::MinDose:
            return "Dmin";
        case MetricKind::DoseAtPercent:
            return "D" + short_number(metric.at) + "%";
        case MetricKind::DoseAtVolume:
            return "D" + short_number(metric.at) + "cc";
        case MetricKind::VolumeAtDose:
            return "V" + short_number(metric.at) + (metric.relative_volume ? "Gy" : "Gy[cc]");
    }
    throw ContractError("text_of: unknown metric kind");
}

}  // namespace coutard
