#pragma once
#include <QColor>
#include <QString>
#include <string_view>

#include "gui/logic/dose_display.hpp"

class QApplication;
class QIcon;

namespace coutard::gui {

/// Colours of the window: dark, nearly neutral, so that the eye stays adapted to the grey of the images.
namespace theme {
inline const QColor window{24, 27, 32}, panel{32, 36, 43}, field{20, 22, 27}, edge{54, 60, 70}, text{222, 226, 232},
    quiet{146, 154, 166}, accent{74, 163, 223}, warning{255, 193, 92}, cross{92, 214, 255};
}

/// Fusion style, dark palette, DejaVu Sans.
void apply_theme(QApplication& application);

/// Figures with a decimal point, whatever the person's locale: QApplication takes it over for the whole process, and
/// a dose of 66,5 Gy read back as text would be two. Call after QApplication is made, before any widget.
void write_plain_numbers();

QString qt_text(std::string_view utf8);
QColor qt_colour(const Colour& colour);
Colour plain_colour(const QColor& colour);
/// A small filled square for lists and buttons.
QIcon swatch(const QColor& colour);

}  // namespace coutard::gui
