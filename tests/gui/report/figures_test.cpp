#include "gui/report/figures.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/error.hpp"
#include "gui/report/agreement_figure.hpp"
#include "gui/report/curve_figure.hpp"
#include "gui/report/table_layout.hpp"

namespace coutard::gui::report {
namespace {

TEST(Ticks, EndsAreRoundAndHoldTheMost) {
    for (const double most : {0.7, 1.0, 9.9, 42.0, 72.9, 100.0, 531.0}) {
        const auto ticks = ticks_for(most, 8);
        EXPECT_GE(ticks.end, most * 0.999);
        EXPECT_LT(ticks.end, most + ticks.step);
        const double mantissa = ticks.step / std::pow(10, std::floor(std::log10(ticks.step) + 1e-9));
        EXPECT_TRUE(std::abs(mantissa - 1) < 1e-6 || std::abs(mantissa - 2) < 1e-6 || std::abs(mantissa - 5) < 1e-6)
            << mantissa;
        EXPECT_GE(ticks.end / ticks.step, 3.9);
        EXPECT_LE(ticks.end / ticks.step, 9.1);
    }
}

/// Hottest in the patient's left, anterior, head corner; the CT bright in the same place.
struct Marked {
    Grid grid{{41, 41, 41}, {-40, -40, -40}, {2, 2, 2}};
    Volume<float> hu{grid, -1000}, dose{grid, 1};
    Mask spot{grid};
    Marked() {
        for (int k = 28; k < 34; ++k)
            for (int j = 6; j < 12; ++j)
                for (int i = 26; i < 32; ++i) {
                    hu.at(i, j, k) = 1000;
                    dose.at(i, j, k) = 60;
                    spot.at(i, j, k) = 255;
                }
    }
};

struct Found {
    double right, down;  // part of the picture
};
Found brightest(const SlicePicture& picture) {
    double x = 0, y = 0, n = 0;
    for (int r = 0; r < picture.rows; ++r)
        for (int c = 0; c < picture.columns; ++c)
            if (picture.grey[static_cast<std::size_t>(r * picture.columns + c)] > 200) x += c, y += r, n += 1;
    return {x / n / picture.columns, y / n / picture.rows};
}

TEST(AgreementFigure, DrawsBothDelineationsAndSaysWhereTheyAgree) {
    const Marked m;
    Mask test(m.grid);
    for (int k = 28; k < 32; ++k)  // half of each slice, and two slices not at all
        for (int j = 6; j < 12; ++j)
            for (int i = 26; i < 29; ++i) test.at(i, j, k) = 255;
    const auto figure = agreement_figure("Spot", m.hu, m.spot, test, 600);
    EXPECT_NE(figure.alternative.find("Spot"), std::string::npos);
    EXPECT_GT(figure.size.height, 100);
    const auto both = png_of(figure, 1);
    EXPECT_NE(both, png_of(agreement_figure("Spot", m.hu, m.spot, m.spot, 600), 1));
    EXPECT_NE(both, png_of(agreement_figure("Spot", m.hu, test, m.spot, 600), 1));
    Grid coronal({41, 41, 41}, {-40, -40, -40}, {2, 2, 2}, Mat3{{1, 0, 0}, {0, 0, -1}, {0, 1, 0}});
    EXPECT_THROW(agreement_figure("Spot", Volume<float>(coronal), Mask(coronal, 255), Mask(coronal), 600), InputError);
    EXPECT_THROW(agreement_figure("Spot", m.hu, Mask(m.grid), Mask(m.grid), 600), ContractError);
}

TEST(SlicePicture, LettersAreWhereTheyBelong) {
    const Marked m;
    const Vec3 centre{18, -23, 21};
    const auto scene = cut_scene(m.hu, m.dose, {{{"spot", target_colour(0), true, 0}, &m.spot}}, centre,
                                 box_around(m.grid, {}, 0), 60);
    const auto axial = brightest(scene.axial), coronal = brightest(scene.coronal), sagittal = brightest(scene.sagittal);
    EXPECT_GT(axial.right, 0.6);  // left of the patient is on the right of the picture
    EXPECT_LT(axial.down, 0.4);   // anterior is up
    EXPECT_EQ(scene.axial.right, 'L');
    EXPECT_EQ(scene.axial.top, 'A');
    EXPECT_GT(coronal.right, 0.6);
    EXPECT_LT(coronal.down, 0.4);  // head is up
    EXPECT_EQ(scene.coronal.right, 'L');
    EXPECT_EQ(scene.coronal.top, 'H');
    EXPECT_LT(sagittal.right, 0.4);  // anterior is on the left
    EXPECT_LT(sagittal.down, 0.4);
    EXPECT_EQ(scene.sagittal.left, 'A');
    EXPECT_EQ(scene.sagittal.top, 'H');
    ASSERT_EQ(scene.axial.structures.size(), 1u);
    ASSERT_EQ(scene.axial.structures[0].size(), 1u);
    for (const auto& p : scene.axial.structures[0][0].points) {
        EXPECT_NEAR(p.right - 41 - 17, 0, 6.1);  // the box runs from -41 mm
        EXPECT_NEAR(p.down - 41 + 23, 0, 6.1);
    }
    EXPECT_EQ(scene.axial.title, "Axial, z = 21.0 mm");
    EXPECT_EQ(scene.coronal.title, "Coronal, y = −23.0 mm");
}

TEST(SlicePicture, ObliqueAndProneGridsShowTheSamePatient) {
    const Marked m;
    const Mat3 turned{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}};
    Volume<float> prone(Grid({41, 41, 41}, {40, 40, -40}, {2, 2, 2}, turned), -1000);
    for (int k = 0; k < 41; ++k)
        for (int j = 0; j < 41; ++j)
            for (int i = 0; i < 41; ++i) prone.at(i, j, k) = m.hu.at(40 - i, 40 - j, k);
    const Vec3 centre{18, -23, 21};
    const auto a = cut_scene(m.hu, m.dose, {}, centre, box_around(m.grid, {}, 0), 60);
    const auto b = cut_scene(prone, m.dose, {}, centre, box_around(prone.grid(), {}, 0), 60);
    EXPECT_NEAR(brightest(a.axial).right, brightest(b.axial).right, 1e-3);
    EXPECT_NEAR(brightest(a.axial).down, brightest(b.axial).down, 1e-3);
}

TEST(SlicePicture, TheBoxHoldsTheStructureWithItsMarginInsideTheCt) {
    const Marked m;
    const auto box = box_around(m.grid, {{{"spot", target_colour(0), true, 0}, &m.spot}}, 10);
    EXPECT_NEAR(box.low_mm.x, 12 - 10, 1e-9);
    EXPECT_NEAR(box.high_mm.x, 22 + 10, 1e-9);
    EXPECT_NEAR(box.low_mm.y, -28 - 10, 1e-9);
    const auto wide = box_around(m.grid, {{{"spot", target_colour(0), true, 0}, &m.spot}}, 1000);
    EXPECT_NEAR(wide.low_mm.x, -41, 1e-9);
    EXPECT_NEAR(wide.high_mm.z, 41, 1e-9);
}

TEST(SlicePicture, BeyondTheDoseGridNothingIsKnown) {
    const Marked m;
    const Volume<float> dose(Grid({11, 11, 11}, {-10, -10, -10}, {2, 2, 2}), 60);  // 60 Gy to its very edge
    const auto scene = cut_scene(m.hu, dose, {}, {0, 0, 0}, box_around(m.grid, {}, 0), 60);
    for (const auto* picture : {&scene.axial, &scene.coronal, &scene.sagittal}) {
        EXPECT_TRUE(std::isnan(picture->dose_Gy.front()));
        EXPECT_FALSE(
            std::isnan(picture->dose_Gy[picture->dose_Gy.size() / 2 + static_cast<std::size_t>(picture->columns) / 2]));
        for (const float d : picture->dose_Gy) EXPECT_TRUE(std::isnan(d) || std::abs(d - 60) < 0.01F) << d;
        for (const auto& lines : picture->isodoses) EXPECT_TRUE(lines.empty());  // none along the edge of the grid
    }
}

std::size_t times(const std::string& text, const std::string& what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++n;
    return n;
}

TEST(Figures, ShowTheirCurvesAsSvgAndPng) {
    DvhPlot plot;
    plot.curves = {{"PTV", target_colour(0), true, 0, {0, 60, 66}, {100, 98, 0}}};
    plot.marks = {{60, "60 Gy"}};
    const auto figure = dvh_figure(plot, 400);
    const auto svg = svg_of(figure), png = png_of(figure, 1);
    EXPECT_NE(svg.find("</svg>"), std::string::npos);
    EXPECT_EQ(times(svg, "rgb(89.4"), 2u) << "the curve and its line in the legend, in the colour e4007c";
    EXPECT_EQ(png.substr(1, 3), "PNG");
    EXPECT_NE(figure.alternative.find("PTV"), std::string::npos);
    EXPECT_GE(figure.size.height, dvh_figure(plot, 400, 0).size.height);
    // Every part of the plot changes the drawing.
    const auto differs = [&](auto change) {
        DvhPlot other = plot;
        change(other);
        const auto drawn = dvh_figure(other, 400);
        return svg_of(drawn) != svg && png_of(drawn, 1) != png;
    };
    EXPECT_TRUE(differs([](DvhPlot& p) { p.curves.clear(); }));
    EXPECT_TRUE(differs([](DvhPlot& p) { p.marks.clear(); }));
    EXPECT_TRUE(differs([](DvhPlot& p) { p.curves[0].percent[1] = 40; }));
    EXPECT_TRUE(differs([](DvhPlot& p) { p.curves[0].dash = 1; }));
    EXPECT_TRUE(differs([](DvhPlot& p) { p.note = "something"; }));
}

TEST(Figures, SceneShowsImageDoseAndOutlines) {
    const Marked m;
    const auto scene = [&](const Volume<float>& hu, const Volume<float>& dose, const std::vector<SceneMask>& masks) {
        return png_of(scene_figure(cut_scene(hu, dose, masks, {18, -23, 21}, box_around(m.grid, {}, 0), 60), 300, 300),
                      1);
    };
    const std::vector<SceneMask> spot{{{"spot", target_colour(0), true, 0}, &m.spot}};
    const std::string all = scene(m.hu, m.dose, spot);
    EXPECT_NE(all, scene(Volume<float>(m.grid, -1000), m.dose, spot));
    EXPECT_NE(all, scene(m.hu, Volume<float>(m.grid, 1), spot));
    EXPECT_NE(all, scene(m.hu, m.dose, {}));
}

TEST(DoseColour, GoesFromBlueToRed) {
    EXPECT_GT(dose_colour(0).blue, dose_colour(0).red);
    EXPECT_GT(dose_colour(1).red, dose_colour(1).blue);
    EXPECT_EQ(dose_colour(-5), dose_colour(0));
    EXPECT_EQ(dose_colour(7), dose_colour(1));
}

std::size_t count_of(const std::string& text, const std::string& what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++n;
    return n;
}

TEST(CurveFigure, DrawsReferenceLimitsAndMarks) {
    CurvePlot plot;
    plot.series.push_back({"calculated", accent, {0.5, 1.5, 2.5}, {80, 101, 90}, {81, 100, 90}, {}});
    const std::string bare = svg_of(curve_figure(plot, 400));
    EXPECT_EQ(count_of(bare, "stroke-dasharray"), 0U);
    plot.limits = {{1, 2, 2}, {2, 2.5, 3}};
    EXPECT_EQ(count_of(svg_of(curve_figure(plot, 400)), "stroke-dasharray"), 4U);  // above and below zero
    plot.marks = {{2, "bone"}};
    EXPECT_EQ(count_of(svg_of(curve_figure(plot, 400)), "stroke-dasharray"), 6U);  // across both panels
    plot.series[0].sigma = {1, 1, 1};
    const std::string banded = svg_of(curve_figure(plot, 400));
    EXPECT_GT(banded.size(), bare.size());
    // a second calculation beside the same reference draws no second set of dots
    plot.series.push_back(plot.series[0]);
    const std::size_t apart = svg_of(curve_figure(plot, 400)).size();
    plot.same_reference = true;
    EXPECT_LT(svg_of(curve_figure(plot, 400)).size(), apart);
}

}  // namespace
}  // namespace coutard::gui::report
