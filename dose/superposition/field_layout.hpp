#pragma once
#include <vector>

#include "engine/geom/grid.hpp"

namespace coutard::dose {

/// Addresses of a grid's voxels for lines that are carried side by side: rows along x or y, so far apart that `lanes`
/// neighbours which begin or end beside the grid touch no other row.
struct FieldLayout {
    static constexpr int lanes = 16;

    /// \param fast the axis that runs fastest: 0 or 1
    FieldLayout(const Grid& grid, int fast);

    Size3 size;
    int fast;
    std::size_t stride[3];  ///< of the axes
    std::size_t count;      ///< addresses, those beside the rows among them

    std::size_t at(int i, int j, int k) const {
        return lanes + static_cast<std::size_t>(i) * stride[0] + static_cast<std::size_t>(j) * stride[1] +
               static_cast<std::size_t>(k) * stride[2];
    }
    /// Call act(index in the order of the grid, address) for all voxels.
    template <class Act>
    void for_voxels(const Act& act) const {
        std::size_t v = 0;
        for (int k = 0; k < size.z; ++k)
            for (int j = 0; j < size.y; ++j) {
                const std::size_t row = at(0, j, k);
                for (int i = 0; i < size.x; ++i, ++v) act(v, row + static_cast<std::size_t>(i) * stride[0]);
            }
    }
};

}  // namespace coutard::dose
