#include "gui/app/view_app.hpp"

#include <QApplication>
#include <cstdio>
#include <cstdlib>

#include "engine/base/error.hpp"
#include "gui/app/main_window.hpp"
#include "gui/scene/gl_view.hpp"
#include "gui/widgets/theme.hpp"

namespace coutard::gui {
namespace {

bool has_display() {
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return true;
    return false;
}

/// Qt ends the process with abort when it finds no display; say so in our words and with our exit status.
void on_message(QtMsgType type, const QMessageLogContext&, const QString& text) {
    if (type == QtDebugMsg || type == QtInfoMsg) return;
    std::fprintf(stderr, "coutard: %s\n", qPrintable(text));
    if (type == QtFatalMsg) std::_Exit(4);
}

}  // namespace

void run_view(Readers readers, const std::vector<std::filesystem::path>& sources) {
    if (!has_display()) throw NotBuilt("view: this machine has no display (DISPLAY and WAYLAND_DISPLAY are not set)");
    qInstallMessageHandler(on_message);
    GlView::ask_for_opengl();
    int argc = 1;
    char name[] = "coutard";
    char* argv[] = {name, nullptr};
    QApplication application(argc, argv);
    write_plain_numbers();
    apply_theme(application);
    MainWindow window(std::move(readers));
    window.show();
    if (!sources.empty()) window.open(sources);
    QApplication::exec();
}

}  // namespace coutard::gui
