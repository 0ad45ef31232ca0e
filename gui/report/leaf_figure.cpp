#include "gui/report/leaf_figure.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/plan/motion.hpp"

namespace coutard::gui::report {
namespace {

constexpr int apertures = 6;
constexpr double gap = 8, head = 14;

/// What is drawn of a beam [mm]: all that its jaws ever open, with a rim.
struct Window {
    double x1 = 1e9, x2 = -1e9, y1 = 1e9, y2 = -1e9;
};

Window window_of(const Beam& beam) {
    Window w;
    for (const auto& p : beam.control_points) {
        w.x1 = std::min(w.x1, p.jaws.x1);
        w.x2 = std::max(w.x2, p.jaws.x2);
        w.y1 = std::min(w.y1, p.jaws.y1);
        w.y2 = std::max(w.y2, p.jaws.y2);
    }
    constexpr double rim = 12;
    return {w.x1 - rim, w.x2 + rim, w.y1 - rim, w.y2 + rim};
}

bool open(const Beam& beam, const ControlPoint& p, double x, double y) {
    if (x < p.jaws.x1 || x > p.jaws.x2 || y < p.jaws.y1 || y > p.jaws.y2) return false;
    if (p.leaves_x1.empty()) return true;
    const auto edge = std::upper_bound(beam.leaf_edges_mm.begin(), beam.leaf_edges_mm.end(), y);
    if (edge == beam.leaf_edges_mm.begin() || edge == beam.leaf_edges_mm.end()) return false;
    const auto pair = static_cast<std::size_t>(edge - beam.leaf_edges_mm.begin()) - 1;
    return x > p.leaves_x1[pair] && x < p.leaves_x2[pair];
}

void draw_aperture(Canvas& canvas, const Beam& beam, const ControlPoint& p, const Window& w, double scale) {
    const auto at = [&](double x, double y) { return Spot{(x - w.x1) * scale, (w.y2 - y) * scale}; };
    const Extent all{(w.x2 - w.x1) * scale, (w.y2 - w.y1) * scale};
    canvas.inside({0, 0}, all, [&](Canvas& in) {
        in.fill({0, 0}, all, shade);
        in.fill(at(p.jaws.x1, p.jaws.y2), {(p.jaws.x2 - p.jaws.x1) * scale, (p.jaws.y2 - p.jaws.y1) * scale},
                dose_colour(0.75), 0.5);
        for (std::size_t l = 0; l < p.leaves_x1.size(); ++l) {
            const double low = beam.leaf_edges_mm[l], high = beam.leaf_edges_mm[l + 1], tall = (high - low) * scale;
            in.fill(at(w.x1, high), {std::max(0.0, p.leaves_x1[l] - w.x1) * scale, tall}, muted, 0.75);
            in.fill(at(p.leaves_x2[l], high), {std::max(0.0, w.x2 - p.leaves_x2[l]) * scale, tall}, muted, 0.75);
            in.line(at(w.x1, low), at(p.leaves_x1[l], low), {paper, 0.3, {}, 1});
            in.line(at(p.leaves_x2[l], low), at(w.x2, low), {paper, 0.3, {}, 1});
        }
        const std::vector<Spot> jaws{at(p.jaws.x1, p.jaws.y1), at(p.jaws.x2, p.jaws.y1), at(p.jaws.x2, p.jaws.y2),
                                     at(p.jaws.x1, p.jaws.y2)};
        in.path(jaws, true, {ink, 0.8, {}, 1});
        in.line(at(0, -5), at(0, 5), {ink, 0.5, {}, 1});
        in.line(at(-5, 0), at(5, 0), {ink, 0.5, {}, 1});
    });
}

/// For what part of the monitor units each point is open, 1 mm apart.
void draw_open_time(Canvas& canvas, const Beam& beam, const Window& w, double scale) {
    const int columns = static_cast<int>(std::ceil(w.x2 - w.x1)), rows = static_cast<int>(std::ceil(w.y2 - w.y1));
    constexpr int moments = 120;
    std::vector<int> count(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows), 0);
    for (int m = 0; m < moments; ++m) {
        const ControlPoint p = state_at(beam, (m + 0.5) / moments);
        for (int r = 0; r < rows; ++r)
            for (int c = 0; c < columns; ++c)
                if (open(beam, p, w.x1 + c + 0.5, w.y2 - r - 0.5))
                    ++count[static_cast<std::size_t>(r) * static_cast<std::size_t>(columns) +
                            static_cast<std::size_t>(c)];
    }
    const int most = std::max(1, *std::max_element(count.begin(), count.end()));
    std::vector<std::uint32_t> pixels;
    for (const int n : count) {
        const Colour c = n == 0 ? shade : dose_colour(static_cast<double>(n) / most);
        pixels.push_back(static_cast<std::uint32_t>(c.red) << 16 | static_cast<std::uint32_t>(c.green) << 8 | c.blue);
    }
    canvas.image({0, 0}, {(w.x2 - w.x1) * scale, (w.y2 - w.y1) * scale}, pixels, columns, rows);
}

std::string title_of(const Beam& beam) {
    char text[200];
    std::snprintf(text, sizeof text, "Beam %d %s: %g MV%s, gantry %g deg, %g MU, %zu control points", beam.number,
                  beam.name.c_str(), beam.energy_MV, beam.flattening_filter ? "" : " FFF",
                  beam.control_points.empty() ? 0 : beam.control_points.front().gantry_deg, beam.monitor_units,
                  beam.control_points.size());
    return text;
}

}  // namespace

Figure leaf_figure(const Plan& plan, double width) {
    const double cell = (width - gap * apertures) / (apertures + 1);
    struct Row {
        Window window;
        double top, scale;
    };
    std::vector<Row> rows;
    double top = 0;
    for (const auto& beam : plan.beams) {
        const Window w = window_of(beam);
        const double scale = cell / std::max(w.x2 - w.x1, w.y2 - w.y1);
        rows.push_back({w, top, scale});
        top += 2 * head + (w.y2 - w.y1) * scale + gap;
    }
    const auto draw = [plan, rows, cell](Canvas& canvas) {
        for (std::size_t b = 0; b < plan.beams.size(); ++b) {
            const Beam& beam = plan.beams[b];
            const Row& row = rows[b];
            canvas.text({0, row.top}, title_of(beam), {.size = 8.5, .bold = true});
            for (int a = 0; a <= apertures; ++a) {
                const double left = a * (cell + gap), part = static_cast<double>(a) / (apertures - 1);
                char text[40] = "open, part of the MU";
                if (a < apertures) std::snprintf(text, sizeof text, "at %.0f %% of the MU", 100 * part);
                canvas.text({left, row.top + head}, text, {.size = 7, .colour = muted});
                canvas.inside(
                    {left, row.top + 2 * head}, {cell, cell},
                    [&](Canvas& in) {
                        if (a < apertures)
                            draw_aperture(in, beam, state_at(beam, part), row.window, row.scale);
                        else
                            draw_open_time(in, beam, row.window, row.scale);
                    },
                    false);
            }
        }
    };
    return {{width, top}, draw, "Apertures of each beam along its monitor units, and for what part each point is open"};
}

}  // namespace coutard::gui::report
