#pragma once
#include "engine/plan/plan.hpp"
#include "engine/ports/dose_engine.hpp"

namespace coutard::dose {

/// Refuse a beam whose open field comes through body that the CT has cut off: where the body reaches the first or last
/// slice, no ray of the field may lie more than 5 mm beyond it, in the shadow of that slice's body, on its way to the
/// isocentre plane. What the ray meets there is not known. Without a mask of what counts nothing is refused. \throws
/// InputError naming beam, control point and where the CT ends
void check_covered(const DoseScene& scene, const Beam& beam);

}  // namespace coutard::dose
