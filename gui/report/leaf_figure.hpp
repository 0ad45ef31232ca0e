#pragma once
#include "engine/plan/plan.hpp"
#include "gui/report/canvas.hpp"

namespace coutard::gui::report {

/// How leaves and jaws move, a row per beam, seen from the source (IEC 61217 beam limiting device axes, y up): the
/// aperture at even parts of the monitor units, and last for what part of them each point is open.
Figure leaf_figure(const Plan& plan, double width);

}  // namespace coutard::gui::report
