#include "rtdicom/codec/slice_stack.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

#include "engine/base/error.hpp"

namespace coutard::rtdicom {
namespace {

std::string text(const Vec3& v) {
    std::ostringstream out;
    out << v.x << "\\" << v.y << "\\" << v.z;
    return out.str();
}

std::string text(double v) {
    std::ostringstream out;
    out << v;
    return out.str();
}

void refuse(const SlicePlane& slice, const char* attribute, const std::string& found, const std::string& expected) {
    throw InputError(slice.file + ": " + attribute + ": found " + found + ", expected " + expected);
}

constexpr const char* orientation = "ImageOrientationPatient (0020,0037)";
constexpr const char* position = "ImagePositionPatient (0020,0032)";

/// Rows and columns along the patient's x and y: what contours, dose grids and beams are defined on.
void check_transverse(const SlicePlane& slice) {
    const auto along = [](double main, double a, double b) {
        return std::abs(std::abs(main) - 1) < 1e-3 && std::abs(a) < 1e-3 && std::abs(b) < 1e-3;
    };
    const Vec3 &r = slice.row, &c = slice.column;
    if (along(r.x, r.y, r.z) && along(c.y, c.x, c.z)) return;
    refuse(slice, orientation, text(r) + "\\" + text(c),
           "transverse slices, rows along x and columns along y (tilted, oblique, sagittal and coronal series are not "
           "supported)");
}

void check_alike(const SlicePlane& slice, const SlicePlane& first) {
    const std::string like = " as in " + first.file;
    if (norm(slice.row - first.row) > 1e-3 || norm(slice.column - first.column) > 1e-3)
        refuse(slice, orientation, text(slice.row) + "\\" + text(slice.column),
               text(first.row) + "\\" + text(first.column) + like);
    if (std::abs(slice.row_spacing_mm - first.row_spacing_mm) > 1e-3 ||
        std::abs(slice.column_spacing_mm - first.column_spacing_mm) > 1e-3)
        refuse(slice, "PixelSpacing (0028,0030)", text(slice.row_spacing_mm) + "\\" + text(slice.column_spacing_mm),
               text(first.row_spacing_mm) + "\\" + text(first.column_spacing_mm) + like);
    if (slice.rows != first.rows || slice.columns != first.columns)
        refuse(slice, "Rows (0028,0010) x Columns (0028,0011)",
               std::to_string(slice.rows) + " x " + std::to_string(slice.columns),
               std::to_string(first.rows) + " x " + std::to_string(first.columns) + like);
}

/// The usual distance of neighbours: the median, which a few gaps or duplicates do not move.
double usual_step(const std::vector<double>& at) {
    std::vector<double> steps;
    for (std::size_t k = 1; k < at.size(); ++k) steps.push_back(at[k] - at[k - 1]);
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    return *middle;
}

void check_step(const SlicePlane& before, const SlicePlane& slice, double step, double usual, double tolerance) {
    if (step < 0.01) refuse(slice, position, "the same place as " + before.file, "one slice per position (duplicate)");
    if (std::abs(step - usual) <= tolerance) return;
    const double missing = step / usual - 1;
    const bool gap = missing > 0.5 && std::abs(missing - std::round(missing)) * usual <= tolerance * 2;
    refuse(slice, position, text(step) + " mm after " + before.file,
           text(usual) + " mm as between the other slices" +
               (gap ? " (" + std::to_string(std::lround(missing)) + " missing)" : " (uneven spacing)"));
}

}  // namespace

SliceStack stack_slices(const std::vector<SlicePlane>& slices) {
    expect(!slices.empty(), "stack_slices: at least one slice");
    const SlicePlane& first = slices.front();
    check_transverse(first);
    for (const auto& slice : slices) check_alike(slice, first);

    const Vec3 normal = unit(cross(first.row, first.column));
    std::vector<std::size_t> order(slices.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto along = [&](std::size_t s) { return dot(normal, slices[s].position_mm); };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return along(a) < along(b); });

    double step = first.thickness_mm;
    if (slices.size() == 1) {
        if (!(step > 0)) refuse(first, "SliceThickness (0018,0050)", "nothing", "a positive length (a single slice)");
    } else {
        std::vector<double> at;
        for (const auto s : order) at.push_back(along(s));
        const double usual = usual_step(at), tolerance = std::max(0.05, 0.02 * usual);
        for (std::size_t k = 1; k < order.size(); ++k) {
            const auto &before = slices[order[k - 1]], &slice = slices[order[k]];
            check_step(before, slice, at[k] - at[k - 1], usual, tolerance);
            const Vec3 sideways = slice.position_mm - slices[order[0]].position_mm - normal * (at[k] - at[0]);
            if (norm(sideways) > 0.05)
                refuse(slice, position,
                       text(slice.position_mm) + ", " + text(norm(sideways)) + " mm to the side of " +
                           slices[order[0]].file,
                       "slices stacked along their normal (gantry tilt is not supported)");
        }
        step = (at.back() - at.front()) / static_cast<double>(at.size() - 1);
    }
    const Vec3 i = unit(first.row), j = unit(first.column - i * dot(i, first.column));
    return {Grid({first.columns, first.rows, static_cast<int>(slices.size())}, slices[order[0]].position_mm,
                 {first.column_spacing_mm, first.row_spacing_mm, step}, {i, j, cross(i, j)}),
            std::move(order)};
}

}  // namespace coutard::rtdicom
