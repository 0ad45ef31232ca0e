// Runs the window tests on a virtual display of their own; listing them needs none.
#include <gtest/gtest.h>

#include <QApplication>
#include <string_view>

#include "gui/scene/gl_view.hpp"
#include "gui/widgets/theme.hpp"
#include "tests/gui/screen.hpp"
#include "tests/gui/window_fixture.hpp"

bool coutard::test::have_screen = false;

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    if (::testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
    const coutard::test::Screen screen;
    coutard::test::have_screen = screen.there();
    if (!screen.there()) return RUN_ALL_TESTS();
    coutard::gui::GlView::ask_for_opengl();
    QApplication application(argc, argv);
    coutard::gui::write_plain_numbers();
    coutard::gui::apply_theme(application);
    return RUN_ALL_TESTS();
}
