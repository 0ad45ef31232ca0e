#include "gui/report/agreement_figure.hpp"

#include <array>
#include <cmath>
#include <cstdio>

#include "engine/base/error.hpp"
#include "engine/eval/slice_agreement.hpp"
#include "gui/report/figures.hpp"
#include "gui/report/slice_drawing.hpp"

namespace coutard::gui::report {
namespace {

constexpr double margin_mm = 30, gap = 8, title_pt = 14, caption_pt = 14, axial_cosine = 0.999;

struct Panel {
    std::string caption;
    SlicePicture picture;
};

std::string caption_of(const char* word, double dice, double z_mm) {
    char text[64];
    std::snprintf(text, sizeof text, "%s: z = %.1f mm, DSC %.2f", word, z_mm, dice);
    return text;
}

}  // namespace

Figure agreement_figure(const std::string& structure, const Volume<float>& hu, const Mask& reference, const Mask& test,
                        double width) {
    const Grid& grid = reference.grid();
    validate(std::abs(grid.direction().cz.z) > axial_cosine, structure + ": pictures: slices of the image", "tilted",
             "axial");
    const auto slices = slices_by_agreement(reference, test);
    expect(!slices.empty(), "agreement_figure: something is drawn");
    Scene scene;
    scene.structures = {{"reference", organ_colour(0), false, 0}, {"test", target_colour(0), false, 1}};
    const std::vector<SceneMask> masks{{scene.structures[0], &reference}, {scene.structures[1], &test}};
    const SceneBox box = box_around(hu.grid(), masks, margin_mm);
    const std::array<std::pair<const char*, std::size_t>, 3> chosen{
        {{"worst", 0}, {"median", slices.size() / 2}, {"best", slices.size() - 1}}};
    std::vector<Panel> panels;
    for (const auto& [word, at] : chosen) {
        const Vec3 centre = grid.point(0, 0, slices[at].k);
        panels.push_back({caption_of(word, slices[at].dice, centre.z), cut_axial(hu, masks, centre, box)});
    }
    const double scale = (width - 2 * gap) / 3 / panels[0].picture.width_mm;
    const Extent size{width, title_pt + caption_pt + panels[0].picture.height_mm * scale};
    const auto draw = [=](Canvas& canvas) {
        const Extent named = canvas.text({0, 0}, structure, {9, true, ink, Align::Left, 0});
        double x = named.width + 2 * gap;
        for (const auto& line : scene.structures) {
            canvas.line({x, 6}, {x + 22, 6}, {line.colour, 1.6, dash_pattern(line.dash), 1});
            x += 27 + canvas.text({x + 27, 0}, line.name, {8, false, ink, Align::Left, 0}).width + gap;
        }
        for (std::size_t p = 0; p < panels.size(); ++p) {
            const double left = static_cast<double>(p) * (panels[p].picture.width_mm * scale + gap);
            canvas.text({left, title_pt}, panels[p].caption, {7.5, false, ink, Align::Left, 0});
            draw_slice(canvas, {left, title_pt + caption_pt}, panels[p].picture, scene, scale);
        }
    };
    return {size, draw, structure + " of two delineations where they agree worst, half way and best"};
}

}  // namespace coutard::gui::report
