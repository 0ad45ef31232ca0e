#pragma once
#include "contouring/train/patch.hpp"

namespace coutard::contouring {

/// How far training patches stray from the data; shares are probabilities, ranges are uniform.
struct AugmentConfig {
    double mirror_share = 0.5;  ///< left-right reflection with exchange of paired labels
    double rotation_deg = 12;   ///< about each axis, +-
    double scale = 0.15;        ///< size times 1 +- this, each axis a little (a third) apart
    double jitter = 0.3;        ///< the patch's middle off the chosen voxel, part of its extent, +-
    double hu_shift = 30;       ///< [HU], +-: some scans are 25 HU low
    double hu_scale = 0.08;     ///< soft-tissue contrast times 1 +- this
    double noise_hu = 20;       ///< standard deviation up to this [HU]
    double noise_share = 0.4;
    double blur_share = 0.25;   ///< three-point smoothing per axis, up to equal weights
    double blank_share = 0.12;  ///< beyond an axial plane the scan ends
    double tube_share = 0.08;   ///< beyond an axial plane only what lies near a contour is left
};

/// A random turn, scale, mirror and offset about a patient point.
Placement draw_placement(const Vec3& about_mm, const Size3& size, const Vec3& spacing_mm, const AugmentConfig& config,
                         Random& random);

/// Contrast, brightness, noise and smoothing; blank (-1000 HU) stays blank.
void vary_intensity(Patch& patch, const AugmentConfig& config, Random& random);

/// Imitate the partial scans of OpenKBP: cut the patient off at an axial plane, wholly (labels go too)
/// or down to tubes around the contours.
void vary_coverage(Patch& patch, const AugmentConfig& config, Random& random);

}  // namespace coutard::contouring
