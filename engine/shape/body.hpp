#pragma once
#include "engine/image/volume.hpp"

namespace coutard {

/// How the patient's outline is found.
struct BodyRule {
    double threshold_HU = -350;
    double opening_mm = 4;  ///< what is thinner than twice this and sticks out is no body: mask, couch, ears' rims
};

/// External: the largest connected region above the threshold, without couch, clamps and mask, holes
/// filled in every slice (airway and sinuses belong to the body).
///
/// Above the threshold the patient touches what he lies on through thin things only, so the core, what
/// is deeper than `opening_mm`, falls apart there; of its pieces the largest is the patient's. It is
/// grown back by as much and cut with the region above the threshold: an opening that keeps the skin
/// where it is. Voxels at the skin hold the part that their HU says, so that the surface lies at sub-voxel precision
/// where the CT crosses the threshold; all others are wholly inside, fat too.
/// \throws InputError nothing in the image is above the threshold and thick enough
Mask find_body(const Volume<float>& hu, const BodyRule& rule = {});

}  // namespace coutard
