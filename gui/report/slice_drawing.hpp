#pragma once
#include "gui/report/canvas.hpp"
#include "gui/report/slice_picture.hpp"

namespace coutard::gui::report {

inline constexpr double wash_opacity = 0.42;  ///< of dose over grey

/// A picture with the lines of its scene, letters of the patient's sides and a scale bar.
/// \param scale [pt/mm]
void draw_slice(Canvas& canvas, Spot at, const SlicePicture& picture, const Scene& scene, double scale);

}  // namespace coutard::gui::report
