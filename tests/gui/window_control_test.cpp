// What the mouse and the keys do, driven through the real widgets.
#include <QApplication>
#include <QCheckBox>
#include <QColorDialog>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>
#include <QTreeWidget>
#include <clocale>

#include "gui/widgets/dvh_plot.hpp"
#include "gui/widgets/message_window.hpp"
#include "gui/widgets/theme.hpp"
#include "tests/gui/toy_exchange.hpp"
#include "tests/gui/window_fixture.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::test {
namespace {

using gui::Colour;
using gui::Plane;

class WindowControl : public WindowTest {
  protected:
    /// Contours alone, so that no isodose passes for one.
    QImage without_dose() const {
        const gui::DoseDisplay usual = review().dose_display();
        gui::DoseDisplay display = usual;
        display.wash = display.lines = false;
        review().set_dose_display(display);
        QImage image = shot();
        review().set_dose_display(usual);
        settle();
        return image;
    }
    /// Where on the window the vertical line of a view's crosshair runs, some way above the cursor.
    QPoint vertical_arm(Plane plane, const Vec3& cursor) const { return on_window(plane, cursor) - QPoint(0, 60); }
    static constexpr QRgb cross = 0xFF5CD6FF;

    void drag(QWidget* widget, Qt::MouseButton button, QPoint from, QPoint to) const {
        QTest::mousePress(widget, button, {}, from);
        const QPointF at(to);
        QMouseEvent move(QEvent::MouseMove, at, widget->mapToGlobal(at), Qt::NoButton, button, Qt::NoModifier);
        QApplication::sendEvent(widget, &move);
        QTest::mouseRelease(widget, button, {}, to);
    }
    void wheel(QWidget* widget, int notches, Qt::KeyboardModifiers keys = {}) const {
        const QPointF at(widget->rect().center());
        QWheelEvent event(at, widget->mapToGlobal(at), {}, {0, 120 * notches}, Qt::NoButton, keys, Qt::NoScrollPhase,
                          false);
        QApplication::sendEvent(widget, &event);
    }
};

TEST_F(WindowControl, ClickMovesTheCursorInAllViews) {
    const Vec3 before = review().cursor_mm(), wanted{-50.8, 20, before.z};
    review().set_all_visible(false);
    const QImage first = shot();
    QTest::mouseClick(view(Plane::Axial), Qt::LeftButton, {}, view(Plane::Axial)->pixel_of(wanted).toPoint());
    const Vec3 now = review().cursor_mm();
    EXPECT_NEAR(now.x, wanted.x, 1);
    EXPECT_NEAR(now.y, wanted.y, 1);
    EXPECT_EQ(now.z, before.z);
    const QImage second = shot();
    for (const Plane plane : {Plane::Axial, Plane::Coronal}) {
        EXPECT_LE(least_away(first, vertical_arm(plane, before), cross, 1), 80);
        EXPECT_GE(least_away(second, vertical_arm(plane, before), cross, 1), 80) << "the old line is gone";
        EXPECT_LE(least_away(second, vertical_arm(plane, now), cross, 1), 80) << "the new one is there";
    }
    review().set_all_visible(true);
    shot("moved_cursor");
    // The sagittal view shows another slice, and its own line moved to y = 20.
    EXPECT_LE(least_away(second, vertical_arm(Plane::Sagittal, now), cross, 1), 80);
    EXPECT_EQ(review().slice(Plane::Sagittal), gui::slice_of(patient->display, Plane::Sagittal, wanted));
}

TEST_F(WindowControl, WheelScrollsAndWithControlZooms) {
    const int before = review().slice(Plane::Axial);
    wheel(view(Plane::Axial), -3);
    EXPECT_EQ(review().slice(Plane::Axial), before - 3);
    const double scale = view(Plane::Axial)->camera().mm_per_px;
    wheel(view(Plane::Axial), 1, Qt::ControlModifier);
    EXPECT_NEAR(view(Plane::Axial)->camera().mm_per_px, scale / 1.25, 1e-9);
    EXPECT_EQ(review().slice(Plane::Axial), before - 3);
    QTest::keyClick(view(Plane::Axial), Qt::Key_R);
    EXPECT_NEAR(view(Plane::Axial)->camera().mm_per_px, scale, 1e-9);
    QTest::keyClick(view(Plane::Coronal), Qt::Key_PageUp);
    QTest::keyClick(view(Plane::Coronal), Qt::Key_Down);
    EXPECT_EQ(review().slice(Plane::Coronal),
              gui::slice_of(patient->display, Plane::Coronal, phantom.target.centre) + 9);
}

TEST_F(WindowControl, RightDragAndPresetsSetTheWindow) {
    review().set_all_visible(false);
    gui::DoseDisplay display = review().dose_display();
    display.wash = display.lines = false;
    review().set_dose_display(display);
    const Vec3 soft{-20, -70, review().cursor_mm().z};
    const int before = qGray(shot().pixel(on_window(Plane::Axial, soft)));
    drag(view(Plane::Axial), Qt::RightButton, {100, 200}, {100, 140});  // up: the level rises, tissue darkens
    EXPECT_GT(review().window().level_hu, 100);
    EXPECT_EQ(review().window().width_hu, 400);
    EXPECT_LT(qGray(shot().pixel(on_window(Plane::Axial, soft))), before - 40);
    auto* presets = find<QComboBox>("Presets");
    EXPECT_EQ(presets->currentIndex(), -1);
    QTest::keyClick(presets, Qt::Key_Home);
    QTest::keyClick(presets, Qt::Key_Down);
    EXPECT_EQ(review().window(), gui::window_presets()[1].window);
}

TEST_F(WindowControl, ColourChoiceRecoloursContoursAndCurves) {
    const Colour before = phantom.target.colour, after{30, 255, 90};
    const Vec3 edge = phantom.target.centre + Vec3{0.8 * 26, 0.6 * 22, 0};
    EXPECT_LE(least_away(without_dose(), on_window(Plane::Axial, edge), rgb(before), 3), 70);
    QTest::mouseClick(find<QToolButton>("Colour PTV_7000"), Qt::LeftButton);
    auto* choice = window->findChild<QColorDialog*>("ColourChoice");
    ASSERT_NE(choice, nullptr);
    QLineEdit* html = nullptr;  // the field for #rrggbb
    for (auto* field : choice->findChildren<QLineEdit*>())
        if (field->text().startsWith('#')) html = field;
    ASSERT_NE(html, nullptr);
    html->selectAll();
    QTest::keyClicks(html, "#1eff5a");
    QTest::mouseClick(choice->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok), Qt::LeftButton);
    EXPECT_EQ(review().colour(1), after);
    shot("changed_colour");
    const QImage image = without_dose();
    EXPECT_LE(least_away(image, on_window(Plane::Axial, edge), rgb(after), 3), 70);
    EXPECT_GE(least_away(image, on_window(Plane::Axial, edge), rgb(before), 3), 60);
    const auto* plot = dynamic_cast<gui::DvhPlot*>(find<QWidget>("Dvh"));
    EXPECT_EQ(plot->curves()[1].colour, after);
}

TEST_F(WindowControl, CheckBoxHidesAStructureEverywhere) {
    auto* list = find<QTreeWidget>("StructureList");
    ASSERT_EQ(list->topLevelItemCount(), 6);
    const QRect row = list->visualItemRect(list->topLevelItem(1));
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, {row.left() + 12, row.center().y()});
    EXPECT_FALSE(review().visible(1));
    const Vec3 edge = phantom.target.centre + Vec3{0.8 * 26, 0.6 * 22, 0};
    EXPECT_GE(least_away(without_dose(), on_window(Plane::Axial, edge), rgb(phantom.target.colour), 3), 60);
    const auto* plot = dynamic_cast<gui::DvhPlot*>(find<QWidget>("Dvh"));
    EXPECT_EQ(plot->curves().size(), 5U);
    QTest::mouseClick(find<QToolButton>("ShowNone"), Qt::LeftButton);
    EXPECT_TRUE(plot->curves().empty());
    QTest::mouseClick(find<QToolButton>("ShowAll"), Qt::LeftButton);
    EXPECT_EQ(plot->curves().size(), 6U);
    EXPECT_EQ(list->topLevelItem(1)->checkState(0), Qt::Checked);
}

TEST_F(WindowControl, SelectedStructureIsDrawnThicker) {
    auto* list = find<QTreeWidget>("StructureList");
    const auto reddish = [&](const QImage& image) {
        const QPoint edge = on_window(Plane::Axial, phantom.target.centre + Vec3{0.8 * 26, 0.6 * 22, 0});
        int count = 0;
        for (int d = -8; d <= 8; ++d)
            for (int e = -8; e <= 8; ++e)
                count += away(image.pixel(edge + QPoint(d, e)), rgb(phantom.target.colour)) < 40;
        return count;
    };
    const int thin = reddish(without_dose());
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualItemRect(list->topLevelItem(1)).center());
    EXPECT_EQ(review().highlighted(), 1U);
    EXPECT_GT(reddish(without_dose()), thin + 8);
}

TEST_F(WindowControl, IsodoseLevelsAreEditedInPlace) {
    auto* levels = find<QTreeWidget>("Levels");
    ASSERT_EQ(levels->topLevelItemCount(), 8);
    levels->topLevelItem(1)->setText(0, "102.5");
    settle();
    EXPECT_EQ(review().dose_display().levels[1].value, 102.5);
    EXPECT_EQ(review().dose_display().levels.size(), 8U);
    EXPECT_EQ(levels->topLevelItem(1)->text(1), "71.8");  // Gy
    auto* problem = find<QLabel>("LevelProblem");
    for (const char* bad : {"a lot", "66,5", "95"}) {  // no number; a comma; a line that is there already
        levels->topLevelItem(1)->setText(0, bad);
        settle();
        EXPECT_TRUE(problem->isVisible());
        EXPECT_TRUE(problem->text().contains(bad)) << problem->text().toStdString();
        EXPECT_EQ(levels->topLevelItem(1)->text(0), "102.5");
        EXPECT_EQ(levels->topLevelItemCount(), 8);
    }
    auto* unit = find<QComboBox>("Unit");
    unit->setFocus();
    QTest::keyClick(unit, Qt::Key_Down);
    settle();
    EXPECT_EQ(review().dose_display().unit, gui::DoseUnit::Gy);
    EXPECT_EQ(levels->topLevelItem(2)->text(0), "66.5");
    QTest::mouseClick(find<QToolButton>("AddLevel"), Qt::LeftButton);
    settle();
    EXPECT_EQ(levels->topLevelItemCount(), 9);
    levels->setCurrentItem(levels->topLevelItem(0));
    QTest::mouseClick(find<QToolButton>("RemoveLevel"), Qt::LeftButton);
    settle();
    EXPECT_NEAR(review().dose_display().levels.front().value, 71.75, 1e-9);
    shot("isodoses_in_gy");
}

TEST_F(WindowControl, AddLevelRefusesInWordsWhatItCannotAdd) {
    gui::DoseDisplay display = review().dose_display();
    display.levels = gui::levels_at({0.005});  // half of it would be the same line
    review().set_dose_display(display);
    settle();
    QTest::mouseClick(find<QToolButton>("AddLevel"), Qt::LeftButton);
    settle();
    EXPECT_TRUE(find<QLabel>("LevelProblem")->isVisible());
    EXPECT_EQ(find<QTreeWidget>("Levels")->topLevelItemCount(), 1);
    display.levels = gui::levels_at({70000});  // 7 Gy of a reference of 0.01 Gy
    review().set_dose_display(display);
    QTest::mouseClick(find<QToolButton>("AddLevel"), Qt::LeftButton);
    EXPECT_EQ(review().dose_display().levels.back().value, 1000);
}

TEST_F(WindowControl, FiguresHaveAPointWhateverTheLocale) {
    std::setlocale(LC_NUMERIC, "de_DE.UTF-8");  // where it is installed
    QLocale::setDefault(QLocale(QLocale::German));
    ASSERT_EQ(QLocale().decimalPoint(), ",");
    gui::write_plain_numbers();
    QDoubleSpinBox box;
    box.setValue(66.5);
    EXPECT_EQ(box.text(), "66.50");
    EXPECT_STREQ(std::localeconv()->decimal_point, ".");
}

TEST_F(WindowControl, WashCanBeSwitchedOffAndFaded) {
    const Vec3 p = phantom.target.centre + Vec3{-12, 5, 0};
    const auto saturation = [&] { return QColor(shot().pixel(on_window(Plane::Axial, p))).saturation(); };
    const int usual = saturation();
    auto* opacity = find<QSlider>("Opacity");
    opacity->setFocus();
    QTest::keyClick(opacity, Qt::Key_End);
    EXPECT_EQ(review().dose_display().opacity, 1);
    EXPECT_GT(saturation(), usual + 20);
    QTest::mouseClick(find<QCheckBox>("Wash"), Qt::LeftButton, {}, {8, find<QCheckBox>("Wash")->height() / 2});
    EXPECT_FALSE(review().dose_display().wash);
    EXPECT_LT(saturation(), 10);
}

TEST_F(WindowControl, DoubleClickEnlargesAView) {
    const int usual = view(Plane::Coronal)->width();
    QTest::mouseDClick(view(Plane::Coronal), Qt::LeftButton, {}, {50, 50});
    settle();
    EXPECT_GT(view(Plane::Coronal)->width(), 1.8 * usual);
    EXPECT_FALSE(view(Plane::Axial)->isVisible());
    shot("coronal_enlarged");
    QTest::mouseDClick(view(Plane::Coronal), Qt::LeftButton, {}, {50, 50});
    settle();
    EXPECT_EQ(view(Plane::Coronal)->width(), usual);
    EXPECT_TRUE(view(Plane::Axial)->isVisible());
}

TEST_F(WindowControl, ABadFolderIsReportedAndTheWindowStaysUsable) {
    window->open({"/no/such/folder"});
    EXPECT_TRUE(QTest::qWaitFor([&] { return !window->loading(); }, 5000));
    auto* message = dynamic_cast<gui::MessageWindow*>(find<QDialog>("Message"));
    ASSERT_NE(message, nullptr);
    EXPECT_TRUE(message->isVisible());
    EXPECT_FALSE(message->isModal());
    EXPECT_TRUE(message->findChild<QPlainTextEdit*>("MessageDetails")->toPlainText().contains("/no/such/folder"));
    EXPECT_EQ(review().patient(), patient.get());  // what was shown stays
    review().scroll(Plane::Axial, 1);
}

/// A window whose patients come from files, through the port.
class WindowLoading : public WindowControl {
  protected:
    void SetUp() override {
        COUTARD_NEEDS(have_screen, "no virtual display: Xvfb is not installed");
        write_meta_header(folder / "ct.dcm", ct_uid);
        window = std::make_unique<gui::MainWindow>(toy_readers(exchange));
        window->show();
    }
    Scratch folder;
    std::shared_ptr<ToyExchange> exchange = std::make_shared<ToyExchange>();
};

TEST_F(WindowLoading, OpensInTheBackgroundAndNamesWhatItLeftOut) {
    write_meta_header(folder / "rs.dcm", structures_uid);
    write_meta_header(folder / "dose.dcm", dose_uid);
    write_meta_header(folder / "plan_bad.dcm", plan_uid);
    shot("empty");
    window->open({folder.path()});
    EXPECT_TRUE(window->loading());
    QTest::qWait(30);
    EXPECT_TRUE(find<QWidget>("Progress")->isVisible());
    ASSERT_TRUE(QTest::qWaitFor([&] { return !window->loading(); }, 20000));
    ASSERT_NE(review().patient(), nullptr);
    EXPECT_EQ(review().structure_count(), 6U);
    EXPECT_FALSE(find<QWidget>("Progress")->isVisible());
    const auto* details = find<QPlainTextEdit>("MessageDetails");
    EXPECT_TRUE(details->isVisible());
    for (const char* word : {"plan_bad.dcm", "Rows (0028,0010)", "found 0", "expected a positive number"})
        EXPECT_TRUE(details->toPlainText().contains(word)) << word;
    if (const char* shots = std::getenv("COUTARD_SHOTS")) {
        settle();
        window->screen()->grabWindow().save(QString::fromUtf8(shots) + "/message.png");
    }
}

TEST_F(WindowLoading, SaysWhichDoseAndWhat100PercentIs) {
    for (const char* name : {"RD.dcm", "RD_day.dcm", "RD_scheduled.dcm"}) write_meta_header(folder / name, dose_uid);
    window->open({folder.path()});
    ASSERT_TRUE(QTest::qWaitFor([&] { return !window->loading(); }, 20000));
    EXPECT_TRUE(find<QLabel>("DoseFacts")->text().contains("1 of 3 doses"));
    EXPECT_EQ(find<QLabel>("ReferenceWord")->text(), "Maximum");
}

TEST_F(WindowLoading, CancelStops) {
    exchange->delay = std::chrono::milliseconds(3000);
    window->open({folder.path()});
    QTest::qWait(30);
    QTest::mouseClick(find<QToolButton>("Cancel"), Qt::LeftButton);
    ASSERT_TRUE(QTest::qWaitFor([&] { return !window->loading(); }, 5000));
    EXPECT_EQ(review().patient(), nullptr);
    EXPECT_FALSE(find<QDialog>("Message")->isVisible());
}

TEST_F(WindowLoading, ClosingWhileLoadingEndsTheWork) {
    exchange->delay = std::chrono::milliseconds(300);
    window->open({folder.path()});
    window.reset();
    settle();
}

}  // namespace
}  // namespace coutard::test
