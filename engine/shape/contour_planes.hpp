#pragma once
#include <span>
#include <vector>

#include "engine/shape/structure.hpp"

namespace coutard {

/// Planes closer than this [mm] are one plane: 0.3 mm, but a twentieth of a slice at least and a fifth at
/// most. Systems round positions, and a hole may be written a little off the plane of its ring.
double same_plane_mm(double slice_mm);

/// Sorted positions [mm] of distinct planes: of positions that are one plane the lowest stands.
std::vector<double> distinct_planes(std::vector<double> positions_mm, double slice_mm);

/// The distance [mm] that neighbouring planes of a structure usually keep: the median (of an even number the
/// lower), so that a stray plane far away does not stretch the slabs of all others. A single gap says little:
/// it counts up to 1.5 slices or 5 mm, the thickest usual slice, whichever is more. Never above 10 mm;
/// `slice_mm` for a lone plane.
/// \param planes_mm sorted and distinct
/// \param slice_mm  distance of the image's slices, positive
double usual_distance_mm(std::span<const double> planes_mm, double slice_mm);

/// Whether neighbours this far apart are one body of slices: up to 1.5 times the usual distance.
inline bool joined(double gap_mm, double usual_mm) {
    return gap_mm <= 1.5 * usual_mm + 1e-6;
}

/// Positions [mm, along the normal of the structure's planes: z of axial contours] of planes that are joined
/// to no other though the structure has several: a loop drawn by mistake, or slices left out. A person should
/// know of them. Markers (fewer than three points) do not count.
std::vector<double> stray_planes(const Structure& structure);

}  // namespace coutard
