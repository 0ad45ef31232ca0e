#include "engine/image/resample.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/par/for_each.hpp"

namespace coutard {
namespace {

/// The two neighbours of a continuous index on one axis and how much the upper one counts.
struct Between {
    int low = 0, high = 0;
    double part = 0;
};

/// Beyond the outermost centres the outermost value holds.
Between between(double index, int n) {
    const double held = std::clamp(index, 0.0, static_cast<double>(n - 1));
    const int low = std::min(static_cast<int>(held), std::max(n - 2, 0));
    return {low, std::min(low + 1, n - 1), held - low};
}

bool covers(const Size3& n, const Vec3& index) {
    constexpr double half = 0.5 + 1e-6;  // points on the outer face belong to the grid in spite of rounding
    return index.x >= -half && index.y >= -half && index.z >= -half && index.x <= n.x - 1 + half &&
           index.y <= n.y - 1 + half && index.z <= n.z - 1 + half;
}

double mix(double a, double b, double part) {
    return a + (b - a) * part;
}

/// Trilinear value of any volume at a continuous index; value(flat) gives the voxel as a double.
template <class Value>
double trilinear(const Grid& grid, const Vec3& index, const Value& value) {
    const auto x = between(index.x, grid.size().x), y = between(index.y, grid.size().y),
               z = between(index.z, grid.size().z);
    const auto row = [&](int j, int k) {
        return mix(value(grid.flat(x.low, j, k)), value(grid.flat(x.high, j, k)), x.part);
    };
    const auto plane = [&](int k) { return mix(row(y.low, k), row(y.high, k), y.part); };
    return mix(plane(z.low), plane(z.high), z.part);
}

/// Calls visit(flat, i, j, k) for every voxel, a row at a time on all threads.
template <class Visit>
void for_each_voxel(const Grid& grid, const Visit& visit) {
    const auto rows = static_cast<std::size_t>(grid.size().y) * static_cast<std::size_t>(grid.size().z);
    par::for_each_index(
        par::Host{}, rows,
        [&](std::size_t row) {
            const int j = static_cast<int>(row % static_cast<std::size_t>(grid.size().y));
            const int k = static_cast<int>(row / static_cast<std::size_t>(grid.size().y));
            for (int i = 0; i < grid.size().x; ++i) visit(grid.flat(i, j, k), i, j, k);
        },
        16);
}

/// Samples per axis of a target voxel: enough that neighbours lie at most one source voxel apart.
std::array<int, 3> samples_per_axis(const Grid& from, const Grid& to, int at_most) {
    std::array<int, 3> n{};
    for (int k = 0; k < 3; ++k) {
        const Vec3 axis = (k == 0 ? to.direction().cx : k == 1 ? to.direction().cy : to.direction().cz);
        const Vec3 step = from.index(from.origin_mm() + axis * to.spacing_mm()[k]);
        const double voxels = std::max({std::abs(step.x), std::abs(step.y), std::abs(step.z)});
        n[static_cast<std::size_t>(k)] = std::clamp(static_cast<int>(std::ceil(voxels - 1e-3)), 1, at_most);
    }
    return n;
}

/// Mean of sample(point) over the box of voxel (i, j, k).
template <class Sample>
double box_mean(const Grid& grid, int i, int j, int k, const std::array<int, 3>& n, const Sample& sample) {
    double sum = 0;
    for (int c = 0; c < n[2]; ++c)
        for (int b = 0; b < n[1]; ++b)
            for (int a = 0; a < n[0]; ++a)
                sum += sample(
                    grid.point(i - 0.5 + (a + 0.5) / n[0], j - 0.5 + (b + 0.5) / n[1], k - 0.5 + (c + 0.5) / n[2]));
    return sum / (static_cast<double>(n[0]) * n[1] * n[2]);
}

double mask_at(const Mask& mask, const Vec3& point) {
    const Vec3 index = mask.grid().index(point);
    if (!covers(mask.grid().size(), index)) return 0;
    return trilinear(mask.grid(), index, [&](std::size_t v) { return static_cast<double>(mask[v]); });
}

std::uint8_t to_part(double counts) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(counts, 0.0, 255.0)));
}

Vec3 displaced(const DisplacementField& field, std::size_t v, int i, int j, int k) {
    return field.grid().point(i, j, k) + Vec3{field[v].x, field[v].y, field[v].z};
}

}  // namespace

float sample_linear(const Volume<float>& volume, const Vec3& point_mm, float outside) {
    const Vec3 index = volume.grid().index(point_mm);
    if (!covers(volume.grid().size(), index)) return outside;
    return static_cast<float>(
        trilinear(volume.grid(), index, [&](std::size_t v) { return static_cast<double>(volume[v]); }));
}

Vec3 sample_linear(const DisplacementField& field, const Vec3& point_mm) {
    const Vec3 index = field.grid().index(point_mm);
    return {trilinear(field.grid(), index, [&](std::size_t v) { return static_cast<double>(field[v].x); }),
            trilinear(field.grid(), index, [&](std::size_t v) { return static_cast<double>(field[v].y); }),
            trilinear(field.grid(), index, [&](std::size_t v) { return static_cast<double>(field[v].z); })};
}

Volume<float> resample(const Volume<float>& volume, const Grid& target, float outside) {
    expect(!volume.empty(), "resample: the volume has voxels");
    Volume<float> out(target);
    const auto n = samples_per_axis(volume.grid(), target, 4);
    for_each_voxel(target, [&](std::size_t v, int i, int j, int k) {
        out[v] = static_cast<float>(box_mean(
            target, i, j, k, n, [&](const Vec3& p) { return static_cast<double>(sample_linear(volume, p, outside)); }));
    });
    return out;
}

Mask resample(const Mask& mask, const Grid& target) {
    expect(!mask.empty(), "resample: the mask has voxels");
    Mask out(target);
    const auto n = samples_per_axis(mask.grid(), target, 8);
    for_each_voxel(target, [&](std::size_t v, int i, int j, int k) {
        out[v] = to_part(box_mean(target, i, j, k, n, [&](const Vec3& p) { return mask_at(mask, p); }));
    });
    return out;
}

Volume<float> warp(const Volume<float>& moving, const DisplacementField& field, float outside) {
    Volume<float> out(field.grid());
    for_each_voxel(field.grid(), [&](std::size_t v, int i, int j, int k) {
        out[v] = sample_linear(moving, displaced(field, v, i, j, k), outside);
    });
    return out;
}

Mask warp(const Mask& moving, const DisplacementField& field) {
    Mask out(field.grid());
    for_each_voxel(field.grid(), [&](std::size_t v, int i, int j, int k) {
        out[v] = to_part(mask_at(moving, displaced(field, v, i, j, k)));
    });
    return out;
}

DisplacementField resample(const DisplacementField& field, const Grid& target) {
    DisplacementField out(target);
    for_each_voxel(target, [&](std::size_t v, int i, int j, int k) {
        const Vec3 u = sample_linear(field, target.point(i, j, k));
        out[v] = {static_cast<float>(u.x), static_cast<float>(u.y), static_cast<float>(u.z)};
    });
    return out;
}

DisplacementField thinned(const DisplacementField& field, double least_spacing_mm) {
    const Vec3 s = field.grid().spacing_mm();
    return resample(field,
                    resampled_grid(field.grid(), {std::max(least_spacing_mm, s.x), std::max(least_spacing_mm, s.y),
                                                  std::max(least_spacing_mm, s.z)}));
}

DisplacementField compose(const DisplacementField& first, const DisplacementField& second) {
    DisplacementField out(first.grid());
    for_each_voxel(first.grid(), [&](std::size_t v, int i, int j, int k) {
        const Vec3 more = sample_linear(second, displaced(first, v, i, j, k));
        out[v] = {static_cast<float>(first[v].x + more.x), static_cast<float>(first[v].y + more.y),
                  static_cast<float>(first[v].z + more.z)};
    });
    return out;
}

}  // namespace coutard
