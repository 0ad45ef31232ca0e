#pragma once
#include <gtest/gtest.h>

#include <QApplication>
#include <QImage>
#include <QScreen>
#include <QTest>
#include <filesystem>
#include <memory>

#include "gui/app/main_window.hpp"
#include "gui/scene/surface_scene.hpp"
#include "gui/widgets/slice_view.hpp"
#include "tests/gui/lopsided_phantom.hpp"
#include "tests/gui/needed.hpp"

namespace coutard::test {

/// Whether the tests have a display; set before the first test.
extern bool have_screen;

/// A real window with the lopsided phantom on a virtual screen.
class WindowTest : public ::testing::Test {
  protected:
    void SetUp() override {
        COUTARD_NEEDS(have_screen, "no virtual display: Xvfb is not installed");
        window = std::make_unique<gui::MainWindow>(gui::Readers{});
        window->show();
        patient = gui::make_patient(phantom.parts());
        window->show_patient(patient, std::make_shared<gui::SurfaceSet>(*patient, Progress{}));
        settle();
    }
    void TearDown() override { window.reset(); }

    static void settle() {
        for (int i = 0; i < 4; ++i) QTest::qWait(40);
    }
    /// What is on the screen; also a file when COUTARD_SHOTS names a folder.
    QImage shot(const char* name = nullptr) const {
        settle();
        QImage image = window->screen()->grabWindow(window->winId()).toImage().convertToFormat(QImage::Format_RGB32);
        if (const char* folder = std::getenv("COUTARD_SHOTS"); folder != nullptr && name != nullptr) {
            std::filesystem::create_directories(folder);
            image.save(QString::fromUtf8(folder) + "/" + name + ".png");
        }
        return image;
    }
    gui::SliceView* view(gui::Plane plane) const { return window->slice_view(plane); }
    gui::Review& review() const { return window->review(); }
    /// Pixel of the window where a view shows a patient point.
    QPoint on_window(gui::Plane plane, const Vec3& point) const {
        return view(plane)->mapTo(window.get(), view(plane)->pixel_of(point).toPoint());
    }
    template <class Widget>
    Widget* find(const char* name) const {
        auto* found = window->findChild<Widget*>(name);
        EXPECT_NE(found, nullptr) << name;
        return found;
    }

    LopsidedPhantom phantom;
    std::shared_ptr<const gui::Patient> patient;
    std::unique_ptr<gui::MainWindow> window;
};

/// Largest difference of a colour channel.
inline int away(QRgb a, QRgb b) {
    return std::max({std::abs(qRed(a) - qRed(b)), std::abs(qGreen(a) - qGreen(b)), std::abs(qBlue(a) - qBlue(b))});
}
/// The least difference to a colour within `reach` pixels of a place.
inline int least_away(const QImage& image, const QPoint& at, QRgb colour, int reach) {
    int least = 255;
    for (int y = at.y() - reach; y <= at.y() + reach; ++y)
        for (int x = at.x() - reach; x <= at.x() + reach; ++x)
            if (image.valid(x, y)) least = std::min(least, away(image.pixel(x, y), colour));
    return least;
}
inline QRgb rgb(const gui::Colour& c) {
    return qRgb(c[0], c[1], c[2]);
}

}  // namespace coutard::test
