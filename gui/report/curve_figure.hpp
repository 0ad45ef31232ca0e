#pragma once
#include <string>
#include <vector>

#include "gui/report/canvas.hpp"

namespace coutard::gui::report {

/// A curve that is taken for true (measured, or another code's) and a calculated one at the same places.
struct CurveSeries {
    std::string name;  ///< in the legend
    Colour colour = accent;
    std::vector<double> x;                      ///< rising
    std::vector<double> reference, calculated;  ///< of the size of x
    std::vector<double> sigma;                  ///< of the reference, one standard deviation; empty: not known
};

/// Over a part of the axis: calculated less reference may be that much.
struct CurveLimit {
    double from = 0, to = 0, most = 0;
};
/// A line across, as where a material begins.
struct CurveMark {
    double at = 0;
    std::string text;
};

struct CurvePlot {
    std::string title, x_title, y_title;
    std::string reference_name = "measured";
    std::vector<CurveSeries> series;
    bool same_reference = false;  ///< all series have the first one's: drawn once
    std::vector<CurveLimit> limits;
    std::vector<CurveMark> marks;
    double most_difference = 2;  ///< the lower panel shows at least this much on either side
};

/// Dots are the reference, with bars of two standard deviations where these are known, lines calculated. Below:
/// calculated less reference, its standard deviation as a band, limits dashed.
Figure curve_figure(const CurvePlot& plot, double width);

}  // namespace coutard::gui::report
