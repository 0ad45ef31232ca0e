#pragma once
#include <string>
#include <vector>

#include "gui/report/canvas.hpp"

namespace coutard::gui::report {

/// A measured curve beside a calculated one, over the same places.
struct CurvePlot {
    std::string title, x_title, y_title;
    std::vector<double> x, measured, calculated;  ///< of one size, x rising
    double most_difference = 2;                   ///< the lower panel shows at least this much on either side
};

/// Dots measured, line calculated; below, calculated less measured.
Figure curve_figure(const CurvePlot& plot, double width);

}  // namespace coutard::gui::report
