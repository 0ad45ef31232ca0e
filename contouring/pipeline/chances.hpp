#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "engine/geom/grid.hpp"

namespace coutard::contouring {

/// Probability of each structure on the network's own coarse grid; shape (structure, z, y, x). Kept
/// coarse: the full-resolution field exists for one structure at a time, slice by slice.
struct Chances {
    Grid grid;
    int structures = 0;
    std::vector<float> values;  ///< 0 to 1

    Chances() = default;
    Chances(const Grid& on, int n) : grid(on), structures(n), values(on.count() * static_cast<std::size_t>(n)) {}
    std::span<float> of(int structure) { return std::span(values).subspan(start(structure), grid.count()); }
    std::span<const float> of(int structure) const { return std::span(values).subspan(start(structure), grid.count()); }

  private:
    std::size_t start(int structure) const { return static_cast<std::size_t>(structure) * grid.count(); }
};

}  // namespace coutard::contouring
