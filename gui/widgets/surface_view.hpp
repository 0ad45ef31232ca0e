#pragma once
#include <QWidget>
#include <functional>
#include <memory>

#include "gui/logic/review.hpp"

class QTimer;

namespace coutard::gui {

class GlView;
class SurfaceScene;
class SurfaceSet;

/// The patient in three dimensions. Left drag turns, middle or shift drag moves, wheel zooms, R resets.
class SurfaceView : public QWidget {
  public:
    explicit SurfaceView(Review& review, QWidget* parent = nullptr);
    ~SurfaceView() override;
    void set_surfaces(std::shared_ptr<const SurfaceSet> surfaces);
    void reset_view();
    std::function<void()> on_double_click;
    QSize sizeHint() const override { return {460, 420}; }

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    class Overlay;
    void redraw();
    Review& review_;
    QPointF last_;
    std::unique_ptr<SurfaceScene> scene_;
    GlView* gl_ = nullptr;
    Overlay* overlay_ = nullptr;
    QTimer* later_ = nullptr;  ///< waits until the cursor rests: surfaces take longer to draw than slices
};

}  // namespace coutard::gui
