#include "dose/phantom/slab_phantom.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

bool holds(const SlabRegion& r, double x, double y, double z) {
    return x >= r.x_cm[0] && x < r.x_cm[1] && y >= r.y_cm[0] && y < r.y_cm[1] && z >= r.z_cm[0] && z < r.z_cm[1];
}

/// Ends of the parts into which region faces cut [low, high].
std::vector<double> cuts(double low, double high, const std::vector<double>& faces) {
    std::vector<double> out{low};
    for (double f : faces)
        if (f > low + 1e-9 && f < high - 1e-9) out.push_back(f);
    out.push_back(high);
    return out;
}

std::vector<double> faces_of(const std::vector<SlabRegion>& regions, std::array<double, 2> SlabRegion::*axis) {
    std::vector<double> out;
    for (const auto& r : regions) out.insert(out.end(), (r.*axis).begin(), (r.*axis).end());
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace

Grid slab_grid(const SlabSpec& spec) {
    Size3 n;
    int* count[3] = {&n.x, &n.y, &n.z};
    for (std::size_t k = 0; k < 3; ++k) {
        const double cells = spec.size_cm[k] * 10 / spec.voxel_mm[k];
        *count[k] = static_cast<int>(std::lround(cells));
        validate(*count[k] >= 1 && std::abs(cells - *count[k]) < 1e-6 * cells,
                 "size_cm over voxel_mm on axis " + std::string(1, "xyz"[k]), cells, "a whole number of voxels");
    }
    validate(static_cast<double>(n.x) * n.y * n.z < 4e8, "phantom: more than 4e8 voxels");
    const Vec3 s{spec.voxel_mm[0], spec.voxel_mm[1], spec.voxel_mm[2]};
    return Grid(n, {0.5 * s.x - 5 * spec.size_cm[0], 0.5 * s.y - 5 * spec.size_cm[1], 0.5 * s.z}, s);
}

Medium slab_medium(const SlabSpec& spec, const MaterialLibrary& library) {
    std::vector<SlabRegion> regions = spec.slabs;
    regions.insert(regions.end(), spec.inserts.begin(), spec.inserts.end());
    Medium out;
    out.grid = slab_grid(spec);
    out.density.resize(out.grid.count());
    out.material.resize(out.grid.count());
    std::map<std::string, std::size_t> index;
    std::vector<std::size_t> material;
    std::vector<double> density;
    for (const auto& r : regions) {
        const Material& m = library.at(r.material);
        if (index.emplace(r.material, out.materials.size()).second) out.materials.push_back(m);
        material.push_back(index[r.material]);
        density.push_back(r.density_g_cm3.value_or(m.density_g_cm3));
    }
    validate(out.materials.size() <= Medium::max_materials, "phantom: materials", out.materials.size(), "at most 16");
    const auto fx = faces_of(regions, &SlabRegion::x_cm), fy = faces_of(regions, &SlabRegion::y_cm),
               fz = faces_of(regions, &SlabRegion::z_cm);
    const Vec3 h = out.grid.spacing_mm() * 0.05;  // half voxel [cm]
    std::size_t v = 0;
    for (int k = 0; k < out.grid.size().z; ++k)
        for (int j = 0; j < out.grid.size().y; ++j)
            for (int i = 0; i < out.grid.size().x; ++i, ++v) {
                const Vec3 c = out.grid.point(i, j, k) * 0.1;
                const auto xs = cuts(c.x - h.x, c.x + h.x, fx), ys = cuts(c.y - h.y, c.y + h.y, fy),
                           zs = cuts(c.z - h.z, c.z + h.z, fz);
                std::array<double, Medium::max_materials> part{};
                double mass = 0;
                for (std::size_t a = 1; a < xs.size(); ++a)
                    for (std::size_t b = 1; b < ys.size(); ++b)
                        for (std::size_t d = 1; d < zs.size(); ++d) {
                            const double volume = (xs[a] - xs[a - 1]) * (ys[b] - ys[b - 1]) * (zs[d] - zs[d - 1]);
                            for (std::size_t r = regions.size(); r-- > 0;) {
                                if (!holds(regions[r], 0.5 * (xs[a] + xs[a - 1]), 0.5 * (ys[b] + ys[b - 1]),
                                           0.5 * (zs[d] + zs[d - 1])))
                                    continue;
                                part[material[r]] += volume;
                                mass += volume * density[r];
                                break;
                            }
                        }
                out.density[v] = static_cast<float>(mass / (8 * h.x * h.y * h.z));
                out.material[v] = static_cast<std::uint8_t>(std::max_element(part.begin(), part.end()) - part.begin());
            }
    return out;
}

}  // namespace coutard::dose
