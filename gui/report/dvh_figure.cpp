#include <algorithm>
#include <cmath>

#include "gui/report/figures.hpp"
#include "gui/report/plot_axes.hpp"

namespace coutard::gui::report {
namespace {

double highest_dose(const DvhPlot& plot) {
    double most = 1;
    for (const auto& curve : plot.curves)
        if (!curve.dose_Gy.empty()) most = std::max(most, curve.dose_Gy.back());
    for (const auto& mark : plot.marks) most = std::max(most, mark.dose_Gy * 1.03);
    return most;
}

Stroke stroke_of(const DvhCurve& curve) {
    return {curve.colour, curve.target ? 2.0 : 1.4, dash_pattern(curve.dash), 1};
}

void draw_curves(Canvas& canvas, const Axes& axes, const DvhPlot& plot) {
    for (const auto& curve : plot.curves) {
        std::vector<Spot> points;
        for (std::size_t i = 0; i < curve.dose_Gy.size(); ++i)
            points.push_back(axes.at(curve.dose_Gy[i], curve.percent[i]));
        canvas.path(points, false, stroke_of(curve));
    }
}

/// Labels of prescriptions sit above the frame; those too close to the last one are left to the legend's reader.
void draw_marks(Canvas& canvas, const Axes& axes, const DvhPlot& plot) {
    double last = -1e9;
    auto marks = plot.marks;
    std::sort(marks.begin(), marks.end(), [](const auto& a, const auto& b) { return a.dose_Gy > b.dose_Gy; });
    for (const auto& mark : marks) {
        const Spot top = axes.at(mark.dose_Gy, axes.y.end);
        canvas.line(top, axes.at(mark.dose_Gy, 0), {ink, 0.7, {2, 2}, 0.8});
        const TextStyle style{7.5, true, ink, Align::Centre, 0};
        const double half = canvas.measure(mark.label, style).width / 2;
        if (last > -1e8 && top.x + half + 4 > last) continue;
        canvas.text({top.x, top.y - 12}, mark.label, style);
        last = top.x - half;
    }
}

/// One row per name: a curve of another dash with a name already seen shares the row.
std::vector<const DvhCurve*> legend_rows(const DvhPlot& plot) {
    std::vector<const DvhCurve*> rows;
    for (const auto& curve : plot.curves)
        if (std::none_of(rows.begin(), rows.end(), [&](const DvhCurve* r) { return r->name == curve.name; }))
            rows.push_back(&curve);
    return rows;
}

}  // namespace

Ticks ticks_for(double most, int wanted) {
    const double rough = most / wanted, power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double nice : {5.0, 2.0, 1.0})
        if (nice * power >= rough * 0.999) step = nice * power;
    return {std::ceil(most / step - 1e-9) * step, step};
}

std::vector<double> dash_pattern(int dash) {
    if (dash == 1) return {5, 2.5};
    if (dash == 2) return {1.5, 2};
    return {};
}

Figure dvh_figure(const DvhPlot& plot, double width, double wanted_height) {
    constexpr double row_height = 13;
    // Some 30 letters fit into a line of the note.
    const double note_height = plot.note.empty() ? 0 : 10 + 10 * std::ceil(static_cast<double>(plot.note.size()) / 30);
    const double legend_height = 40 + row_height * static_cast<double>(legend_rows(plot).size()) + note_height;
    const double height = std::max(wanted_height, legend_height);
    const auto draw = [plot, width, height](Canvas& canvas) {
        const double legend_width = 138;
        const Axes axes{{30, 24},
                        {width - legend_width - 46, height - 24 - 32},
                        ticks_for(highest_dose(plot), 8),
                        {100, 20},
                        "Dose [Gy]",
                        "Volume [%]"};
        draw_axes(canvas, axes);
        draw_marks(canvas, axes, plot);
        canvas.inside({0, 0}, {axes.corner.x + axes.size.width, height},
                      [&](Canvas& c) { draw_curves(c, axes, plot); });
        double y = axes.corner.y;
        const double left = width - legend_width;
        for (const auto* row : legend_rows(plot)) {
            auto stroke = stroke_of(*row);
            canvas.line({left, y + 5}, {left + 22, y + 5}, stroke);
            canvas.text({left + 28, y}, row->name, {8, row->target, ink, Align::Left, legend_width - 28, false, true});
            y += row_height;
        }
        if (!plot.note.empty()) canvas.text({left, y + 8}, plot.note, {7.5, false, muted, Align::Left, legend_width});
    };
    std::string words = "Dose-volume histograms of";
    for (const auto* row : legend_rows(plot)) words += " " + row->name;
    return {{width, height}, draw, words};
}

}  // namespace coutard::gui::report
