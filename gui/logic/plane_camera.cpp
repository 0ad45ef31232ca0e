#include "gui/logic/plane_camera.hpp"

#include <algorithm>
#include <cmath>

namespace coutard::gui {

PlanePoint PlaneCamera::point_at(double x, double y) const {
    return {centre_mm.u + (x - width_px / 2.0) * mm_per_px, centre_mm.v - (y - height_px / 2.0) * mm_per_px};
}

double PlaneCamera::x_px(const PlanePoint& point) const {
    return width_px / 2.0 + (point.u - centre_mm.u) / mm_per_px;
}
double PlaneCamera::y_px(const PlanePoint& point) const {
    return height_px / 2.0 - (point.v - centre_mm.v) / mm_per_px;
}

void PlaneCamera::fit(const PlanePoint& a, const PlanePoint& b) {
    centre_mm = {(a.u + b.u) / 2, (a.v + b.v) / 2};
    mm_per_px = std::max({0.02, 1.04 * std::abs(a.u - b.u) / std::max(1, width_px),
                          1.04 * std::abs(a.v - b.v) / std::max(1, height_px)});
}

void PlaneCamera::zoom(double factor, double x, double y) {
    const PlanePoint kept = point_at(x, y);
    mm_per_px = std::clamp(mm_per_px / factor, 0.02, 5.0);
    const PlanePoint now = point_at(x, y);
    centre_mm = {centre_mm.u + kept.u - now.u, centre_mm.v + kept.v - now.v};
}

void PlaneCamera::pan(double right_px, double down_px) {
    centre_mm = {centre_mm.u - right_px * mm_per_px, centre_mm.v + down_px * mm_per_px};
}

}  // namespace coutard::gui
