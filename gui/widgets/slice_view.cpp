#include "gui/widgets/slice_view.hpp"

#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include "gui/scene/slice_scene.hpp"
#include "gui/widgets/slice_overlay.hpp"
#include "gui/widgets/theme.hpp"

namespace coutard::gui {

SliceView::SliceView(Review& review, Plane plane, QWidget* parent)
    : GlPane(parent), review_(review), plane_(plane), scene_(std::make_unique<SliceScene>(review, plane)) {
    setObjectName(qt_text(name_of(plane)));
    set_renderer(scene_->renderer());
    review_.listen([this](Change change) { refresh(change); });
}

SliceView::~SliceView() = default;

void SliceView::paint_marks(QPainter& painter) {
    draw_overlay(painter, review_, plane_, camera_);
    if (!hasFocus()) return;
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(74, 163, 223, 120), 1));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

QPointF SliceView::pixel_of(const Vec3& point) const {
    const PlanePoint at = to_plane(plane_, point);
    return {camera_.x_px(at), camera_.y_px(at)};
}

void SliceView::refresh(Change change) {
    const bool drawn = scene_->refresh(change);
    if (change == Change::Patient) reset_view();
    drawn ? redraw() : redraw_marks();
}

void SliceView::look() {
    scene_->look(camera_);
    redraw();
}

void SliceView::reset_view() {
    whole_ = true;
    if (review_.patient() != nullptr)
        camera_.fit(to_plane(plane_, review_.patient()->body.low), to_plane(plane_, review_.patient()->body.high));
    look();
}

void SliceView::show_contours(bool shown) {
    scene_->show_contours(shown);
    redraw();
}

void SliceView::resizeEvent(QResizeEvent* event) {
    GlPane::resizeEvent(event);
    camera_.width_px = width();
    camera_.height_px = height();
    if (whole_)
        reset_view();
    else
        look();
}

void SliceView::move_cursor_to(const QPointF& pixel) {
    const PlanePoint at = camera_.point_at(pixel.x(), pixel.y());
    review_.move_cursor(to_patient(plane_, at, depth_mm(plane_, review_.cursor_mm())));
}

void SliceView::mousePressEvent(QMouseEvent* event) {
    start_drag(*event);
    pressed_window_ = review_.window();
    const bool plain = !(event->modifiers() & Qt::ShiftModifier);
    if (event->button() == Qt::LeftButton && plain) move_cursor_to(event->position());
    redraw_marks();
}

void SliceView::mouseMoveEvent(QMouseEvent* event) {
    const QPointF step = step_to(*event);
    if (event->buttons() & Qt::RightButton) {
        review_.set_window(gui::dragged(pressed_window_, dragged().x(), -dragged().y()));
    } else if (moves_picture(*event)) {
        whole_ = false;
        camera_.pan(step.x(), step.y());
        look();
    } else if (event->buttons() & Qt::LeftButton) {
        move_cursor_to(event->position());
    }
}

void SliceView::wheelEvent(QWheelEvent* event) {
    wheel_rest_ += event->angleDelta().y();
    const int notches = wheel_rest_ / 120;
    wheel_rest_ %= 120;
    if (notches == 0) return;
    if (event->modifiers() & Qt::ControlModifier) {
        whole_ = false;
        camera_.zoom(notches > 0 ? 1.25 : 0.8, event->position().x(), event->position().y());
        look();
    } else {
        review_.scroll(plane_, notches);
    }
    event->accept();
}

void SliceView::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Up:
            return review_.scroll(plane_, 1);
        case Qt::Key_Down:
            return review_.scroll(plane_, -1);
        case Qt::Key_PageUp:
            return review_.scroll(plane_, 10);
        case Qt::Key_PageDown:
            return review_.scroll(plane_, -10);
        case Qt::Key_R:
            return reset_view();
        default:
            QWidget::keyPressEvent(event);
    }
}

}  // namespace coutard::gui
