#pragma once
#include <cstdint>

#include "dose/physics/octave_grid.hd.hpp"
#include "engine/geom/vec3.hpp"
#include "engine/par/view.hd.hpp"

namespace coutard::dose {

/// Voxels that particles fly through, in a frame of their own: x along the first axis, the grid's corner at the
/// origin, lengths in cm. Vacuum outside, and where the density is zero.
template <class Space>
struct Scene {
    int count[3];
    double voxel_cm[3];
    par::View<const float, Space> density;          ///< [g/cm3], shape (nz, ny, nx)
    par::View<const std::uint8_t, Space> material;  ///< index into the tables
    par::View<const float, Space> majorant;    ///< at least the attenuation anywhere [1/cm], shape (OctaveGrid::count)
    par::View<const float, Space> importance;  ///< share of the splits that a voxel gets, 0 to 1; empty: 1

    COUTARD_HD std::size_t flat(const int (&i)[3]) const {
        return static_cast<std::size_t>(i[0]) +
               static_cast<std::size_t>(count[0]) *
                   (static_cast<std::size_t>(i[1]) +
                    static_cast<std::size_t>(count[1]) * static_cast<std::size_t>(i[2]));
    }
    COUTARD_HD bool holds(const int (&i)[3]) const {
        return i[0] >= 0 && i[0] < count[0] && i[1] >= 0 && i[1] < count[1] && i[2] >= 0 && i[2] < count[2];
    }
};

/// Where a particle is: point [cm] and voxel. On a face the voxel tells which side.
struct Place {
    Vec3 at;
    int voxel[3];
};

/// A straight flight through voxels: distance to the next face and the step across it.
class Flight {
  public:
    template <class Space>
    COUTARD_HD Flight(const Scene<Space>& scene, const Vec3& direction) {
        for (int k = 0; k < 3; ++k) {
            size_[k] = scene.voxel_cm[k];
            const double d = direction[k];
            inverse_[k] = d == 0 ? 0 : 1 / d;
            ahead_[k] = d > 0 ? 1 : 0;
        }
    }
    /// Distance along the direction to the nearest face [cm]; \param axis out: whose face
    COUTARD_HD double to_face(const Place& p, int& axis) const {
        double least = 1e30;
        axis = 0;
        for (int k = 0; k < 3; ++k) {
            if (inverse_[k] == 0) continue;
            const double s = ((p.voxel[k] + ahead_[k]) * size_[k] - p.at[k]) * inverse_[k];
            if (s < least) {
                least = s;
                axis = k;
            }
        }
        return least > 0 ? least : 0;
    }
    /// Into the neighbour across that axis.
    COUTARD_HD void cross(Place& p, int axis) const { p.voxel[axis] += side(axis); }
    /// +1 or -1: the way the voxel's index goes along that axis.
    COUTARD_HD int side(int axis) const { return 2 * ahead_[axis] - 1; }

  private:
    double size_[3], inverse_[3];
    int ahead_[3];
};

/// A long straight flight: distances from its start, added up face by face.
class LongFlight {
  public:
    template <class Space>
    COUTARD_HD LongFlight(const Scene<Space>& scene, const Place& from, const Vec3& direction) {
        for (int k = 0; k < 3; ++k) {
            const double d = direction[k], size = scene.voxel_cm[k];
            step_[k] = d > 0 ? 1 : -1;
            per_[k] = d == 0 ? 0 : size / (d > 0 ? d : -d);
            next_[k] = d == 0 ? 1e30 : ((from.voxel[k] + (d > 0 ? 1 : 0)) * size - from.at[k]) / d;
        }
    }
    /// Cross the nearest face: \return its distance from the start [cm]; the voxel becomes the one behind it
    COUTARD_HD double cross(int (&voxel)[3]) {
        const int xy = next_[1] < next_[0] ? 1 : 0, k = next_[2] < next_[xy] ? 2 : xy;
        const double at = next_[k];
        next_[k] += per_[k];
        voxel[k] += step_[k];
        return at;
    }

  private:
    double next_[3], per_[3];
    int step_[3];
};

}  // namespace coutard::dose
