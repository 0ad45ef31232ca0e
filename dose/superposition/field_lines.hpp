#pragma once
#include <cstdint>
#include <vector>

#include "dose/superposition/cone_kernel.hpp"
#include "dose/superposition/cone_line.hd.hpp"
#include "dose/superposition/field_layout.hpp"

namespace coutard::dose {

/// What lines of one part of the ladder meet on a grid, by address of a layout.
struct FieldMatter {
    /// \param water cm of water per cm, to the radiation of that part \param released [MeV/cm3], times what all cones
    /// have in common of the tilt (KernelTilt::norms), shape (voxels, energy_groups); both in the order of the grid
    FieldMatter(const FieldLayout& layout, const std::vector<float>& water, const std::vector<float>& released);

    FieldLayout layout;
    std::vector<float> water, released;  ///< 0 beside the grid
    std::vector<std::uint8_t> source;    ///< whether a voxel releases energy
    float most = 0;                      ///< that a voxel releases, all groups
};

/// Carry the energy of one cone along its lines, sixteen neighbours as one, and add what they lay down to `energy`.
/// Primary lines end where they hold less than a 5000th of what the brightest voxel gives to the cone; there they lay
/// down the rest (docs/theory/dose.md, section 3).
/// \param tilt its `density` is read \param energy [MeV/cm3] by address
template <LadderPart Part>
void carry_cone(const FieldMatter& matter, const ConeLines& lines, const RayFan& fan, const Cone& cone,
                const KernelTilt<par::Host>& tilt, std::vector<float>& energy);

}  // namespace coutard::dose
