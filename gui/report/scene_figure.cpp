#include <algorithm>
#include <cstdio>

#include "gui/report/figures.hpp"
#include "gui/report/plot_axes.hpp"
#include "gui/report/slice_drawing.hpp"

namespace coutard::gui::report {
namespace {

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
            draw_slice(canvas, {at.x, at.y + title}, picture, scene, scale);
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
