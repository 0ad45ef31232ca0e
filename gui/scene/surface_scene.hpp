#pragma once
#include <memory>

#include "gui/logic/review.hpp"

class vtkRenderer;

namespace coutard::gui {

/// Triangles of a patient's structures, made once by whoever has time (a worker thread).
class SurfaceSet {
  public:
    /// Marching cubes of each mask at one half, on voxels of at least 2 mm (4 mm where its box exceeds two litres),
    /// smoothed without shrinking. A patient without structures gets the surface at -350 HU instead. The couch is
    /// left out.
    SurfaceSet(const Patient& patient, const Progress& progress);
    ~SurfaceSet();
    struct Parts;
    const Parts& parts() const { return *parts_; }

  private:
    std::unique_ptr<Parts> parts_;
};

/// What VTK draws in three dimensions: surfaces of the visible structures, the outer one see-through, and the
/// cursor; isocentres are drawn on slices only. The world of its renderer is the patient (LPS, mm).
class SurfaceScene {
  public:
    explicit SurfaceScene(const Review& review);
    ~SurfaceScene();
    vtkRenderer* renderer() const;

    void set_surfaces(std::shared_ptr<const SurfaceSet> surfaces);
    void refresh(Change change);
    void turn(double right_px, double down_px);  ///< as if the patient were dragged
    void zoom(double factor);
    void pan(double right_px, double down_px, int height_px);
    void reset_view();  ///< from the patient's front, head up
    /// Where a patient axis points on the screen, length at most 1: for the orientation mark.
    PlanePoint on_screen(const Vec3& direction) const;

  private:
    void place_cursor();
    struct Parts;
    const Review& review_;
    std::unique_ptr<Parts> parts_;
};

}  // namespace coutard::gui
