#pragma once
#include "engine/image/volume.hpp"

namespace coutard {

/// Lengths [mm] towards the six patient directions; negative ones shrink.
struct Margin {
    double left = 0, right = 0, anterior = 0, posterior = 0, superior = 0, inferior = 0;
    static Margin uniform(double mm) { return {mm, mm, mm, mm, mm, mm}; }
};

/// The mask grown or shrunk: a voxel belongs to the result when the nearest piece of surface lies within
/// the margin. With unequal lengths the reach in between is the ellipsoid's of that octant; lengths that
/// grow act before lengths that shrink. Works from the half-coverage surface and gives fractions, so
/// voxel steps do not show (docs/theory/shapes.md has the errors on spheres). The edge of the grid is
/// neither grown over nor shrunk from: a mask that reaches it goes on beyond. A mask nowhere above one half has
/// its surface at half of its fullest voxel.
/// \throws ContractError a grid axis lies more than 8 degrees off the patient's axes while the lengths differ
Mask with_margin(const Mask& mask, const Margin& margin);
inline Mask with_margin(const Mask& mask, double mm) {
    return with_margin(mask, Margin::uniform(mm));
}

}  // namespace coutard
