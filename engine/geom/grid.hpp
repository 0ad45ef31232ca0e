#pragma once
#include <cstddef>

#include "engine/base/hd.hpp"
#include "engine/geom/vec3.hpp"

namespace coutard {

/// Voxel counts along i, j, k.
struct Size3 {
    int x = 0, y = 0, z = 0;
    constexpr bool operator==(const Size3&) const = default;
};

/// A regular lattice of voxel centres in patient space (DICOM LPS, mm); i runs fastest in memory.
/// Point of voxel (i, j, k) = origin + direction * (i sx, j sy, k sz). Immutable.
class Grid {
  public:
    Grid() = default;  ///< empty: no voxels
    /// \param size      voxels per axis, each at least 1
    /// \param origin_mm centre of voxel (0, 0, 0)
    /// \param spacing_mm distance of centres per axis, positive
    /// \param direction columns are the unit vectors of the i, j and k axes: orthonormal, right-handed
    /// \throws ContractError otherwise
    Grid(Size3 size, Vec3 origin_mm, Vec3 spacing_mm, Mat3 direction = {});

    COUTARD_HD const Size3& size() const { return size_; }
    COUTARD_HD const Vec3& origin_mm() const { return origin_; }
    COUTARD_HD const Vec3& spacing_mm() const { return spacing_; }
    COUTARD_HD const Mat3& direction() const { return direction_; }
    COUTARD_HD std::size_t count() const {
        return static_cast<std::size_t>(size_.x) * static_cast<std::size_t>(size_.y) *
               static_cast<std::size_t>(size_.z);
    }
    double voxel_cm3() const { return spacing_.x * spacing_.y * spacing_.z / 1000.0; }

    COUTARD_HD std::size_t flat(int i, int j, int k) const {
        return (static_cast<std::size_t>(k) * static_cast<std::size_t>(size_.y) + static_cast<std::size_t>(j)) *
                   static_cast<std::size_t>(size_.x) +
               static_cast<std::size_t>(i);
    }
    COUTARD_HD bool holds(int i, int j, int k) const {
        return i >= 0 && j >= 0 && k >= 0 && i < size_.x && j < size_.y && k < size_.z;
    }
    /// Patient point [mm] of a continuous index; whole numbers are voxel centres.
    COUTARD_HD Vec3 point(double i, double j, double k) const {
        return origin_ + direction_ * Vec3{i * spacing_.x, j * spacing_.y, k * spacing_.z};
    }
    COUTARD_HD Vec3 point(const Vec3& index) const { return point(index.x, index.y, index.z); }
    /// Continuous index of a patient point; voxel i spans [i - 0.5, i + 0.5).
    COUTARD_HD Vec3 index(const Vec3& point_mm) const {
        const Vec3 d = point_mm - origin_;
        return {dot(direction_.cx, d) / spacing_.x, dot(direction_.cy, d) / spacing_.y,
                dot(direction_.cz, d) / spacing_.z};
    }
    /// Same lattice within a tolerance [mm] at every corner.
    bool same_as(const Grid& other, double tolerance_mm = 1e-3) const;

  private:
    Size3 size_;
    Vec3 origin_, spacing_{1, 1, 1};
    Mat3 direction_;
};

/// The axis-aligned (in the grid's own axes) grid of another spacing that covers the same box: outer
/// faces agree at the low corner, the high corner lies at most one new voxel outside.
Grid resampled_grid(const Grid& grid, const Vec3& spacing_mm);

/// The part of a grid between two voxels, both included. \throws ContractError out of range
Grid cropped_grid(const Grid& grid, Size3 first, Size3 last);

}  // namespace coutard
