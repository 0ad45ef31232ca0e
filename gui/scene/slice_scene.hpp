#pragma once
#include <memory>

#include "gui/logic/plane_camera.hpp"
#include "gui/logic/review.hpp"

class vtkRenderer;

namespace coutard::gui {

/// What VTK draws of one plane: CT, dose wash, isodose lines and structure contours. The world of its
/// renderer is the plane itself: x is u, y is v [mm].
class SliceScene {
  public:
    SliceScene(const Review& review, Plane plane);
    ~SliceScene();
    vtkRenderer* renderer() const;

    /// Bring up to date what a change touches. \return whether anything is drawn anew
    bool refresh(Change change);
    void look(const PlaneCamera& camera);
    void show_contours(bool shown);

  private:
    void show_slice();
    void show_dose();
    void show_structures();
    struct Parts;
    const Review& review_;
    Plane plane_;
    int slice_ = -1;
    bool contours_ = true;
    std::unique_ptr<Parts> parts_;
};

}  // namespace coutard::gui
