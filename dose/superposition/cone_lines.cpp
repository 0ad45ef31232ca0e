#include <algorithm>
#include <cmath>

#include "dose/superposition/cone_line.hd.hpp"

namespace coutard::dose {
namespace {

/// Steps through layer `n` (in order of travel) of a line that starts in the middle of its first voxel.
void add_layer(ConeLines& lines, const double (&slope)[2], int n, int index) {
    double from = n;
    while (from < n + 1) {
        ConeStep step{index, {0, 0}, 0};
        double to = n + 1;
        for (int k = 0; k < 2; ++k) {
            const double at = 0.5 + slope[k] * from;
            // on a wall (to rounding) the line belongs to the voxel that it enters
            const double cell = std::floor(at + (slope[k] < 0 ? -1e-9 : 1e-9));
            step.across[k] = static_cast<int>(cell);
            if (slope[k] == 0) continue;
            const double wall = (cell + (slope[k] > 0 ? 1 : 0) - 0.5) / slope[k];
            if (wall > from) to = std::min(to, wall);
        }
        if (to - from < 1e-9) to = std::min(from + 1e-9, n + 1.0);
        step.part = static_cast<float>(to - from);
        if (step.part > 1e-7F) lines.steps.push_back(step);
        from = to;
    }
}

}  // namespace

ConeLines cone_lines(const Grid& grid, const Vec3& direction) {
    double d[3];  // voxels per mm along each axis
    const Mat3& axes = grid.direction();
    const Vec3 along{dot(axes.cx, direction), dot(axes.cy, direction), dot(axes.cz, direction)};
    for (int k = 0; k < 3; ++k) d[k] = along[k] / grid.spacing_mm()[k];
    int main = 0;
    for (int k = 1; k < 3; ++k)
        if (std::abs(d[k]) > std::abs(d[main])) main = k;
    ConeLines out{};
    out.axis[0] = main;
    out.axis[1] = main == 0 ? 1 : 0;
    out.axis[2] = 3 - main - out.axis[1];
    out.layer_cm = 0.1 / std::abs(d[main]);
    const int layers = extent(grid, main);
    double slope[2];
    for (int k = 0; k < 2; ++k) {
        slope[k] = d[out.axis[k + 1]] / std::abs(d[main]);
        const int shift = static_cast<int>(std::ceil(std::abs(slope[k]) * layers)) + 1;
        out.low[k] = slope[k] > 0 ? -shift : 0;
        out.count[k] = extent(grid, out.axis[k + 1]) + shift;
    }
    for (int n = 0; n < layers; ++n) add_layer(out, slope, n, d[main] > 0 ? n : layers - 1 - n);
    return out;
}

RayFan ray_fan(const Grid& grid, const ConeLines& lines, const BeamFrame& beam, const Vec3& cone_direction) {
    RayFan out{};
    const Vec3 first = grid.point(0, 0, 0) - beam.source_mm, axis = beam.beam_axis();
    const Mat3& d = grid.direction();
    const Vec3 step[3] = {d.cx * grid.spacing_mm().x, d.cy * grid.spacing_mm().y, d.cz * grid.spacing_mm().z};
    for (int k = 0; k < 3; ++k) {
        out.from[k] = static_cast<float>(first[k]);
        out.cone[k] = static_cast<float>(cone_direction[k]);
        out.axis[k] = static_cast<float>(axis[k]);
        for (int a = 0; a < 3; ++a) out.step[a][k] = static_cast<float>(step[lines.axis[a]][k]);
    }
    return out;
}

}  // namespace coutard::dose
