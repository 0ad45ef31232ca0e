#pragma once
#include <cstdint>
#include <vector>

#include "engine/geom/grid.hpp"

namespace coutard::dose {

/// A grid on which one part of the ladder is carried. Its rows are padded to whole chunks; past the last voxel lies
/// one of vacuum, for lines that have left the grid.
struct Lattice {
    static constexpr int chunk = 16;

    /// \param water cm of water per cm, to the radiation of that part, in the order of the grid
    Lattice(const Grid& grid, const std::vector<float>& water);
    /// Of vacuum.
    explicit Lattice(const Grid& grid);
    /// \throws ContractError not one value per voxel
    void set(const std::vector<float>& water);

    Grid grid;
    std::size_t stride[3];     ///< of the axes
    std::vector<float> water;  ///< by address

    std::size_t at(int i, int j, int k) const {
        return static_cast<std::size_t>(i) + static_cast<std::size_t>(j) * stride[1] +
               static_cast<std::size_t>(k) * stride[2];
    }
    std::uint32_t beside() const { return static_cast<std::uint32_t>(water.size()) - chunk; }  ///< the voxel of vacuum
};

}  // namespace coutard::dose
