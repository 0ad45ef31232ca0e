#include "gui/widgets/gl_pane.hpp"

#include <QMouseEvent>
#include <QPainter>

#include "gui/scene/gl_view.hpp"

namespace coutard::gui {

/// Lies over the picture and lets the mouse through.
class GlPane::Marks : public QWidget {
  public:
    Marks(GlPane& pane, QWidget* over) : QWidget(over), pane_(pane) { setAttribute(Qt::WA_TransparentForMouseEvents); }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        pane_.paint_marks(painter);
    }

  private:
    GlPane& pane_;
};

GlPane::GlPane(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(160, 140);
    gl_ = new GlView(this);
    marks_ = new Marks(*this, gl_);
}

GlPane::~GlPane() = default;

void GlPane::set_renderer(vtkRenderer* renderer) {
    gl_->set_renderer(renderer);
}

void GlPane::redraw() {
    gl_->update();
    marks_->update();
}

void GlPane::redraw_marks() {
    marks_->update();
}

void GlPane::start_drag(const QMouseEvent& event) {
    pressed_ = last_ = event.position();
}

QPointF GlPane::step_to(const QMouseEvent& event) {
    const QPointF step = event.position() - last_;
    last_ = event.position();
    return step;
}

bool GlPane::moves_picture(const QMouseEvent& event) {
    const bool shift = event.modifiers() & Qt::ShiftModifier;
    return (event.buttons() & Qt::MiddleButton) || (shift && (event.buttons() & Qt::LeftButton));
}

void GlPane::resizeEvent(QResizeEvent*) {
    gl_->setGeometry(rect());
    marks_->setGeometry(rect());
}

void GlPane::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && on_double_click) on_double_click();
}

}  // namespace coutard::gui
