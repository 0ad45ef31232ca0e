#pragma once
#include <QWidget>
#include <functional>
#include <memory>

class vtkRenderer;

namespace coutard::gui {

class GlView;

/// A VTK picture with marks of Qt over it, painted apart, so that moving a mark draws no picture anew; and what all
/// such views do alike: fill their place, take the keyboard, tell a double click, follow the mouse.
class GlPane : public QWidget {
  public:
    explicit GlPane(QWidget* parent = nullptr);
    ~GlPane() override;
    std::function<void()> on_double_click;
    QSize sizeHint() const override { return {460, 420}; }

  protected:
    /// \param renderer kept alive; one for the life of the pane
    void set_renderer(vtkRenderer* renderer);
    virtual void paint_marks(QPainter& painter) = 0;
    void redraw();        ///< picture and marks
    void redraw_marks();  ///< marks alone

    void start_drag(const QMouseEvent& event);
    QPointF step_to(const QMouseEvent& event);  ///< how far the mouse went since the last call or the start
    QPointF dragged() const { return last_ - pressed_; }
    /// Middle button, or shift and the left one.
    static bool moves_picture(const QMouseEvent& event);

    void resizeEvent(QResizeEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

  private:
    class Marks;
    QPointF pressed_, last_;
    GlView* gl_ = nullptr;
    Marks* marks_ = nullptr;
};

}  // namespace coutard::gui
