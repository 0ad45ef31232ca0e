#include "registration/quality/field_quality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/error.hpp"
#include "engine/image/resample.hpp"

namespace coutard::registration {
namespace {

Vec3 vector_at(const DisplacementField& field, std::size_t v) {
    return {field[v].x, field[v].y, field[v].z};
}

/// du/d(axis) along the grid's own axis [1].
Vec3 slope(const DisplacementField& field, int i, int j, int k, int axis) {
    const Grid& g = field.grid();
    const int at[3] = {i, j, k}, n[3] = {g.size().x, g.size().y, g.size().z};
    int low[3] = {i, j, k}, high[3] = {i, j, k};
    low[axis] = std::max(at[axis] - 1, 0);
    high[axis] = std::min(at[axis] + 1, n[axis] - 1);
    if (low[axis] == high[axis]) return {};
    const Vec3 change =
        vector_at(field, g.flat(high[0], high[1], high[2])) - vector_at(field, g.flat(low[0], low[1], low[2]));
    return change / ((high[axis] - low[axis]) * g.spacing_mm()[axis]);
}

/// value(flat) of every voxel of a mask.
template <class Value>
std::vector<float> over(const Grid& grid, const std::optional<Mask>& where, const Value& value) {
    if (where) expect(where->grid().same_as(grid), "registration figures: mask and field share one grid");
    std::vector<float> values;
    for (std::size_t v = 0; v < grid.count(); ++v)
        if (!where || inside(*where, v)) values.push_back(static_cast<float>(value(v)));
    return values;
}

Vec3 centre(const Grid& grid, std::size_t v) {
    const auto nx = static_cast<std::size_t>(grid.size().x), ny = static_cast<std::size_t>(grid.size().y);
    return grid.point(static_cast<double>(v % nx), static_cast<double>(v / nx % ny),
                      static_cast<double>(v / (nx * ny)));
}

/// Squared differences over the voxels of a mask that both images have.
struct Difference {
    double sum_hu2 = 0;
    std::size_t count = 0;

    void add(float a, float b) {
        sum_hu2 += (static_cast<double>(a) - b) * (static_cast<double>(a) - b);
        ++count;
    }
    std::optional<double> rms() const {
        return count > 0 ? std::optional(std::sqrt(sum_hu2 / static_cast<double>(count))) : std::nullopt;
    }
};

/// Before and after over the same voxels: else a field that pulls bad voxels out of the image looks better.
void compare_images(const Volume<float>& fixed, const Volume<float>& before, const Volume<float>& after,
                    const std::optional<Mask>& where, RegistrationFigures& figures) {
    Difference was, is, is_alone;
    for (std::size_t v = 0; v < fixed.count(); ++v) {
        if ((where && !inside(*where, v)) || std::isnan(after[v])) continue;
        is_alone.add(fixed[v], after[v]);
        if (std::isnan(before[v])) continue;
        was.add(fixed[v], before[v]);
        is.add(fixed[v], after[v]);
    }
    if (is.count == 0) is = is_alone;
    figures.hu_before = was.rms();
    figures.hu_after = is.rms();
    figures.hu_voxels = is.count;
}

}  // namespace

Volume<float> jacobian(const DisplacementField& field) {
    const Grid& g = field.grid();
    Volume<float> determinant(g);
    for (int k = 0; k < g.size().z; ++k)
        for (int j = 0; j < g.size().y; ++j)
            for (int i = 0; i < g.size().x; ++i) {
                // Columns are the images of the grid's unit vectors, so its own rotation drops out: det(direction) = 1.
                const Mat3 map{g.direction().cx + slope(field, i, j, k, 0), g.direction().cy + slope(field, i, j, k, 1),
                               g.direction().cz + slope(field, i, j, k, 2)};
                determinant.at(i, j, k) = static_cast<float>(map.determinant());
            }
    return determinant;
}

JacobianFigures jacobian_figures(const DisplacementField& field, const std::optional<Mask>& where) {
    const auto determinant = jacobian(field);
    const auto values = over(field.grid(), where, [&](std::size_t v) { return determinant[v]; });
    JacobianFigures figures;
    figures.count = values.size();
    if (values.empty()) return figures;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    figures.min = *low;
    figures.max = *high;
    double sum = 0;
    for (const float v : values) sum += v;
    figures.mean = sum / static_cast<double>(values.size());
    figures.folded =
        static_cast<std::size_t>(std::count_if(values.begin(), values.end(), [](float v) { return !(v > 0); }));
    return figures;
}

Spread length_figures(const DisplacementField& field, const std::optional<Mask>& where) {
    return spread_of(over(field.grid(), where, [&](std::size_t v) { return norm(vector_at(field, v)); }));
}

Spread error_figures(const DisplacementField& found, const DisplacementField& truth, const std::optional<Mask>& where) {
    expect(found.grid().same_as(truth.grid()), "registration figures: found and true field share one grid");
    return spread_of(
        over(found.grid(), where, [&](std::size_t v) { return norm(vector_at(found, v) - vector_at(truth, v)); }));
}

Spread consistency_figures(const DisplacementField& field, const DisplacementField& back,
                           const std::optional<Mask>& where) {
    return spread_of(over(field.grid(), where, [&](std::size_t v) {
        const Vec3 there = vector_at(field, v);
        return norm(there + sample_linear(back, centre(field.grid(), v) + there));
    }));
}

std::vector<double> landmark_errors(const DisplacementField& field, std::span<const LandmarkPair> pairs) {
    std::vector<double> errors;
    for (const auto& pair : pairs)
        errors.push_back(norm(pair.fixed_mm + sample_linear(field, pair.fixed_mm) - pair.moving_mm));
    return errors;
}

RegistrationFigures registration_figures(const Volume<float>& fixed, const Volume<float>& moving,
                                         const DisplacementField& field, const std::optional<Mask>& body,
                                         const DisplacementField* back, const DisplacementField* truth) {
    expect(field.grid().same_as(fixed.grid()), "registration figures: the field lies on the grid of the fixed image");
    RegistrationFigures figures;
    figures.displacement_mm = length_figures(field, body);
    figures.jacobian = jacobian_figures(field, body);
    if (back != nullptr) figures.inverse_mm = consistency_figures(field, *back, body);
    if (truth != nullptr) figures.error_mm = error_figures(field, *truth, body);
    const float nothing = std::numeric_limits<float>::quiet_NaN();
    compare_images(fixed, warp(moving, DisplacementField(fixed.grid()), nothing), warp(moving, field, nothing), body,
                   figures);
    return figures;
}

}  // namespace coutard::registration
