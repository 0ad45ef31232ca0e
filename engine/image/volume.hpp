#pragma once
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/geom/grid.hpp"

namespace coutard {

/// Values on the voxels of a grid; shape (nz, ny, nx), x fastest.
template <class T>
class Volume {
  public:
    Volume() = default;
    explicit Volume(const Grid& grid, T fill = T{}) : grid_(grid), values_(grid.count(), fill) {}
    /// \throws ContractError values.size() differs from grid.count()
    Volume(const Grid& grid, std::vector<T> values) : grid_(grid), values_(std::move(values)) {
        expect(values_.size() == grid_.count(), "volume: one value per voxel of the grid");
    }

    const Grid& grid() const { return grid_; }
    std::size_t count() const { return values_.size(); }
    bool empty() const { return values_.empty(); }
    std::span<const T> values() const { return values_; }
    std::span<T> values() { return values_; }
    const T& operator[](std::size_t flat) const { return values_[flat]; }
    T& operator[](std::size_t flat) { return values_[flat]; }
    const T& at(int i, int j, int k) const { return values_[grid_.flat(i, j, k)]; }
    T& at(int i, int j, int k) { return values_[grid_.flat(i, j, k)]; }

  private:
    Grid grid_;
    std::vector<T> values_;
};

/// Part of each voxel that is inside, in 1/255: 0 outside, 255 wholly inside. A binary mask holds
/// only 0 and 255.
using Mask = Volume<std::uint8_t>;
/// Part of voxel v of a mask that is inside, 0 to 1.
inline float part_inside(const Mask& mask, std::size_t v) {
    return static_cast<float>(mask[v]) / 255.0F;
}
/// More than half of the voxel is inside.
inline bool inside(const Mask& mask, std::size_t v) {
    return mask[v] >= 128;
}

/// Three components per voxel, for displacement fields [mm].
struct Vec3f {
    float x = 0, y = 0, z = 0;
    bool operator==(const Vec3f&) const = default;
};

/// u(x) [mm, LPS] on the grid of the fixed image: the moving point is x + u(x).
using DisplacementField = Volume<Vec3f>;

}  // namespace coutard
