#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "engine/eval/structure_dose.hpp"
#include "engine/plan/protocol.hpp"

namespace coutard {

/// A measured figure, or why there is none.
struct MetricValue {
    std::optional<double> value;  ///< in unit_of(metric)
    std::string why_not;          ///< set when there is no value
};

/// The figure that a metric asks of one structure. No value when the structure is empty or smaller
/// than the volume of a D-at-volume metric, or when the metric asks for no volume (D0%, D0cc).
MetricValue value_of(const Metric& metric, const StructureDose& dose);

/// "Gy", "%" or "cm3".
std::string_view unit_of(const Metric& metric);

}  // namespace coutard
