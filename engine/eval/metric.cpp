#include "engine/eval/metric.hpp"

#include <cstdio>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

std::string number_text(double number) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.4g", number);
    return buffer;
}

}  // namespace

std::string_view unit_of(const Metric& metric) {
    if (metric.kind != MetricKind::VolumeAtDose) return "Gy";
    return metric.relative_volume ? "%" : "cm3";
}

MetricValue value_of(const Metric& metric, const StructureDose& dose) {
    if (dose.empty()) return {std::nullopt, "the structure is empty"};
    switch (metric.kind) {
        case MetricKind::DoseAtPercent:
            if (!(metric.at > 0 && metric.at <= 100))
                return {std::nullopt, "asks for " + number_text(metric.at) + " % of the volume"};
            return {dose.dose_at_percent(metric.at).value(), {}};
        case MetricKind::DoseAtVolume:
            if (!(metric.at > 0)) return {std::nullopt, "asks for no volume"};
            if (dose.volume() < Cm3{metric.at})
                return {std::nullopt, "the structure has only " + number_text(dose.volume().value()) + " cm3"};
            return {dose.dvh.dose_at(Cm3{metric.at}).value(), {}};
        case MetricKind::VolumeAtDose:
            if (metric.relative_volume) return {dose.percent_at(Gy{metric.at}), {}};
            return {dose.dvh.volume_at(Gy{metric.at}).value(), {}};
        case MetricKind::MeanDose:
            return {dose.mean.value(), {}};
        case MetricKind::MaxDose:
            return {dose.maximum.value(), {}};
        case MetricKind::MinDose:
            return {dose.minimum.value(), {}};
    }
    throw ContractError("value_of: unknown kind of metric");
}

}  // namespace coutard
