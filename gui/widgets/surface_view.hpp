#pragma once
#include <memory>

#include "gui/logic/review.hpp"
#include "gui/widgets/gl_pane.hpp"

class QTimer;

namespace coutard::gui {

class SurfaceScene;
class SurfaceSet;

/// The patient in three dimensions. Left drag turns, middle or shift drag moves, wheel zooms, R resets.
class SurfaceView : public GlPane {
  public:
    explicit SurfaceView(Review& review, QWidget* parent = nullptr);
    ~SurfaceView() override;
    void set_surfaces(std::shared_ptr<const SurfaceSet> surfaces);
    void reset_view();

  protected:
    void paint_marks(QPainter& painter) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void draw_directions(QPainter& painter) const;
    Review& review_;
    std::unique_ptr<SurfaceScene> scene_;
    QTimer* later_ = nullptr;  ///< waits until the cursor rests: surfaces take longer to draw than slices
};

}  // namespace coutard::gui
