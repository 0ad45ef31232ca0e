#include "gui/widgets/theme.hpp"

#include <QApplication>
#include <QFont>
#include <QIcon>
#include <QLocale>
#include <QPainter>
#include <QPalette>
#include <QPixmap>
#include <QProxyStyle>
#include <QStyleFactory>
#include <QStyleOption>
#include <clocale>

namespace coutard::gui {
namespace {

QPalette dark_palette() {
    QPalette palette;
    palette.setColor(QPalette::Window, theme::window);
    palette.setColor(QPalette::WindowText, theme::text);
    palette.setColor(QPalette::Base, theme::field);
    palette.setColor(QPalette::AlternateBase, theme::panel);
    palette.setColor(QPalette::Text, theme::text);
    palette.setColor(QPalette::Button, theme::panel);
    palette.setColor(QPalette::ButtonText, theme::text);
    palette.setColor(QPalette::BrightText, Qt::white);
    palette.setColor(QPalette::Highlight, QColor(38, 79, 120));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::ToolTipBase, theme::panel);
    palette.setColor(QPalette::ToolTipText, theme::text);
    palette.setColor(QPalette::PlaceholderText, theme::quiet);
    palette.setColor(QPalette::Link, theme::accent);
    for (const auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, QColor(96, 102, 112));
    return palette;
}

/// Fusion with check boxes whose frame shows on a dark ground.
class DarkStyle : public QProxyStyle {
  public:
    DarkStyle() : QProxyStyle(QStyleFactory::create("Fusion")) {}
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override {
        if (element != PE_IndicatorCheckBox && element != PE_IndicatorItemViewItemCheck)
            return QProxyStyle::drawPrimitive(element, option, painter, widget);
        const bool on = option->state & State_On, live = option->state & State_Enabled;
        const QRectF box = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(on && live ? theme::accent : theme::quiet.darker(live ? 100 : 160), 1));
        painter->setBrush(on && live ? theme::accent.darker(170) : theme::field);
        painter->drawRoundedRect(box, 2.5, 2.5);
        if (on) {
            painter->setPen(QPen(live ? Qt::white : theme::quiet, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            const double w = box.width(), h = box.height();
            const QPointF tick[] = {box.topLeft() + QPointF(0.22 * w, 0.52 * h),
                                    box.topLeft() + QPointF(0.42 * w, 0.73 * h),
                                    box.topLeft() + QPointF(0.79 * w, 0.28 * h)};
            painter->drawPolyline(tick, 3);
        }
        painter->restore();
    }
};

constexpr auto sheet = R"(
QToolTip { color: #dee2e8; background: #20242b; border: 1px solid #363c46; padding: 3px; }
QToolBar { background: #20242b; border: 0; border-bottom: 1px solid #363c46; spacing: 6px; padding: 4px 8px; }
QToolBar QLabel { color: #929aa6; }
QToolButton { padding: 3px 8px; border: 1px solid transparent; border-radius: 4px; }
QToolButton:hover { background: #2b313a; border-color: #3d4552; }
QToolButton:checked { background: #264f78; border-color: #3a6ea5; }
QStatusBar { background: #20242b; border-top: 1px solid #363c46; }
QStatusBar::item { border: 0; }
QSplitter::handle { background: #14161b; }
QTreeWidget { background: #14161b; border: 1px solid #363c46; border-radius: 4px; outline: 0; }
QTreeWidget::item { padding: 2px 0; }
QHeaderView::section { background: #20242b; color: #929aa6; border: 0; border-bottom: 1px solid #363c46; padding: 4px 6px; }
QLineEdit, QDoubleSpinBox, QComboBox { background: #14161b; border: 1px solid #363c46; border-radius: 4px; padding: 2px 6px; min-height: 20px; }
QPushButton { background: #2b313a; border: 1px solid #3d4552; border-radius: 4px; padding: 4px 12px; }
QPushButton:hover { background: #343c47; }
QPushButton:pressed { background: #264f78; }
QLabel#heading { color: #929aa6; font-weight: bold; letter-spacing: 1px; }
QFrame#banner { background: #20242b; border-bottom: 1px solid #363c46; }
QProgressBar { background: #14161b; border: 1px solid #363c46; border-radius: 4px; text-align: center; max-height: 16px; }
QProgressBar::chunk { background: #3a6ea5; border-radius: 3px; }
)";

}  // namespace

void apply_theme(QApplication& application) {
    application.setStyle(new DarkStyle);
    application.setPalette(dark_palette());
    QFont font("DejaVu Sans");
    font.setPixelSize(12);
    application.setFont(font);
    application.setStyleSheet(sheet);
}

void write_plain_numbers() {
    std::setlocale(LC_NUMERIC, "C");
    QLocale::setDefault(QLocale::c());
}

QString qt_text(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

QColor qt_colour(const Colour& c) {
    return {c[0], c[1], c[2]};
}

Colour plain_colour(const QColor& c) {
    return {static_cast<std::uint8_t>(c.red()), static_cast<std::uint8_t>(c.green()),
            static_cast<std::uint8_t>(c.blue())};
}

QIcon swatch(const QColor& colour) {
    QPixmap map(14, 14);
    map.fill(Qt::transparent);
    QPainter painter(&map);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour.darker(160), 1));
    painter.setBrush(colour);
    painter.drawRoundedRect(QRectF(1, 1, 12, 12), 2.5, 2.5);
    return QIcon(map);
}

}  // namespace coutard::gui
