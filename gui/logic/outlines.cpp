#include "gui/logic/outlines.hpp"

#include <cmath>

namespace coutard::gui {

std::vector<Outline> drawn_outlines(const Structure& structure, double z_mm, double slice_distance_mm) {
    std::vector<Outline> outlines;
    double nearest = slice_distance_mm / 2 * (1 + 1e-6);
    for (const auto& contour : structure.contours) {
        if (contour.points_mm.size() < 3) continue;
        const double away = std::abs(contour.points_mm.front().z - z_mm);
        if (away > nearest + 1e-3) continue;
        // Contours drawn denser than the slices: only those of the nearest plane.
        if (away < nearest - 1e-3) outlines.clear();
        nearest = std::min(nearest, away);
        Outline line;
        for (const Vec3& p : contour.points_mm) line.push_back(to_plane(Plane::Axial, p));
        outlines.push_back(std::move(line));
    }
    return outlines;
}

}  // namespace coutard::gui
