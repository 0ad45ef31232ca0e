#pragma once
#include <functional>
#include <utility>

#include "dose/phantom/slab_phantom.hpp"
#include "engine/plan/machine.hpp"

namespace coutard::dose {

/// A field of a machine's jaws, 100 MU, on a block of water. \param jaws_cm x1, x2, y1, y2 at the isocentre
/// \param side_cm, depth_cm of the block
SlabSpec field_in_water(const std::string& name, const std::string& machine, const std::array<double, 4>& jaws_cm,
                        double side_cm, double depth_cm, double ssd_cm);

/// Puts the leaves in. \param tips x1 and x2 [cm at the isocentre] of a pair by its number and its middle along y [cm]
void lay_leaves(SlabSpec& spec, const Machine& machine,
                const std::function<std::pair<double, double>(int, double)>& tips);

}  // namespace coutard::dose
