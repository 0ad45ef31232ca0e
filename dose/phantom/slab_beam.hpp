#pragma once
#include "dose/machine/beam_model.hpp"
#include "dose/phantom/slab_phantom.hpp"
#include "engine/geom/iec61217.hpp"
#include "engine/plan/plan.hpp"

namespace coutard::dose {

/// The machine beam of a slab phantom: gantry at 0, isocentre on the axis. Fixed machine x, y and z (IEC 61217) are the
/// phantom's x, -y and -z. \throws InputError another number of leaves than the machine has
Beam slab_beam(const SlabSpec& spec, const Machine& machine);

/// Turns fixed machine axes into the phantom's.
Mat3 phantom_from_fixed();

/// The beam limiting device of that beam, seen from the phantom. \param sad_mm of the machine
BeamFrame slab_beam_frame(const SlabSpec& spec, double sad_mm);

}  // namespace coutard::dose
