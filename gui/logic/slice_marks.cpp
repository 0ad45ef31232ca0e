#include "gui/logic/slice_marks.hpp"

#include <algorithm>
#include <cmath>

namespace coutard::gui {

std::array<PlacedLetter, 4> placed_letters(Plane plane, const PlaneCamera& camera) {
    const EdgeLetters letters = letters_of(plane);
    const double w = camera.width_px, h = camera.height_px, from_edge = 16, beside = 11;
    return {{{letters.left, from_edge, h / 2 - beside},
             {letters.right, w - from_edge, h / 2 - beside},
             {letters.top, w / 2 + beside, from_edge + 3},
             {letters.bottom, w / 2 + beside, h - from_edge}}};
}

std::vector<Vec3> isocentres_in(const Patient& patient, Plane plane, int slice) {
    std::vector<Vec3> found;
    if (!patient.plan) return found;
    const double depth = slice_depth_mm(patient.display, plane, slice);
    const double reach = slice_distance_mm(patient.display, plane) / 2 * (1 + 1e-6);
    for (const Beam& beam : patient.plan->beams) {
        const Vec3& at = beam.isocentre_mm;
        const bool here = std::abs(depth_mm(plane, at) - depth) <= reach;
        if (here && std::find(found.begin(), found.end(), at) == found.end()) found.push_back(at);
    }
    return found;
}

}  // namespace coutard::gui
