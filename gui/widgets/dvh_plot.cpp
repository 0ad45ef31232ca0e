#include "gui/widgets/dvh_plot.hpp"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "gui/widgets/theme.hpp"

namespace coutard::gui {

DvhPlot::DvhPlot(Review& review, QWidget* parent) : QWidget(parent), review_(review) {
    setObjectName("Dvh");
    setMouseTracking(true);
    setMinimumSize(240, 200);
    review_.listen([this](Change change) {
        if (change == Change::Patient || change == Change::Structures) refresh();
        if (change == Change::Dose) update();
    });
}

void DvhPlot::refresh() {
    const Patient& patient = *review_.patient();
    curves_ = dvh_curves(patient, review_.visibility(), review_.colours());
    double most = patient.has_prescription() ? 1.1 * patient.reference_Gy() : 0;
    for (const auto& curve : curves_) most = std::max(most, curve.dose_Gy.back());
    dose_axis_ = axis_for(most);
    update();
}

QRectF DvhPlot::plot_area() const {
    return QRectF(rect()).adjusted(46, 14, -16, -40);
}

QPointF DvhPlot::pixel_of(double dose, double percent) const {
    const QRectF area = plot_area();
    return {area.left() + dose / dose_axis_.end * area.width(), area.bottom() - percent / 100 * area.height()};
}

double DvhPlot::dose_at(double x) const {
    const QRectF area = plot_area();
    return std::clamp((x - area.left()) / area.width(), 0.0, 1.0) * dose_axis_.end;
}

void DvhPlot::draw_axes(QPainter& painter) const {
    const QRectF area = plot_area();
    painter.fillRect(area, theme::field);
    const QPen grid(QColor(44, 49, 58), 1);
    for (int percent = 0; percent <= 100; percent += 20) {
        const QPointF at = pixel_of(0, percent);
        painter.setPen(grid);
        painter.drawLine(QPointF(area.left(), at.y()), QPointF(area.right(), at.y()));
        painter.setPen(theme::quiet);
        painter.drawText(QRectF(0, at.y() - 8, area.left() - 6, 16), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(percent));
    }
    for (double dose = 0; dose <= dose_axis_.end * (1 + 1e-9); dose += dose_axis_.tick) {
        const QPointF at = pixel_of(dose, 0);
        painter.setPen(grid);
        painter.drawLine(QPointF(at.x(), area.top()), QPointF(at.x(), area.bottom()));
        painter.setPen(theme::quiet);
        painter.drawText(QRectF(at.x() - 24, area.bottom() + 3, 48, 16), Qt::AlignCenter,
                         QString::number(dose, 'g', 4));
    }
    painter.setPen(theme::quiet);
    painter.drawText(QRectF(area.left(), area.bottom() + 19, area.width(), 16), Qt::AlignCenter, "Dose [Gy]");
    painter.save();
    painter.translate(12, area.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-60, -8, 120, 16), Qt::AlignCenter, "Volume [%]");
    painter.restore();
}

void DvhPlot::draw_curves(QPainter& painter) const {
    painter.save();
    painter.setClipRect(plot_area().adjusted(-1, -1, 1, 1));
    painter.setRenderHint(QPainter::Antialiasing);
    if (review_.patient()->has_prescription()) {
        painter.setPen(QPen(theme::quiet, 1, Qt::DashLine));
        painter.drawLine(pixel_of(review_.patient()->reference_Gy(), 0),
                         pixel_of(review_.patient()->reference_Gy(), 100));
    }
    for (const auto& curve : curves_) {
        QPolygonF line;
        for (std::size_t i = 0; i < curve.dose_Gy.size(); ++i) line << pixel_of(curve.dose_Gy[i], curve.percent[i]);
        const bool thick = review_.highlighted() == curve.structure;
        painter.setPen(QPen(qt_colour(curve.colour), thick ? 3.2 : 1.7, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
        painter.drawPolyline(line);
    }
    painter.restore();
}

std::optional<std::size_t> DvhPlot::nearest_curve(const QPointF& at) const {
    std::optional<std::size_t> best;
    double least = 24;  // farther than this the mouse is at no curve
    for (std::size_t c = 0; c < curves_.size(); ++c)
        for (double dx = -8; dx <= 8; dx += 2) {
            const double dose = dose_at(at.x() + dx);
            const QPointF away = pixel_of(dose, curves_[c].percent_at(dose)) - at;
            const double distance = std::hypot(away.x(), away.y());
            if (distance < least) {
                least = distance;
                best = c;
            }
        }
    return best;
}

void DvhPlot::draw_reading(QPainter& painter) const {
    if (!mouse_ || !plot_area().contains(*mouse_)) return;
    const auto nearest = nearest_curve(*mouse_);
    if (!nearest) return;
    const DvhCurve& curve = curves_[*nearest];
    const double dose = dose_at(mouse_->x()), percent = curve.percent_at(dose);
    const QPointF at = pixel_of(dose, percent);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Qt::black, 1));
    painter.setBrush(qt_colour(curve.colour));
    painter.drawEllipse(at, 4, 4);
    const QString text =
        QStringLiteral("%1   %2 Gy   %3 %").arg(qt_text(curve.name)).arg(dose, 0, 'f', 1).arg(percent, 0, 'f', 1);
    QRectF box(QPointF(), QSizeF(painter.fontMetrics().horizontalAdvance(text) + 14, 20));
    box.moveTo(std::clamp(at.x() + 10, plot_area().left(), plot_area().right() - box.width()),
               std::max(plot_area().top(), at.y() - 28));
    painter.setPen(QPen(theme::edge, 1));
    painter.setBrush(theme::panel);
    painter.drawRoundedRect(box, 3, 3);
    painter.setPen(theme::text);
    painter.drawText(box, Qt::AlignCenter, text);
}

void DvhPlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::panel);
    if (review_.patient() == nullptr || !review_.patient()->dose) {
        painter.setPen(theme::quiet);
        painter.drawText(rect(), Qt::AlignCenter, review_.patient() == nullptr ? "" : "No dose: no histogram");
        return;
    }
    QFont font = painter.font();
    font.setPixelSize(11);
    painter.setFont(font);
    draw_axes(painter);
    draw_curves(painter);
    draw_reading(painter);
}

void DvhPlot::mouseMoveEvent(QMouseEvent* event) {
    mouse_ = event->position();
    update();
}

void DvhPlot::mousePressEvent(QMouseEvent* event) {
    const auto nearest = nearest_curve(event->position());
    review_.highlight(nearest ? std::optional(curves_[*nearest].structure) : std::nullopt);
}

void DvhPlot::leaveEvent(QEvent*) {
    mouse_.reset();
    update();
}

}  // namespace coutard::gui
