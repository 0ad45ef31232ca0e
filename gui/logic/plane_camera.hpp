#pragma once
#include "gui/logic/planes.hpp"

namespace coutard::gui {

/// Which part of a plane a view shows: millimetres are square on the screen whatever the pixels of the
/// image are. Screen pixels count from the top left, their centres at halves.
struct PlaneCamera {
    PlanePoint centre_mm;
    double mm_per_px = 1;
    int width_px = 1, height_px = 1;

    PlanePoint point_at(double x_px, double y_px) const;
    double x_px(const PlanePoint& point) const;
    double y_px(const PlanePoint& point) const;

    /// A rectangle of the plane, with a small rim.
    void fit(const PlanePoint& corner, const PlanePoint& opposite);
    /// Larger by `factor`, the point under the mouse stays where it is; between 0.02 and 5 mm per pixel.
    void zoom(double factor, double x_px, double y_px);
    void pan(double right_px, double down_px);
};

}  // namespace coutard::gui
