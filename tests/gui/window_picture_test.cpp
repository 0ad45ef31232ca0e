// What the window shows, read back from the pixels of the screen.
#include <QLabel>

#include "gui/widgets/dvh_plot.hpp"
#include "tests/gui/window_fixture.hpp"

namespace coutard::test {
namespace {

using gui::Colour;
using gui::Plane;

class WindowPicture : public WindowTest {
  protected:
    void wash_off() const {
        gui::DoseDisplay display = review().dose_display();
        display.wash = display.lines = false;
        review().set_dose_display(display);
    }
};

TEST_F(WindowPicture, PatientsLeftIsOnTheRightOfAxialAndCoronalViews) {
    wash_off();
    review().set_all_visible(false);
    review().move_cursor(phantom.marker.centre);
    review().move_cursor(phantom.marker.centre + Vec3{-25, 20, 0});  // the crosshair out of the way, same axial slice
    const Vec3 left = phantom.marker.centre, right{-left.x, left.y, left.z};
    EXPECT_GT(view(Plane::Axial)->pixel_of(left).x(), view(Plane::Axial)->width() / 2);
    EXPECT_LT(view(Plane::Axial)->pixel_of(left).y(), view(Plane::Axial)->height() / 2);  // in front: above
    const QImage image = shot("orientation");
    const QRgb bone = qRgb(255, 255, 255);
    EXPECT_LE(away(image.pixel(on_window(Plane::Axial, left)), bone), 3);
    EXPECT_GE(away(image.pixel(on_window(Plane::Axial, right)), bone), 60);
    EXPECT_GE(away(image.pixel(on_window(Plane::Axial, {left.x, -left.y, left.z})), bone), 60);
    review().move_cursor(phantom.marker.centre + Vec3{20, 0, 22});
    const QImage coronal = shot();
    EXPECT_LE(away(coronal.pixel(on_window(Plane::Coronal, left)), bone), 3);
    EXPECT_GE(away(coronal.pixel(on_window(Plane::Coronal, right)), bone), 60);
    EXPECT_GE(away(coronal.pixel(on_window(Plane::Coronal, {left.x, left.y, -left.z})), bone), 60);  // below: below
}

TEST_F(WindowPicture, MillimetresAreSquare) {
    for (const Plane plane : gui::all_planes) {
        const gui::PlaneFrame f = gui::frame_of(plane);
        const Vec3 c = review().cursor_mm();
        Vec3 along = c, up = c;
        along[f.u_axis] += 10;
        up[f.v_axis] += 10;
        const QPointF o = view(plane)->pixel_of(c), a = view(plane)->pixel_of(along), b = view(plane)->pixel_of(up);
        EXPECT_NEAR(std::abs(a.x() - o.x()), std::abs(b.y() - o.y()), 1e-9);
    }
    // And on the screen: the marker is as wide as it is high in the axial picture.
    wash_off();
    review().set_all_visible(false);
    review().move_cursor(phantom.marker.centre + Vec3{-40, 40, 0});
    const QImage image = shot();
    const QPoint middle = on_window(Plane::Axial, phantom.marker.centre);
    const auto bright = [&](int dx, int dy) { return qGray(image.pixel(middle.x() + dx, middle.y() + dy)) > 170; };
    int width = 0, height = 0;
    for (int d = -40; d <= 40; ++d) {
        width += bright(d, 0);
        height += bright(0, d);
    }
    const double truth = 2 * phantom.marker.radii.x / view(Plane::Axial)->camera().mm_per_px;
    EXPECT_NEAR(width, height, 3);
    EXPECT_NEAR(width, truth, 4);
}

TEST_F(WindowPicture, ContoursLieOnTheirStructures) {
    wash_off();
    for (const Blob& blob : {phantom.target, phantom.gland, phantom.marker}) {
        // The cursor beside the structure's edges but in the same slices as its centre.
        review().move_cursor(blob.centre);
        const QImage image = shot();
        for (const Plane plane : gui::all_planes) {
            const gui::PlaneFrame f = gui::frame_of(plane);
            for (const int axis : {f.u_axis, f.v_axis})
                for (const double side : {-1.0, 1.0}) {
                    // A point of the outline some way from the crosshair.
                    Vec3 edge = blob.centre;
                    const int other = axis == f.u_axis ? f.v_axis : f.u_axis;
                    edge[axis] += side * 0.8 * blob.radii[axis];
                    edge[other] += 0.6 * blob.radii[other];
                    EXPECT_LE(least_away(image, on_window(plane, edge), rgb(blob.colour), 3), 70)
                        << blob.name << " " << gui::name_of(plane) << " axis " << axis << " side " << side;
                    // And none inside: half way to the centre.
                    const Vec3 inside = blob.centre + (edge - blob.centre) * 0.5;
                    EXPECT_GE(least_away(image, on_window(plane, inside), rgb(blob.colour), 2), 40)
                        << blob.name << " " << gui::name_of(plane);
                }
        }
    }
}

TEST_F(WindowPicture, WashAndIsodosesShowTheDose) {
    shot("contours_wash_dvh");
    gui::DoseDisplay display = review().dose_display();
    display.opacity = 1;
    display.lines = false;
    review().set_dose_display(display);
    review().set_all_visible(false);
    QImage image = shot();
    for (const Vec3 offset : {Vec3{15, 8, 0}, Vec3{-35, 20, 0}, Vec3{40, -30, 0}, Vec3{-70, 30, 0}}) {
        const Vec3 p = phantom.target.centre + offset;
        const Colour truth = gui::wash_colour(display, *review().reading(p).dose_Gy);
        EXPECT_LE(away(image.pixel(on_window(Plane::Axial, p)), rgb(truth)), 10) << offset.x;
    }
    // Lines alone: 50 % runs where the dose is 35 Gy; dose = 73.5 (70 / 73.5)^q with q quadratic in the distance.
    display.wash = false;
    display.lines = true;
    display.levels = gui::levels_at({80});
    display.levels[0].colour = {0, 255, 0};
    review().set_dose_display(display);
    image = shot();
    const double q = std::log(56 / 73.5) / std::log(70 / 73.5), dz = 13.5 - phantom.target.centre.z;
    const double reach = std::sqrt(q - dz * dz / 900);
    for (const double angle : {0.3, 2.0, 3.6, 5.2}) {
        const Vec3 p = phantom.target.centre + Vec3{reach * 26 * std::cos(angle), reach * 22 * std::sin(angle), 0};
        EXPECT_LE(least_away(image, on_window(Plane::Axial, p), qRgb(0, 255, 0), 3), 90) << angle;
        EXPECT_GE(least_away(image, on_window(Plane::Axial, phantom.target.centre + (p - phantom.target.centre) * 0.8),
                             qRgb(0, 255, 0), 3),
                  120)
            << angle;
    }
}

TEST_F(WindowPicture, DvhShowsItsCurves) {
    const auto* plot = dynamic_cast<gui::DvhPlot*>(find<QWidget>("Dvh"));
    ASSERT_NE(plot, nullptr);
    ASSERT_EQ(plot->curves().size(), 6U);
    const QImage image = shot();
    for (const auto& curve : plot->curves())
        for (const double percent : {30.0, 70.0}) {
            double dose = 0;
            while (curve.percent_at(dose) > percent) dose += 0.02;
            const QPoint at = plot->mapTo(window.get(), plot->pixel_of(dose, percent).toPoint());
            EXPECT_LE(least_away(image, at, rgb(curve.colour), 2), 60) << curve.name << " " << percent;
        }
}

TEST_F(WindowPicture, SurfacesStandInTheThreeDimensionalView) {
    auto* surfaces = find<QWidget>("Surfaces");
    const auto pixels_like = [&](const QImage& image, const Colour& c) {
        const QRect area(surfaces->mapTo(window.get(), QPoint(0, 0)), surfaces->size());
        int count = 0;
        for (int y = area.top(); y < area.bottom(); y += 2)
            for (int x = area.left(); x < area.right(); x += 2) {
                const QColor p(image.pixel(x, y));
                const QColor wanted(rgb(c));
                count += p.saturation() > 80 && std::abs(p.hsvHue() - wanted.hsvHue()) < 12;
            }
        return count;
    };
    const QImage image = shot("surfaces");
    EXPECT_GT(pixels_like(image, phantom.gland.colour), 100);
    review().set_visible(2, false);
    EXPECT_LT(pixels_like(shot(), phantom.gland.colour), 20);
    review().set_visible(2, true);
    const QImage before = shot();
    QTest::mousePress(surfaces, Qt::LeftButton, {}, {200, 200});
    QTest::mouseMove(surfaces, {300, 200});
    QTest::mouseRelease(surfaces, Qt::LeftButton, {}, {300, 200});
    EXPECT_NE(shot("surfaces_turned"), before);
}

TEST_F(WindowPicture, SaysWhoItIsAndThatItIsNoMedicalDevice) {
    EXPECT_EQ(find<QLabel>("PatientName")->text(), "PHANTOM, Lopsided");
    auto* words = find<QLabel>("Disclaimer");
    EXPECT_TRUE(words->text().contains("Not a medical device"));
    EXPECT_TRUE(words->isVisible());
    EXPECT_GE(words->width(), words->sizeHint().width());  // not clipped
    const QString reading = find<QLabel>("Reading")->text();
    EXPECT_TRUE(reading.contains("HU"));
    EXPECT_TRUE(reading.contains("73.4") || reading.contains("73.5")) << reading.toStdString();
    EXPECT_TRUE(reading.contains("PTV_7000"));
}

}  // namespace
}  // namespace coutard::test
