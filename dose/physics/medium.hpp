#pragma once
#include <cstdint>
#include <vector>

#include "dose/physics/material.hpp"
#include "engine/geom/grid.hpp"

namespace coutard::dose {

/// What 1 cm of a voxel is worth in cm of water: to scattered photons, and to the charged particles of the first event.
struct WaterLength {
    float scatter, primary;
};

/// What the beam meets, voxel by voxel.
struct Medium {
    Grid grid;
    std::vector<float> density;          ///< mass density [g/cm3]; 0 is vacuum
    std::vector<std::uint8_t> material;  ///< index into materials
    std::vector<Material> materials;     ///< at most max_materials

    static constexpr int max_materials = 16;
    /// Per voxel: scales the water kernels. \param photon_MeV whose charged particles are meant; 2 MeV for what is not
    /// worth a beam's own: dim places, contaminant electrons
    std::vector<WaterLength> water_lengths(double photon_MeV = 2) const;
};

}  // namespace coutard::dose
