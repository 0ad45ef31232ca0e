#pragma once
#include <cstddef>
#include <vector>

#include "dose/superposition/cone_state.hd.hpp"
#include "engine/ports/influence.hpp"

namespace coutard::dose {

/// Beamlets of one beam that lie side by side, up to `tile_lanes` of them: they release energy in much the same voxels,
/// and lines weaken alike for all, so they are carried together, each in a lane of its own.
inline constexpr int tile_lanes = 16;

/// A number per beamlet of a tile; one cache line.
struct alignas(64) TileRow {
    float of[tile_lanes] = {};
};

/// A voxel, or a coarse cell, in which beamlets of a tile release energy.
struct TileSource {
    int at[3];                      ///< index
    float released[energy_groups];  ///< by fluence 1 [MeV/cm3]
    TileRow part;                   ///< fluence of each beamlet; below 0 beside sharp edges

    float released_in_all() const {
        float sum = 0;
        for (float r : released) sum += r;
        return sum;
    }
};

/// Cut a beam into tiles of up to 4 x 4 beamlets by their places. \return indices of the beamlets, rising in each tile
std::vector<std::vector<std::size_t>> tiles_of(const std::vector<Beamlet>& beamlets);

}  // namespace coutard::dose
