#include "dose/phantom/slab_scoring.hpp"

#include <algorithm>

#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// Length of [centre - half, centre + half] within [-width, width].
double covered(double centre, double half, double width) {
    return std::max(0.0, std::min(centre + half, width) - std::max(centre - half, -width));
}

void normalise(Region& region) {
    double sum = 0;
    for (double w : region.weights) sum += w;
    for (double& w : region.weights) w /= sum;
}

}  // namespace

std::vector<Region> axis_regions(const Grid& g, double half_width_cm) {
    const Vec3 s = g.spacing_mm() * 0.1;
    std::vector<Region> out(static_cast<std::size_t>(g.size().z));
    for (int k = 0; k < g.size().z; ++k) {
        Region& region = out[static_cast<std::size_t>(k)];
        for (int j = 0; j < g.size().y; ++j)
            for (int i = 0; i < g.size().x; ++i) {
                const Vec3 c = g.point(i, j, k) * 0.1;
                const double w = covered(c.x, 0.5 * s.x, half_width_cm) * covered(c.y, 0.5 * s.y, half_width_cm);
                if (w <= 0) continue;
                region.voxels.push_back(static_cast<std::uint32_t>(g.flat(i, j, k)));
                region.weights.push_back(w);
            }
        normalise(region);
    }
    return out;
}

std::vector<Region> axis_regions(const Grid& g, double half_width_cm, const std::vector<double>& faces) {
    const auto layers = axis_regions(g, half_width_cm);
    const double width = g.spacing_mm().z * 0.1;
    std::vector<Region> out;
    for (std::size_t c = 0; c + 1 < faces.size(); ++c) {
        validate(faces[c] >= -1e-9 && faces[c + 1] > faces[c] && faces[c + 1] <= g.size().z * width + 1e-6,
                 "cells of a depth dose: face at [cm]", faces[c + 1], "rising, inside the phantom");
        Region cell;
        for (std::size_t k = 0; k < layers.size(); ++k) {
            const double low = static_cast<double>(k) * width;
            const double part = std::min(faces[c + 1], low + width) - std::max(faces[c], low);
            if (part <= 1e-9) continue;
            cell.voxels.insert(cell.voxels.end(), layers[k].voxels.begin(), layers[k].voxels.end());
            for (double w : layers[k].weights) cell.weights.push_back(w * part);
        }
        normalise(cell);
        out.push_back(std::move(cell));
    }
    return out;
}

std::vector<Region> profile_regions(const Grid& g, char axis, double depth_cm, double half_width_cm) {
    const Vec3 s = g.spacing_mm() * 0.1;
    const bool x = axis == 'x';
    const double at = std::clamp(g.index({0, 0, depth_cm * 10}).z, 0.0, g.size().z - 1.0);
    const int k = std::min(static_cast<int>(at), std::max(0, g.size().z - 2)), next = std::min(k + 1, g.size().z - 1);
    std::vector<Region> out;
    for (int i = 0; i < (x ? g.size().x : g.size().y); ++i) {
        Region region;
        for (int j = 0; j < (x ? g.size().y : g.size().x); ++j) {
            const int a = x ? i : j, b = x ? j : i;
            const Vec3 c = g.point(a, b, 0) * 0.1;
            const double w = covered(x ? c.y : c.x, 0.5 * (x ? s.y : s.x), half_width_cm);
            if (w <= 0) continue;
            for (const auto& [layer, part] : {std::pair{k, 1 - (at - k)}, std::pair{next, at - k}}) {
                if (part <= 0) continue;
                region.voxels.push_back(static_cast<std::uint32_t>(g.flat(a, b, layer)));
                region.weights.push_back(w * part);
            }
        }
        normalise(region);
        out.push_back(std::move(region));
    }
    return out;
}

double mean_of(const Volume<float>& dose, const Region& region) {
    double sum = 0;
    for (std::size_t i = 0; i < region.voxels.size(); ++i)
        sum += region.weights[i] * static_cast<double>(dose.values()[region.voxels[i]]);
    return sum;
}

DepthDose depths_of(const Grid& g) {
    DepthDose out;
    for (int k = 0; k < g.size().z; ++k) out.depth_cm.push_back(g.point(0, 0, k).z * 0.1);
    return out;
}

Profile places_of(const Grid& g, char axis, double depth_cm) {
    Profile out{axis, depth_cm, {}, {}, {}};
    const bool x = axis == 'x';
    for (int i = 0; i < (x ? g.size().x : g.size().y); ++i)
        out.offaxis_cm.push_back((x ? g.point(i, 0, 0).x : g.point(0, i, 0).y) * 0.1);
    return out;
}

DepthDose depth_dose(const Volume<float>& dose, double half_width_cm) {
    DepthDose out = depths_of(dose.grid());
    for (const Region& r : axis_regions(dose.grid(), half_width_cm)) out.dose.push_back(mean_of(dose, r));
    return out;
}

Profile lateral_profile(const Volume<float>& dose, char axis, double depth_cm, double half_width_cm) {
    Profile out = places_of(dose.grid(), axis, depth_cm);
    for (const Region& r : profile_regions(dose.grid(), axis, depth_cm, half_width_cm))
        out.dose.push_back(mean_of(dose, r));
    return out;
}

}  // namespace coutard::dose
