#pragma once
#include <string_view>
#include <vector>

#include "engine/image/volume.hpp"

namespace coutard::gui {

/// The three anatomical planes, each cut square to a patient axis (DICOM LPS).
enum class Plane { Axial, Coronal, Sagittal };
inline constexpr Plane all_planes[] = {Plane::Axial, Plane::Coronal, Plane::Sagittal};
std::string_view name_of(Plane plane);  ///< "Axial" ...

/// A point on a plane as the screen shows it [mm]: u to the right, v upwards.
struct PlanePoint {
    double u = 0, v = 0;
};

/// Where the screen's axes point in the patient. Radiological convention: the reader faces the patient,
/// so the patient's right lies on the left of axial and coronal views; axial views have anterior on top;
/// sagittal views are seen from the patient's left, anterior on the left.
struct PlaneFrame {
    int u_axis = 0, v_axis = 1, depth_axis = 2;  ///< 0 x (to the patient's left), 1 y (posterior), 2 z (superior)
    double v_sign = 1;                           ///< -1: v runs against its patient axis; u always runs along
};
PlaneFrame frame_of(Plane plane);

PlanePoint to_plane(Plane plane, const Vec3& point_mm);
double depth_mm(Plane plane, const Vec3& point_mm);  ///< patient coordinate along the axis that the plane cuts
Vec3 to_patient(Plane plane, const PlanePoint& point, double depth_mm);

/// Letters at the edges of a view: R L A P S I.
struct EdgeLetters {
    char left = ' ', right = ' ', top = ' ', bottom = ' ';
};
EdgeLetters letters_of(Plane plane);

/// The lattice on which images are shown: axes along the patient's, covering the image. Where the image's
/// own axes already lie along the patient's (in any order and sense), its voxel centres are kept.
Grid display_lattice(const Grid& image);

/// Pixels of one slice: pixel (c, r) lies at first + (c du, r dv); row 0 is the lowest on the screen.
struct PlaneLattice {
    int columns = 0, rows = 0;
    PlanePoint first_mm;
    double du_mm = 1, dv_mm = 1;
    double depth_mm = 0;
};

int slice_count(const Grid& display, Plane plane);
/// The slice that shows a point, the nearest one for points outside.
int slice_of(const Grid& display, Plane plane, const Vec3& point_mm);
double slice_depth_mm(const Grid& display, Plane plane, int slice);
double slice_distance_mm(const Grid& display, Plane plane);
/// \throws ContractError no such slice
PlaneLattice plane_lattice(const Grid& display, Plane plane, int slice);

/// Values of a volume on a slice, row by row from the lowest; trilinear, and `outside` beyond its grid.
std::vector<float> cut(const Volume<float>& volume, const Grid& display, Plane plane, int slice, float outside);

/// A rectangle of a slice and the values on it.
struct PlanePatch {
    PlaneLattice lattice;  ///< no rows: the volume does not reach the slice
    std::vector<float> values;
};
/// The part of a slice that lies inside a volume's own grid, trilinear. Lines drawn on it end where the volume
/// ends, instead of running along its edge.
PlanePatch cut_within(const Volume<float>& volume, const Grid& display, Plane plane, int slice);
/// The part of a slice that a mask reaches, with a rim of pixels outside it: part inside, 0 to 255.
PlanePatch cut(const Mask& mask, const Grid& display, Plane plane, int slice);

}  // namespace coutard::gui
