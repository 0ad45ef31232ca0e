#include "gui/widgets/slice_overlay.hpp"

#include <QFontMetricsF>
#include <QPainterPath>
#include <array>
#include <utility>

#include "gui/logic/slice_marks.hpp"
#include "gui/widgets/theme.hpp"

namespace coutard::gui {
namespace {

constexpr double rim_px = 10;

void draw_crosshair(QPainter& painter, const PlanePoint& at, const PlaneCamera& camera) {
    const double x = camera.x_px(at), y = camera.y_px(at), gap = 9;
    const double w = camera.width_px, h = camera.height_px;
    const std::array<QLineF, 4> arms{QLineF(0, y, x - gap, y), QLineF(x + gap, y, w, y), QLineF(x, 0, x, y - gap),
                                     QLineF(x, y + gap, x, h)};
    QColor colour = theme::cross;
    colour.setAlpha(190);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(colour, 1));
    painter.drawLines(arms.data(), static_cast<int>(arms.size()));
    painter.setRenderHint(QPainter::Antialiasing);
}

void draw_letters(QPainter& painter, Plane plane, const PlaneCamera& camera) {
    QFont font = painter.font();
    font.setPixelSize(15);
    font.setBold(true);
    painter.setFont(font);
    const QFontMetricsF metrics(font);
    for (const auto& [letter, x, y] : placed_letters(plane, camera)) {
        const QString text{QChar(letter)};
        draw_legible(painter, {x - metrics.horizontalAdvance(text) / 2, y + metrics.capHeight() / 2}, text,
                     theme::warning);
    }
}

void draw_figures(QPainter& painter, const Review& review, Plane plane, const PlaneCamera& camera) {
    const Patient& patient = *review.patient();
    const char axis = "xyz"[frame_of(plane).depth_axis];
    const int slice = review.slice(plane);
    QFont font = painter.font();
    font.setPixelSize(13);
    font.setBold(true);
    painter.setFont(font);
    draw_legible(painter, {rim_px, rim_px + 12}, qt_text(name_of(plane)), theme::text);
    font.setBold(false);
    font.setPixelSize(11);
    painter.setFont(font);
    draw_legible(painter, {rim_px, rim_px + 28},
                 QStringLiteral("%1 %2 mm   %3 / %4")
                     .arg(QChar(axis))
                     .arg(slice_depth_mm(patient.display, plane, slice), 0, 'f', 1)
                     .arg(slice + 1)
                     .arg(slice_count(patient.display, plane)),
                 theme::text);
    draw_legible(
        painter, {rim_px, camera.height_px - rim_px},
        QStringLiteral("W %1  L %2").arg(review.window().width_hu, 0, 'f', 0).arg(review.window().level_hu, 0, 'f', 0),
        theme::text);
}

void draw_isocentres(QPainter& painter, const Review& review, Plane plane, const PlaneCamera& camera) {
    for (const Vec3& at : isocentres_in(*review.patient(), plane, review.slice(plane))) {
        const QPointF centre(camera.x_px(to_plane(plane, at)), camera.y_px(to_plane(plane, at)));
        painter.setBrush(Qt::NoBrush);
        for (const auto& [colour, width] :
             {std::pair{QColor(0, 0, 0, 180), 3.5}, std::pair{QColor(255, 90, 230), 1.5}}) {
            painter.setPen(QPen(colour, width));
            painter.drawEllipse(centre, 6, 6);
            painter.drawLine(centre - QPointF(9, 0), centre + QPointF(9, 0));
            painter.drawLine(centre - QPointF(0, 9), centre + QPointF(0, 9));
        }
    }
}

/// A bar of a round length, about a fifth of the view.
void draw_scale(QPainter& painter, const PlaneCamera& camera) {
    double length_mm = 10;
    for (const double candidate : {10.0, 20.0, 50.0, 100.0, 200.0})
        if (candidate / camera.mm_per_px < camera.width_px / 4.0) length_mm = candidate;
    const double px = length_mm / camera.mm_per_px, y = camera.height_px - rim_px - 3;
    const double right = camera.width_px - rim_px, left = right - px;
    const std::array<QLineF, 3> lines{QLineF(left, y, right, y), QLineF(left, y - 4, left, y + 1),
                                      QLineF(right, y - 4, right, y + 1)};
    painter.setPen(QPen(QColor(0, 0, 0, 160), 3));
    painter.drawLines(lines.data(), 3);
    painter.setPen(QPen(theme::text, 1.2));
    painter.drawLines(lines.data(), 3);
    const QString text = QStringLiteral("%1 cm").arg(length_mm / 10);
    draw_legible(painter, {right - QFontMetricsF(painter.font()).horizontalAdvance(text), y - 8}, text, theme::text);
}

void draw_dose_bar(QPainter& painter, const Review& review, const PlaneCamera& camera) {
    const DoseDisplay& display = review.dose_display();
    if (!review.patient()->dose || !display.wash || camera.height_px < 260) return;
    const double top = rim_px + 22, height = 130, width = 10, left = camera.width_px - rim_px - width;
    const double low = display.floor_Gy(), high = display.ceiling_Gy();
    for (int row = 0; row < static_cast<int>(height); ++row)
        painter.fillRect(QRectF(left, top + row, width, 1),
                         qt_colour(wash_colour(display, high - (high - low) * row / height)));
    painter.setPen(QPen(QColor(0, 0, 0, 200), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(left - 0.5, top - 0.5, width + 1, height + 1));
    const QFontMetricsF metrics(painter.font());
    const auto label = [&](double dose, const QString& text) {
        const double y = top + height * (high - dose) / (high - low);
        draw_legible(painter, {left - 6 - metrics.horizontalAdvance(text), y + 4}, text, theme::text);
    };
    draw_legible(painter, {camera.width_px - rim_px - metrics.horizontalAdvance("Gy"), top - 7}, "Gy", theme::text);
    for (const double part : {1.0, 0.75, 0.5, 0.25})
        if (part * display.reference_Gy >= low)
            label(part * display.reference_Gy, QString::number(part * display.reference_Gy, 'f', 1));
}

}  // namespace

void draw_legible(QPainter& painter, const QPointF& baseline, const QString& text, const QColor& colour) {
    QPainterPath path;
    path.addText(baseline, painter.font(), text);
    painter.strokePath(path, QPen(QColor(0, 0, 0, 200), 2.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setPen(colour);
    painter.drawText(baseline, text);
}

void draw_overlay(QPainter& painter, const Review& review, Plane plane, const PlaneCamera& camera) {
    painter.setRenderHint(QPainter::Antialiasing);
    if (review.patient() == nullptr) return;
    draw_isocentres(painter, review, plane, camera);
    draw_crosshair(painter, to_plane(plane, review.cursor_mm()), camera);
    draw_letters(painter, plane, camera);
    draw_figures(painter, review, plane, camera);
    draw_scale(painter, camera);
    if (plane == Plane::Axial) draw_dose_bar(painter, review, camera);
}

}  // namespace coutard::gui
