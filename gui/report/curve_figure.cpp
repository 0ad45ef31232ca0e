#include "gui/report/curve_figure.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "gui/report/figures.hpp"

namespace coutard::gui::report {
namespace {

std::string short_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", std::abs(value) < 1e-9 ? 0 : value);
    return text;
}

/// A frame whose axes may begin below zero.
struct Panel {
    Spot corner;
    Extent size;
    double x0, x1, y0, y1;

    Spot at(double x, double y) const {
        return {corner.x + (x - x0) / (x1 - x0) * size.width,
                corner.y + size.height * (1 - (std::clamp(y, y0, y1) - y0) / (y1 - y0))};
    }
    void draw(Canvas& canvas, double x_step, double y_step, bool x_labels) const {
        const TextStyle small{7.5, false, muted, Align::Centre, 0};
        const double low = corner.y + size.height;
        for (double x = std::ceil(x0 / x_step - 1e-9) * x_step; x <= x1 + 1e-9 * x_step; x += x_step) {
            canvas.line({at(x, y0).x, corner.y}, {at(x, y0).x, low}, {faint, 0.4, {}, 1});
            if (x_labels) canvas.text({at(x, y0).x, low + 4}, short_text(x), small);
        }
        auto right = small;
        right.align = Align::Right;
        for (double y = std::ceil(y0 / y_step - 1e-9) * y_step; y <= y1 + 1e-9 * y_step; y += y_step) {
            canvas.line({corner.x, at(x0, y).y}, {corner.x + size.width, at(x0, y).y}, {faint, 0.4, {}, 1});
            canvas.text({corner.x - 5, at(x0, y).y - 5}, short_text(y), right);
        }
        canvas.path({corner, {corner.x, low}, {corner.x + size.width, low}}, false, {muted, 0.8, {}, 1});
    }
};

}  // namespace

Figure curve_figure(const CurvePlot& plot, double width) {
    Figure out;
    out.size = {width, 260};
    out.alternative = plot.title;
    out.draw = [plot, width](Canvas& canvas) {
        constexpr double left = 40, top = 34, high = 140, gap = 14, low = 38;
        const double x0 = plot.x.front(), x1 = std::max(plot.x.back(), x0 + 1e-6);
        double most = 0, apart = plot.most_difference;
        for (std::size_t i = 0; i < plot.x.size(); ++i) {
            most = std::max({most, plot.measured[i], plot.calculated[i]});
            apart = std::max(apart, std::abs(plot.calculated[i] - plot.measured[i]));
        }
        const Ticks y = ticks_for(most, 5), difference = ticks_for(apart, 2), x = ticks_for(x1 - x0, 8);
        const Panel curves{{left, top}, {width - left - 10, high}, x0, x1, 0, y.end},
            apart_panel{{left, top + high + gap}, {width - left - 10, low}, x0, x1, -difference.end, difference.end};
        canvas.text({left, 2}, plot.title, {9, true, ink, Align::Left, 0});
        canvas.text({left, 17}, plot.y_title, {7.5, false, muted, Align::Left, 0});
        curves.draw(canvas, x.step, y.step, false);
        apart_panel.draw(canvas, x.step, difference.end, true);
        std::vector<Spot> line, rest;
        for (std::size_t i = 0; i < plot.x.size(); ++i) {
            line.push_back(curves.at(plot.x[i], plot.calculated[i]));
            rest.push_back(apart_panel.at(plot.x[i], plot.calculated[i] - plot.measured[i]));
            const Spot dot = curves.at(plot.x[i], plot.measured[i]);
            canvas.fill({dot.x - 1.2, dot.y - 1.2}, {2.4, 2.4}, fail, 0.8, 1.2);
        }
        canvas.path(line, false, {accent, 1, {}, 1});
        canvas.path(rest, false, {ink, 0.8, {}, 1});
        canvas.text({left + 0.5 * (width - left - 10), top + high + gap + low + 16}, plot.x_title,
                    {8, false, ink, Align::Centre, 0});
    };
    return out;
}

}  // namespace coutard::gui::report
