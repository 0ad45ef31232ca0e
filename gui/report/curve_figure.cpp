#include "gui/report/curve_figure.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "gui/report/figures.hpp"

namespace coutard::gui::report {
namespace {

constexpr double left = 44, right = 12, top = 50, high = 170, gap = 22, low = 70, bottom = 34, dot_radius = 1.3;
const TextStyle small{7.5, false, muted, Align::Left, 0};

std::string short_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", std::abs(value) < 1e-9 ? 0 : value);
    return text;
}

TextStyle aligned(Align align) {
    TextStyle out = small;
    out.align = align;
    return out;
}

/// A frame whose axes may begin below zero.
struct Panel {
    Spot corner;
    Extent size;
    double x0, x1, y0, y1;

    double under() const { return corner.y + size.height; }
    Spot at(double x, double y) const {
        return {corner.x + (std::clamp(x, x0, x1) - x0) / (x1 - x0) * size.width,
                corner.y + size.height * (1 - (std::clamp(y, y0, y1) - y0) / (y1 - y0))};
    }
    void draw(Canvas& canvas, double x_step, double y_step, bool x_labels) const {
        const double half_digit = 0.5 * canvas.measure("0", small).height;
        for (double x = std::ceil(x0 / x_step - 1e-9) * x_step; x <= x1 + 1e-9 * x_step; x += x_step) {
            canvas.line({at(x, y0).x, corner.y}, {at(x, y0).x, under()}, {faint, 0.4, {}, 1});
            if (x_labels) canvas.text({at(x, y0).x, under() + 4}, short_text(x), aligned(Align::Centre));
        }
        for (double y = std::ceil(y0 / y_step - 1e-9) * y_step; y <= y1 + 1e-9 * y_step; y += y_step) {
            canvas.line({corner.x, at(x0, y).y}, {corner.x + size.width, at(x0, y).y}, {faint, 0.4, {}, 1});
            canvas.text({corner.x - 5, at(x0, y).y - half_digit}, short_text(y), aligned(Align::Right));
        }
        canvas.path({corner, {corner.x, under()}, {corner.x + size.width, under()}}, false, {muted, 0.8, {}, 1});
    }
};

/// What the axes must hold.
struct Reach {
    double x0, x1, most = 0, difference;
};
Reach reach_of(const CurvePlot& plot) {
    Reach out{plot.series.front().x.front(), plot.series.front().x.back(), 0, plot.most_difference};
    for (const CurveSeries& s : plot.series) {
        out.x0 = std::min(out.x0, s.x.front());
        out.x1 = std::max({out.x1, s.x.back(), out.x0 + 1e-6});
        for (std::size_t i = 0; i < s.x.size(); ++i) {
            out.most = std::max({out.most, s.reference[i], s.calculated[i]});
            out.difference = std::max(out.difference, std::abs(s.calculated[i] - s.reference[i]));
        }
    }
    if (out.x0 > 0 && out.x0 < 0.05 * out.x1) out.x0 = 0;  // a depth axis begins at the surface
    return out;
}

/// Shades one standard deviation of the reference around zero, from halfway to halfway between places.
void draw_band(Canvas& canvas, const Panel& panel, const CurveSeries& s) {
    for (std::size_t i = 0; i < s.sigma.size(); ++i) {
        const double from = i > 0 ? 0.5 * (s.x[i - 1] + s.x[i]) : s.x[i],
                     to = i + 1 < s.x.size() ? 0.5 * (s.x[i] + s.x[i + 1]) : s.x[i];
        const Spot a = panel.at(from, s.sigma[i]), b = panel.at(to, -s.sigma[i]);
        canvas.fill(a, {b.x - a.x, b.y - a.y}, faint, 0.8);
    }
}

void draw_reference(Canvas& canvas, const Panel& panel, const CurveSeries& s, Colour colour) {
    for (std::size_t i = 0; i < s.x.size(); ++i) {
        const Spot dot = panel.at(s.x[i], s.reference[i]);
        if (!s.sigma.empty()) {
            const Spot upper = panel.at(s.x[i], s.reference[i] + 2 * s.sigma[i]),
                       lower = panel.at(s.x[i], s.reference[i] - 2 * s.sigma[i]);
            if (lower.y - upper.y > 2 * dot_radius) canvas.line(upper, lower, {colour, 0.6, {}, 0.7});  // else hidden
        }
        canvas.fill({dot.x - dot_radius, dot.y - dot_radius}, {2 * dot_radius, 2 * dot_radius}, colour, 0.8,
                    dot_radius);
    }
}

void draw_marks(Canvas& canvas, const CurvePlot& plot, const Panel& curves, const Panel& apart) {
    for (const CurveMark& m : plot.marks) {
        for (const Panel* p : {&curves, &apart})
            canvas.line({p->at(m.at, 0).x, p->corner.y}, {p->at(m.at, 0).x, p->under()}, {muted, 0.6, {1.5, 2}, 1});
        canvas.text({curves.at(m.at, 0).x + 3, curves.under() - 13}, m.text, small);
    }
}

/// Dot and lines with their names, in one row over the curves.
void draw_legend(Canvas& canvas, const CurvePlot& plot, double width) {
    double x = left;
    const double y = top - 17;
    const auto entry = [&](const std::string& name, auto&& sign) {
        const double wide = 20 + canvas.measure(name, small).width + 12;
        if (x + wide > width) return;
        sign();
        canvas.text({x + 20, y}, name, small);
        x += wide;
    };
    const Colour dots = plot.same_reference || plot.series.size() == 1 ? fail : ink;
    entry(plot.reference_name, [&] {
        canvas.fill({x + 6, y + 4}, {2 * dot_radius, 2 * dot_radius}, dots, 0.8, dot_radius);
    });
    for (const CurveSeries& s : plot.series)
        entry(s.name, [&] { canvas.line({x, y + 5.3}, {x + 15, y + 5.3}, {s.colour, 1.2, {}, 1}); });
}

}  // namespace

Figure curve_figure(const CurvePlot& plot, double width) {
    Figure out;
    out.size = {width, top + high + gap + low + bottom};
    out.alternative = plot.title;
    out.draw = [plot, width](Canvas& canvas) {
        const Reach reach = reach_of(plot);
        // a curve a little above 100 shall not make the axis end at 150
        const double ceiling = 1.04 * reach.most;
        const Ticks y = ticks_for(0.98 * reach.most, 5), apart = ticks_for(reach.difference, 2),
                    x = ticks_for(reach.x1 - reach.x0, 8);
        const double inner = width - left - right;
        const Panel curves{{left, top}, {inner, high}, reach.x0, reach.x1, 0, ceiling},
            below{{left, top + high + gap}, {inner, low}, reach.x0, reach.x1, -apart.end, apart.end};
        canvas.text({left, 2}, plot.title, {9, true, ink, Align::Left, 0});
        canvas.text({left, 17}, plot.y_title, small);
        draw_legend(canvas, plot, width);
        canvas.text({left, below.corner.y - 12}, "calculated less " + plot.reference_name + ", in the same unit",
                    small);
        if (plot.same_reference || plot.series.size() == 1) draw_band(canvas, below, plot.series.front());
        curves.draw(canvas, x.step, y.step, false);
        below.draw(canvas, x.step, apart.step, true);
        draw_marks(canvas, plot, curves, below);
        for (const CurveLimit& limit : plot.limits)
            for (double sign : {-1.0, 1.0})
                canvas.line(below.at(limit.from, sign * limit.most), below.at(limit.to, sign * limit.most),
                            {fail, 0.7, {4, 2}, 1});
        for (std::size_t c = 0; c < plot.series.size(); ++c) {
            const CurveSeries& s = plot.series[c];
            const bool alone = plot.same_reference || plot.series.size() == 1;
            if (c == 0 || !plot.same_reference) draw_reference(canvas, curves, s, alone ? fail : s.colour);
            std::vector<Spot> line, rest;
            for (std::size_t i = 0; i < s.x.size(); ++i) {
                line.push_back(curves.at(s.x[i], s.calculated[i]));
                rest.push_back(below.at(s.x[i], s.calculated[i] - s.reference[i]));
            }
            canvas.path(line, false, {s.colour, 1, {}, 1});
            canvas.path(rest, false, {s.colour, 0.9, {}, 1});
        }
        canvas.text({left + 0.5 * inner, below.under() + 17}, plot.x_title, {8, false, ink, Align::Centre, 0});
    };
    return out;
}

}  // namespace coutard::gui::report
