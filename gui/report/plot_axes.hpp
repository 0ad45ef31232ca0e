#pragma once
#include <cstdio>
#include <string>

#include "gui/report/figures.hpp"

namespace coutard::gui::report {

/// A plot's frame: where data lie on the figure, its grid and its labels.
struct Axes {
    Spot corner;  ///< upper left of the data area [pt]
    Extent size;
    Ticks x, y;
    std::string x_title, y_title;

    Spot at(double x_value, double y_value) const {
        return {corner.x + x_value / x.end * size.width, corner.y + size.height * (1 - y_value / y.end)};
    }
};

inline std::string short_number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

inline void draw_axes(Canvas& canvas, const Axes& axes) {
    const TextStyle small{7.5, false, muted, Align::Left, 0};
    const double right = axes.corner.x + axes.size.width, low = axes.corner.y + axes.size.height;
    const double digits = canvas.measure("0", small).height;
    for (double v = 0; v <= axes.x.end * 1.0001; v += axes.x.step) {
        const double x = axes.at(v, 0).x;
        canvas.line({x, axes.corner.y}, {x, low}, {faint, 0.4, {}, 1});
        auto style = small;
        style.align = Align::Centre;
        canvas.text({x, low + 4}, short_number(v), style);
    }
    for (double v = 0; v <= axes.y.end * 1.0001; v += axes.y.step) {
        const double y = axes.at(0, v).y;
        canvas.line({axes.corner.x, y}, {right, y}, {faint, 0.4, {}, 1});
        auto style = small;
        style.align = Align::Right;
        canvas.text({axes.corner.x - 5, y - digits / 2}, short_number(v), style);
    }
    canvas.path({{axes.corner.x, axes.corner.y}, {axes.corner.x, low}, {right, low}}, false, {muted, 0.8, {}, 1});
    canvas.text({axes.corner.x + axes.size.width / 2, low + 4 + digits + 3}, axes.x_title,
                {8, false, ink, Align::Centre, 0});
    canvas.text({axes.corner.x - 24, axes.corner.y - 15}, axes.y_title, {8, false, ink, Align::Left, 0});
}

}  // namespace coutard::gui::report
