#include "gui/widgets/surface_view.hpp"

#include <QMouseEvent>
#include <QPainter>
#include <QTimer>
#include <QWheelEvent>
#include <cmath>

#include "gui/scene/gl_view.hpp"
#include "gui/scene/surface_scene.hpp"
#include "gui/widgets/slice_overlay.hpp"
#include "gui/widgets/theme.hpp"

namespace coutard::gui {

/// The title, and a mark that says which way the patient faces.
class SurfaceView::Overlay : public QWidget {
  public:
    explicit Overlay(SurfaceView& view) : QWidget(view.gl_), view_(view) {
        setAttribute(Qt::WA_TransparentForMouseEvents);
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        QFont font = painter.font();
        font.setPixelSize(13);
        font.setBold(true);
        painter.setFont(font);
        if (view_.review_.patient() == nullptr) return;
        draw_legible(painter, {10, 22}, "3-D", theme::text);
        draw_mark(painter);
    }

  private:
    void draw_mark(QPainter& painter) const {
        const QPointF centre(46, height() - 46);
        const struct {
            Vec3 axis;
            char letter;
            QColor colour;
        } arms[] = {
            {{1, 0, 0}, 'L', {255, 120, 120}}, {{0, -1, 0}, 'A', {120, 220, 130}}, {{0, 0, 1}, 'S', {120, 170, 255}}};
        for (const auto& arm : arms) {
            const PlanePoint to = view_.scene_->on_screen(arm.axis);
            const QPointF tip = centre + QPointF(to.u, -to.v) * 26, label = centre + QPointF(to.u, -to.v) * 37;
            painter.setPen(QPen(arm.colour, 2));
            painter.drawLine(centre, tip);
            draw_legible(painter, label + QPointF(-5, 5), QString(QChar(arm.letter)), arm.colour);
        }
    }
    SurfaceView& view_;
};

SurfaceView::SurfaceView(Review& review, QWidget* parent)
    : QWidget(parent), review_(review), scene_(std::make_unique<SurfaceScene>(review)) {
    setObjectName("Surfaces");
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(160, 140);
    gl_ = new GlView(this);
    gl_->set_renderer(scene_->renderer());
    overlay_ = new Overlay(*this);
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

void SurfaceView::redraw() {
    gl_->update();
    overlay_->update();
}

void SurfaceView::set_surfaces(std::shared_ptr<const SurfaceSet> surfaces) {
    scene_->set_surfaces(std::move(surfaces));
    redraw();
}

void SurfaceView::reset_view() {
    scene_->reset_view();
    redraw();
}

void SurfaceView::resizeEvent(QResizeEvent*) {
    gl_->setGeometry(rect());
    overlay_->setGeometry(rect());
}

void SurfaceView::mousePressEvent(QMouseEvent* event) {
    last_ = event->position();
}

void SurfaceView::mouseMoveEvent(QMouseEvent* event) {
    const QPointF step = event->position() - last_;
    last_ = event->position();
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    if ((event->buttons() & Qt::MiddleButton) || (shift && (event->buttons() & Qt::LeftButton)))
        scene_->pan(step.x(), step.y(), height());
    else if (event->buttons() & Qt::LeftButton)
        scene_->turn(step.x(), step.y());
    else
        return;
    redraw();
}

void SurfaceView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && on_double_click) on_double_click();
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
