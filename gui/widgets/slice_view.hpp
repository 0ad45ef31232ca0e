#pragma once
#include <QPoint>
#include <memory>

#include "gui/logic/plane_camera.hpp"
#include "gui/logic/review.hpp"
#include "gui/widgets/gl_pane.hpp"

namespace coutard::gui {

class SliceScene;

/// One anatomical plane: VTK picture below, crosshair, letters and figures above.
/// Left button: cursor to the mouse. Right drag: window (sideways) and level (up). Middle drag or shift and
/// left: move the picture. Wheel: slices; with ctrl: zoom. Double click: alone or with the others. R: whole slice.
class SliceView : public GlPane {
  public:
    SliceView(Review& review, Plane plane, QWidget* parent = nullptr);
    ~SliceView() override;

    Plane plane() const { return plane_; }
    const PlaneCamera& camera() const { return camera_; }
    /// Where a patient point is drawn [pixels from the top left].
    QPointF pixel_of(const Vec3& point_mm) const;
    void show_contours(bool shown);
    void reset_view();

  protected:
    void paint_marks(QPainter& painter) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void refresh(Change change);
    void look();
    void move_cursor_to(const QPointF& pixel);

    Review& review_;
    Plane plane_;
    PlaneCamera camera_;
    bool whole_ = true;  ///< the whole slice is shown: resizing fits it again
    WindowLevel pressed_window_;
    int wheel_rest_ = 0;
    std::unique_ptr<SliceScene> scene_;
};

}  // namespace coutard::gui
