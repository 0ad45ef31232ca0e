#pragma once
#include <vector>

namespace coutard::registration {

/// One resolution of the pyramid, coarse ones first.
struct DeformableLevel {
    double spacing_mm;   ///< voxels of both images are this wide, or the scan's own width
    double control_mm;   ///< distance of the B-spline's control points
    int iterations;      ///< at most; fewer when the similarity stands still
    double step_mm;      ///< first step of the optimiser per control point
    double bending_mm2;  ///< weight of the squared second derivatives of the velocity
};

/// How images are registered; defaults suit CT on CT. Theory: docs/theory/registration.md.
struct DeformableSettings {
    std::vector<DeformableLevel> levels{{12, 48, 100, 1.0, 400}, {6, 24, 80, 0.7, 200}, {3, 15, 40, 0.4, 40}};
    double window_voxels = 2.0;  ///< standard deviation of the window of the local correlation
    double noise_hu = 8;         ///< contrast below this counts little
    double diffusion = 0.002;    ///< weight of the squared first derivatives of the velocity
    double skin_margin_mm = 9;   ///< similarity counts this far outside the body, so that skin meets skin
    int squarings = 5;           ///< the map is 2^squarings small steps
};

}  // namespace coutard::registration
