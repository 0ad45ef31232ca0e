#include "gui/widgets/surface_view.hpp"

#include <QMouseEvent>
#include <QPainter>
#include <QTimer>
#include <QWheelEvent>
#include <cmath>

#include "gui/scene/surface_scene.hpp"
#include "gui/widgets/slice_overlay.hpp"
#include "gui/widgets/theme.hpp"

namespace coutard::gui {

SurfaceView::SurfaceView(Review& review, QWidget* parent)
    : GlPane(parent), review_(review), scene_(std::make_unique<SurfaceScene>(review)) {
    setObjectName("Surfaces");
    set_renderer(scene_->renderer());
    later_ = new QTimer(this);
    later_->setSingleShot(true);
    later_->setInterval(120);
    connect(later_, &QTimer::timeout, this, [this] { redraw(); });
    review_.listen([this](Change change) {
        if (change == Change::Patient) scene_->set_surfaces(nullptr);
        scene_->refresh(change);
        if (change == Change::Cursor)
            later_->start();
        else if (change != Change::Window && change != Change::Dose)
            redraw();
    });
}

SurfaceView::~SurfaceView() = default;

void SurfaceView::paint_marks(QPainter& painter) {
    if (review_.patient() == nullptr) return;
    QFont font = painter.font();
    font.setPixelSize(13);
    font.setBold(true);
    painter.setFont(font);
    draw_legible(painter, {10, 22}, "3-D", theme::text);
    draw_directions(painter);
}

/// A mark that says which way the patient faces.
void SurfaceView::draw_directions(QPainter& painter) const {
    const QPointF centre(46, height() - 46);
    const struct {
        Vec3 axis;
        char letter;
        QColor colour;
    } arms[] = {
        {{1, 0, 0}, 'L', {255, 120, 120}}, {{0, -1, 0}, 'A', {120, 220, 130}}, {{0, 0, 1}, 'S', {120, 170, 255}}};
    for (const auto& arm : arms) {
        const PlanePoint to = scene_->on_screen(arm.axis);
        const QPointF tip = centre + QPointF(to.u, -to.v) * 26, label = centre + QPointF(to.u, -to.v) * 37;
        painter.setPen(QPen(arm.colour, 2));
        painter.drawLine(centre, tip);
        draw_legible(painter, label + QPointF(-5, 5), QString(QChar(arm.letter)), arm.colour);
    }
}

void SurfaceView::set_surfaces(std::shared_ptr<const SurfaceSet> surfaces) {
    scene_->set_surfaces(std::move(surfaces));
    redraw();
}

void SurfaceView::reset_view() {
    scene_->reset_view();
    redraw();
}

void SurfaceView::mousePressEvent(QMouseEvent* event) {
    start_drag(*event);
}

void SurfaceView::mouseMoveEvent(QMouseEvent* event) {
    const QPointF step = step_to(*event);
    if (moves_picture(*event))
        scene_->pan(step.x(), step.y(), height());
    else if (event->buttons() & Qt::LeftButton)
        scene_->turn(step.x(), step.y());
    else
        return;
    redraw();
}

void SurfaceView::wheelEvent(QWheelEvent* event) {
    scene_->zoom(std::pow(1.15, event->angleDelta().y() / 120.0));
    redraw();
    event->accept();
}

void SurfaceView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_R)
        reset_view();
    else
        QWidget::keyPressEvent(event);
}

}  // namespace coutard::gui
