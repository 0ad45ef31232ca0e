#pragma once
// Internal to rtdicom: one item of BeamSequence.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmrt/seq/drtbs.h>

#include "engine/plan/plan.hpp"

namespace coutard::rtdicom {

/// Fills the item: devices, fluence mode, and control points of which the first is complete and the
/// others hold what changed. Precondition: the beam passed the checks of write_plan.
void put_beam(DRTBeamSequence::Item& item, const Beam& beam);

}  // namespace coutard::rtdicom
