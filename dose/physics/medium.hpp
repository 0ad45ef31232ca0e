#pragma once
#include <cstdint>
#include <vector>

#include "dose/physics/material.hpp"
#include "engine/geom/grid.hpp"

namespace coutard::dose {

/// What the beam meets, voxel by voxel.
struct Medium {
    Grid grid;
    std::vector<float> density;          ///< mass density [g/cm3]; 0 is vacuum
    std::vector<std::uint8_t> material;  ///< index into materials
    std::vector<Material> materials;     ///< at most max_materials

    static constexpr int max_materials = 16;
    /// Electron density relative to water of unit density, per voxel: scales the water kernels.
    std::vector<float> electron_density() const;
};

}  // namespace coutard::dose
