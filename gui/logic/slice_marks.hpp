#pragma once
#include <array>
#include <vector>

#include "gui/logic/patient.hpp"
#include "gui/logic/plane_camera.hpp"

namespace coutard::gui {

/// A letter and where the middle of it is drawn [pixels from the top left].
struct PlacedLetter {
    char letter = ' ';
    double x_px = 0, y_px = 0;
};
/// The orientation letters of a view, each beside the middle of its edge.
std::array<PlacedLetter, 4> placed_letters(Plane plane, const PlaneCamera& camera);

/// Where the beams meet, each point once, as far as it lies within half a slice distance of the slice.
std::vector<Vec3> isocentres_in(const Patient& patient, Plane plane, int slice);

}  // namespace coutard::gui
