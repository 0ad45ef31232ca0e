#include "gui/report/slice_drawing.hpp"

#include <cmath>
#include <cstdio>
#include <limits>

#include "gui/report/figures.hpp"

namespace coutard::gui::report {
namespace {

constexpr float unknown_dose = std::numeric_limits<float>::quiet_NaN();
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
        const float dose = picture.dose_Gy.empty() ? unknown_dose : picture.dose_Gy[i];
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

}  // namespace

void draw_slice(Canvas& canvas, Spot at, const SlicePicture& picture, const Scene& scene, double scale) {
    const Extent room{picture.width_mm * scale, picture.height_mm * scale};
    canvas.inside(at, room, [&](Canvas& c) { draw_image_and_lines(c, picture, scene, scale); });
    canvas.inside(
        at, room, [&](Canvas& c) { draw_marks(c, picture, scale); }, false);
}

}  // namespace coutard::gui::report
