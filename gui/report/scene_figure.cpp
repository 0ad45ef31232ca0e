#include <algorithm>
#include <cmath>
#include <cstdio>

#include "gui/report/figures.hpp"
#include "gui/report/plot_axes.hpp"

namespace coutard::gui::report {
namespace {

constexpr double wash_opacity = 0.42;
constexpr Colour light{0xf2, 0xf4, 0xf7}, dark{0x10, 0x12, 0x16};

std::uint32_t mix(std::uint8_t grey, Colour dose, double opacity) {
    const auto one = [&](std::uint8_t colour) {
        return static_cast<std::uint32_t>(std::lround(grey + opacity * (colour - grey)));
    };
    return one(dose.red) << 16 | one(dose.green) << 8 | one(dose.blue);
}

/// CT greys with the wash from 20 % of the reference on; none where the dose is unknown.
std::vector<std::uint32_t> pixels_of(const SlicePicture& picture, double reference_Gy) {
    std::vector<std::uint32_t> pixels(picture.grey.size());
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        const float dose = picture.dose_Gy[i];
        const double percent = std::isnan(dose) ? 0 : 100 * dose / reference_Gy;
        pixels[i] = mix(picture.grey[i], dose_colour((percent - 20) / 90), percent >= 20 ? wash_opacity : 0);
    }
    return pixels;
}

void draw_outlines(Canvas& canvas, const std::vector<Outline>& lines, double scale, const Stroke& stroke, bool casing) {
    for (const auto& line : lines) {
        std::vector<Spot> points;
        points.reserve(line.points.size());
        for (const auto& p : line.points) points.push_back({p.right * scale, p.down * scale});
        if (casing) canvas.path(points, line.closed, {dark, stroke.width + 1.2, {}, 0.55});
        canvas.path(points, line.closed, stroke);
    }
}

/// White letter with a dark halo, readable on bone and on air.
void draw_letter(Canvas& canvas, Spot centre, char letter) {
    const std::string text(1, letter);
    const TextStyle style{10, true, light, Align::Centre, 0};
    const Extent size = canvas.measure(text, style);
    canvas.fill({centre.x - 7, centre.y - 7}, {14, 14}, dark, 0.55, 3);
    canvas.text({centre.x, centre.y - size.height / 2}, text, style);
}

void draw_scale_bar(Canvas& canvas, Extent size, double scale) {
    const double mm = size.width / scale > 160 ? 50 : 20, length = mm * scale;
    const Spot end{size.width - 12, size.height - 10};
    char text[16];
    std::snprintf(text, sizeof text, "%g cm", mm / 10);
    canvas.fill({end.x - length - 6, end.y - 16}, {length + 12, 22}, dark, 0.55, 3);
    canvas.line({end.x - length, end.y}, {end.x, end.y}, {light, 1.6, {}, 1});
    canvas.line({end.x - length, end.y - 3}, {end.x - length, end.y + 3}, {light, 1.2, {}, 1});
    canvas.line({end.x, end.y - 3}, {end.x, end.y + 3}, {light, 1.2, {}, 1});
    canvas.text({end.x - length / 2, end.y - 14}, text, {7.5, true, light, Align::Centre, 0});
}

void draw_image_and_lines(Canvas& canvas, const SlicePicture& picture, const Scene& scene, double scale) {
    const Extent size{picture.width_mm * scale, picture.height_mm * scale};
    canvas.image({0, 0}, size, pixels_of(picture, scene.reference_Gy), picture.columns, picture.rows);
    for (std::size_t l = 0; l < scene.levels.size(); ++l)
        draw_outlines(canvas, picture.isodoses[l], scale, {scene.levels[l].colour, 0.8, {}, 1}, false);
    for (std::size_t s = 0; s < scene.structures.size(); ++s) {
        const auto& one = scene.structures[s];
        draw_outlines(canvas, picture.structures[s], scale,
                      {one.colour, one.target ? 1.7 : 1.2, dash_pattern(one.dash), 1}, true);
    }
}

void draw_marks(Canvas& canvas, const SlicePicture& picture, double scale) {
    const Extent size{picture.width_mm * scale, picture.height_mm * scale};
    draw_letter(canvas, {11, size.height / 2}, picture.left);
    draw_letter(canvas, {size.width - 11, size.height / 2}, picture.right);
    draw_letter(canvas, {size.width / 2, 11}, picture.top);
    draw_letter(canvas, {size.width / 2, size.height - 11}, picture.bottom);
    draw_scale_bar(canvas, size, scale);
}

/// Levels as a ladder from high to low, then the structures in as many columns as fit.
void draw_legend(Canvas& canvas, const Scene& scene, Extent room) {
    const TextStyle head{8, true, ink, Align::Left, 0}, small{7.5, false, ink, Align::Left, 0};
    char text[96];
    double y = 0;
    canvas.text({0, y}, "Isodoses", head);
    y += 13;
    for (auto level = scene.levels.rbegin(); level != scene.levels.rend(); ++level) {
        canvas.fill({0, y}, {18, 10}, level->colour, wash_opacity, 0);
        canvas.line({0, y + 10}, {18, y + 10}, {level->colour, 1.4, {}, 1});
        std::snprintf(text, sizeof text, "%.1f Gy", level->dose_Gy);
        canvas.text({60, y}, text, {7.5, false, ink, Align::Right, 0});
        std::snprintf(text, sizeof text, "%g %%", level->percent);
        canvas.text({92, y}, text, {7.5, false, muted, Align::Right, 0});
        y += 12;
    }
    std::snprintf(text, sizeof text, "100 %% = %.2f Gy. CT window %g, level %g HU.", scene.reference_Gy,
                  scene.window_width_HU, scene.window_level_HU);
    y += 3;
    y += canvas.text({0, y}, text, {7, false, muted, Align::Left, std::max(room.width, 90.0)}).height + 7;
    canvas.text({0, y}, "Structures", head);
    y += 13;
    const double row = 11.5, top = y;
    const auto rows_fit = std::max<std::size_t>(1, static_cast<std::size_t>(std::max(0.0, room.height - top) / row));
    const auto columns = (scene.structures.size() + rows_fit - 1) / rows_fit;
    const double column_width = room.width / static_cast<double>(std::max<std::size_t>(columns, 1));
    for (std::size_t s = 0; s < scene.structures.size(); ++s) {
        const auto& one = scene.structures[s];
        const double x = static_cast<double>(s / rows_fit) * column_width;
        y = top + static_cast<double>(s % rows_fit) * row;
        canvas.line({x, y + 5}, {x + 16, y + 5}, {one.colour, one.target ? 2.0 : 1.5, dash_pattern(one.dash), 1});
        auto name = small;
        name.width = column_width - 22;
        name.cut = true;
        canvas.text({x + 20, y}, one.name, name);
    }
}

}  // namespace

Figure scene_figure(const Scene& scene, double width, double height_limit) {
    constexpr double gap = 6, title = 13;
    const double across_mm = scene.axial.width_mm + scene.sagittal.width_mm;
    const double high_mm = scene.axial.height_mm + scene.coronal.height_mm;
    const double scale = std::min((width - gap) / across_mm, (height_limit - gap - 2 * title) / high_mm);
    const Extent size{width, high_mm * scale + gap + 2 * title};
    const auto draw = [scene, scale, width](Canvas& canvas) {
        const double left_width = scene.axial.width_mm * scale, top_height = scene.axial.height_mm * scale;
        const auto place = [&](Spot at, const SlicePicture& picture) {
            canvas.text(at, picture.title, {7.5, true, ink, Align::Left, 0});
            const Spot corner{at.x, at.y + title};
            const Extent room{picture.width_mm * scale, picture.height_mm * scale};
            canvas.inside(corner, room, [&](Canvas& c) { draw_image_and_lines(c, picture, scene, scale); });
            canvas.inside(
                corner, room, [&](Canvas& c) { draw_marks(c, picture, scale); }, false);
        };
        place({0, 0}, scene.axial);
        const double second_row = title + top_height + gap;
        place({0, second_row}, scene.coronal);
        place({left_width + gap, second_row}, scene.sagittal);
        const Extent room{width - left_width - gap - 10, title + top_height};
        canvas.inside(
            {left_width + gap + 10, 0}, room, [&](Canvas& c) { draw_legend(c, scene, room); }, false);
    };
    return {size, draw, "Isodoses on CT: axial, coronal and sagittal planes through the target"};
}

}  // namespace coutard::gui::report
