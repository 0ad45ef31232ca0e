#include "gui/logic/planes.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace coutard::gui {
namespace {

/// Which of the grid's axes runs closest to a patient axis.
int nearest_grid_axis(const Grid& grid, int patient_axis) {
    const std::array<Vec3, 3> axes{grid.direction().cx, grid.direction().cy, grid.direction().cz};
    int best = 0;
    for (int a = 1; a < 3; ++a)
        if (std::abs(axes[static_cast<std::size_t>(a)][patient_axis]) >
            std::abs(axes[static_cast<std::size_t>(best)][patient_axis]))
            best = a;
    return best;
}

struct Box {
    Vec3 low, high;
};

/// \param beyond 0: of the voxel centres; 0.5: of their outer faces
Box box_of(const Grid& grid, double beyond) {
    const Size3 n = grid.size();
    const Vec3 first = grid.point(-beyond, -beyond, -beyond);
    Box box{first, first};
    for (int corner = 1; corner < 8; ++corner) {
        const Vec3 p = grid.point(corner & 1 ? n.x - 1 + beyond : -beyond, corner & 2 ? n.y - 1 + beyond : -beyond,
                                  corner & 4 ? n.z - 1 + beyond : -beyond);
        for (int a = 0; a < 3; ++a) {
            box.low[a] = std::min(box.low[a], p[a]);
            box.high[a] = std::max(box.high[a], p[a]);
        }
    }
    return box;
}

/// Index of a neighbour pair and the weight of the upper one, clamped to the edge.
struct Neighbours {
    int low, high;
    double part;
};
Neighbours neighbours(double index, int count) {
    const double inside = std::clamp(index, 0.0, static_cast<double>(count - 1));
    const int low = static_cast<int>(inside);
    return {low, std::min(low + 1, count - 1), inside - low};
}

/// Beyond the outer faces; a point on a face is inside however it was rounded.
bool beyond(double index, int count) {
    return index < -0.5 - 1e-6 || index > count - 0.5 + 1e-6;
}

template <class T>
float trilinear(const Volume<T>& volume, const Vec3& at, float outside) {
    const Size3 n = volume.grid().size();
    if (beyond(at.x, n.x) || beyond(at.y, n.y) || beyond(at.z, n.z)) return outside;
    const Neighbours i = neighbours(at.x, n.x), j = neighbours(at.y, n.y), k = neighbours(at.z, n.z);
    const auto row = [&](int jj, int kk) {
        return volume.at(i.low, jj, kk) * (1 - i.part) + volume.at(i.high, jj, kk) * i.part;
    };
    const auto sheet = [&](int kk) { return row(j.low, kk) * (1 - j.part) + row(j.high, kk) * j.part; };
    return static_cast<float>(sheet(k.low) * (1 - k.part) + sheet(k.high) * k.part);
}

template <class T>
std::vector<float> cut_any(const Volume<T>& volume, Plane plane, const PlaneLattice& lattice, float outside) {
    const auto index_of = [&](double c, double r) {
        const PlanePoint p{lattice.first_mm.u + c * lattice.du_mm, lattice.first_mm.v + r * lattice.dv_mm};
        return volume.grid().index(to_patient(plane, p, lattice.depth_mm));
    };
    const Vec3 start = index_of(0, 0), per_column = index_of(1, 0) - start, per_row = index_of(0, 1) - start;
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(lattice.columns) * static_cast<std::size_t>(lattice.rows));
    for (int r = 0; r < lattice.rows; ++r)
        for (int c = 0; c < lattice.columns; ++c)
            values.push_back(trilinear(volume, start + per_column * c + per_row * r, outside));
    return values;
}

/// First pixel of a row or column that a range of millimetres holds, and how many.
struct Pixels {
    int first, count;
};
Pixels pixels_of(double low_mm, double high_mm, double first_mm, double step_mm, int count, int rim) {
    const int first = std::max(0, static_cast<int>(std::ceil((low_mm - first_mm) / step_mm - 1e-6)) - rim);
    const int last = std::min(count - 1, static_cast<int>(std::floor((high_mm - first_mm) / step_mm + 1e-6)) + rim);
    return {first, std::max(0, last - first + 1)};
}

/// The pixels of a slice that lie in a box, and `rim` more on every side; no rows when it lies elsewhere.
PlaneLattice patch_of(PlaneLattice lattice, Plane plane, const Box& box, int rim) {
    const PlaneFrame f = frame_of(plane);
    const PlanePoint a = to_plane(plane, box.low), b = to_plane(plane, box.high);
    const Pixels columns = pixels_of(a.u, b.u, lattice.first_mm.u, lattice.du_mm, lattice.columns, rim);
    const Pixels rows =
        pixels_of(std::min(a.v, b.v), std::max(a.v, b.v), lattice.first_mm.v, lattice.dv_mm, lattice.rows, rim);
    const bool reached = lattice.depth_mm >= box.low[f.depth_axis] && lattice.depth_mm <= box.high[f.depth_axis];
    lattice.first_mm = {lattice.first_mm.u + columns.first * lattice.du_mm,
                        lattice.first_mm.v + rows.first * lattice.dv_mm};
    lattice.columns = columns.count;
    lattice.rows = reached && columns.count > 0 ? rows.count : 0;
    return lattice;
}

}  // namespace

std::string_view name_of(Plane plane) {
    return plane == Plane::Axial ? "Axial" : plane == Plane::Coronal ? "Coronal" : "Sagittal";
}

PlaneFrame frame_of(Plane plane) {
    switch (plane) {
        case Plane::Axial:
            return {0, 1, 2, -1};
        case Plane::Coronal:
            return {0, 2, 1, 1};
        case Plane::Sagittal:
            break;
    }
    return {1, 2, 0, 1};
}

PlanePoint to_plane(Plane plane, const Vec3& point) {
    const PlaneFrame f = frame_of(plane);
    return {point[f.u_axis], f.v_sign * point[f.v_axis]};
}

double depth_mm(Plane plane, const Vec3& point) {
    return point[frame_of(plane).depth_axis];
}

Vec3 to_patient(Plane plane, const PlanePoint& point, double depth) {
    const PlaneFrame f = frame_of(plane);
    Vec3 patient;
    patient[f.u_axis] = point.u;
    patient[f.v_axis] = f.v_sign * point.v;
    patient[f.depth_axis] = depth;
    return patient;
}

EdgeLetters letters_of(Plane plane) {
    constexpr std::string_view positive = "LPS", negative = "RAI";
    const PlaneFrame f = frame_of(plane);
    const auto u = static_cast<std::size_t>(f.u_axis), v = static_cast<std::size_t>(f.v_axis);
    const bool along = f.v_sign > 0;
    return {negative[u], positive[u], along ? positive[v] : negative[v], along ? negative[v] : positive[v]};
}

Grid display_lattice(const Grid& image) {
    const Box box = box_of(image, 0);
    Vec3 spacing;
    std::array<int, 3> count{};
    for (int a = 0; a < 3; ++a) {
        spacing[a] = image.spacing_mm()[nearest_grid_axis(image, a)];
        count[static_cast<std::size_t>(a)] = 1 + static_cast<int>(std::lround((box.high[a] - box.low[a]) / spacing[a]));
    }
    return Grid({count[0], count[1], count[2]}, box.low, spacing);
}

int slice_count(const Grid& display, Plane plane) {
    const std::array<int, 3> n{display.size().x, display.size().y, display.size().z};
    return n[static_cast<std::size_t>(frame_of(plane).depth_axis)];
}

int slice_of(const Grid& display, Plane plane, const Vec3& point) {
    const double index = display.index(point)[frame_of(plane).depth_axis];
    return static_cast<int>(
        std::clamp(std::floor(index + 0.5), 0.0, static_cast<double>(slice_count(display, plane) - 1)));
}

double slice_depth_mm(const Grid& display, Plane plane, int slice) {
    return display.origin_mm()[frame_of(plane).depth_axis] + slice * slice_distance_mm(display, plane);
}

double slice_distance_mm(const Grid& display, Plane plane) {
    return display.spacing_mm()[frame_of(plane).depth_axis];
}

PlaneLattice plane_lattice(const Grid& display, Plane plane, int slice) {
    expect(slice >= 0 && slice < slice_count(display, plane), "slice within the image");
    const PlaneFrame f = frame_of(plane);
    const std::array<int, 3> n{display.size().x, display.size().y, display.size().z};
    PlaneLattice lattice;
    lattice.columns = n[static_cast<std::size_t>(f.u_axis)];
    lattice.rows = n[static_cast<std::size_t>(f.v_axis)];
    lattice.du_mm = display.spacing_mm()[f.u_axis];
    lattice.dv_mm = display.spacing_mm()[f.v_axis];
    lattice.depth_mm = slice_depth_mm(display, plane, slice);
    lattice.first_mm = to_plane(plane, display.origin_mm());
    if (f.v_sign < 0) lattice.first_mm.v -= (lattice.rows - 1) * lattice.dv_mm;
    return lattice;
}

std::vector<float> cut(const Volume<float>& volume, const Grid& display, Plane plane, int slice, float outside) {
    return cut_any(volume, plane, plane_lattice(display, plane, slice), outside);
}

PlanePatch cut_within(const Volume<float>& volume, const Grid& display, Plane plane, int slice) {
    const PlaneLattice patch = patch_of(plane_lattice(display, plane, slice), plane, box_of(volume.grid(), 0.5), 0);
    if (patch.rows == 0) return {};
    return {patch, cut_any(volume, plane, patch, 0.0F)};
}

PlanePatch cut(const Mask& mask, const Grid& display, Plane plane, int slice) {
    if (mask.empty()) return {};
    const PlaneLattice patch = patch_of(plane_lattice(display, plane, slice), plane, box_of(mask.grid(), 0), 1);
    if (patch.rows == 0) return {};
    return {patch, cut_any(mask, plane, patch, 0.0F)};
}

}  // namespace coutard::gui
