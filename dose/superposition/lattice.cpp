#include "dose/superposition/lattice.hpp"

#include "engine/base/error.hpp"

namespace coutard::dose {

Lattice::Lattice(const Grid& g) : grid(g) {
    const Size3 n = grid.size();
    stride[0] = 1;
    stride[1] = (static_cast<std::size_t>(n.x) + chunk - 1) / chunk * chunk;
    stride[2] = stride[1] * static_cast<std::size_t>(n.y);
    const std::size_t count = stride[2] * static_cast<std::size_t>(n.z);
    expect(count < (std::size_t{1} << 31), "superposition: fewer than 2^31 voxels");
    water.resize(count + chunk);
}

Lattice::Lattice(const Grid& g, const std::vector<float>& values) : Lattice(g) {
    set(values);
}

void Lattice::set(const std::vector<float>& values) {
    expect(values.size() == grid.count(), "superposition: a lattice takes one value per voxel");
    const Size3 n = grid.size();
    std::size_t v = 0;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i, ++v) water[at(i, j, k)] = values[v];
}

}  // namespace coutard::dose
