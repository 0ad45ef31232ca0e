#pragma once
#include <cstdint>
#include <vector>

namespace coutard::dose {

/// Voxels scored as one, with the weight that each one's dose counts with.
struct Region {
    std::vector<std::uint32_t> voxels;
    std::vector<double> weights;  ///< sum to 1
};

}  // namespace coutard::dose
