#include "gui/widgets/slice_view.hpp"

#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include "gui/scene/gl_view.hpp"
#include "gui/scene/slice_scene.hpp"
#include "gui/widgets/slice_overlay.hpp"

namespace coutard::gui {

/// Painted by Qt over the picture, so that moving the crosshair draws no slice anew.
class SliceView::Overlay : public QWidget {
  public:
    explicit Overlay(SliceView& view) : QWidget(view.gl_), view_(view) {
        setAttribute(Qt::WA_TransparentForMouseEvents);
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        draw_overlay(painter, view_.review_, view_.plane_, view_.camera_);
        if (view_.hasFocus()) {
            painter.setPen(QPen(QColor(74, 163, 223, 120), 1));
            painter.drawRect(rect().adjusted(0, 0, -1, -1));
        }
    }

  private:
    SliceView& view_;
};

SliceView::SliceView(Review& review, Plane plane, QWidget* parent)
    : QWidget(parent), review_(review), plane_(plane), scene_(std::make_unique<SliceScene>(review, plane)) {
    setObjectName(QString::fromUtf8(name_of(plane).data()));
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(160, 140);
    gl_ = new GlView(this);
    gl_->set_renderer(scene_->renderer());
    overlay_ = new Overlay(*this);
    review_.listen([this](Change change) { refresh(change); });
}

SliceView::~SliceView() = default;

QPointF SliceView::pixel_of(const Vec3& point) const {
    const PlanePoint at = to_plane(plane_, point);
    return {camera_.x_px(at), camera_.y_px(at)};
}

void SliceView::refresh(Change change) {
    const bool drawn = scene_->refresh(change);
    if (change == Change::Patient) reset_view();
    if (drawn) gl_->update();
    overlay_->update();
}

void SliceView::look() {
    scene_->look(camera_);
    gl_->update();
    overlay_->update();
}

void SliceView::reset_view() {
    whole_ = true;
    if (review_.patient() != nullptr)
        camera_.fit(to_plane(plane_, review_.patient()->body.low), to_plane(plane_, review_.patient()->body.high));
    look();
}

void SliceView::show_contours(bool shown) {
    scene_->show_contours(shown);
    gl_->update();
}

void SliceView::resizeEvent(QResizeEvent*) {
    gl_->setGeometry(rect());
    overlay_->setGeometry(rect());
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
    pressed_ = last_ = event->position();
    pressed_window_ = review_.window();
    const bool plain = !(event->modifiers() & Qt::ShiftModifier);
    if (event->button() == Qt::LeftButton && plain) move_cursor_to(event->position());
    overlay_->update();
}

void SliceView::mouseMoveEvent(QMouseEvent* event) {
    const QPointF now = event->position(), step = now - last_, all = now - pressed_;
    last_ = now;
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    if (event->buttons() & Qt::RightButton) {
        review_.set_window(dragged(pressed_window_, all.x(), -all.y()));
    } else if ((event->buttons() & Qt::MiddleButton) || (shift && (event->buttons() & Qt::LeftButton))) {
        whole_ = false;
        camera_.pan(step.x(), step.y());
        look();
    } else if (event->buttons() & Qt::LeftButton) {
        move_cursor_to(now);
    }
}

void SliceView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && on_double_click) on_double_click();
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
