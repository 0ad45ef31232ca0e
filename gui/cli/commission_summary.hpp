#pragma once
#include <string>

#include "dose/commissioning/fit_check.hpp"

namespace coutard::gui {

/// What `coutard commission` found: parameters, curves with their regions, calibration.
std::string commission_json(const dose::BeamFit& fit, const std::string& machine, const dose::MeasurementSet& measured,
                            const dose::FitOptions& options);

}  // namespace coutard::gui
