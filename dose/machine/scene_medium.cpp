#include "dose/machine/scene_medium.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "dose/physics/hlut.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"

namespace coutard::dose {
namespace {

struct Box {
    int low[3] = {1 << 30, 1 << 30, 1 << 30}, high[3] = {-1, -1, -1};
    void add(int i, int j, int k) {
        const int at[3] = {i, j, k};
        for (int a = 0; a < 3; ++a) {
            low[a] = std::min(low[a], at[a]);
            high[a] = std::max(high[a], at[a]);
        }
    }
};

/// Overrides count even where nothing else does (a couch that no structure names).
bool counts(const DoseScene& scene, std::size_t v) {
    return inside(*scene.counts, v) || std::any_of(scene.overrides.begin(), scene.overrides.end(),
                                                   [v](const auto& o) { return inside(o.region, v); });
}

Box box_that_counts(const DoseScene& scene) {
    const Size3 n = scene.hu.grid().size();
    Box box;
    if (!scene.counts) {
        box.add(0, 0, 0);
        box.add(n.x - 1, n.y - 1, n.z - 1);
        return box;
    }
    std::size_t v = 0;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i, ++v)
                if (counts(scene, v)) box.add(i, j, k);
    validate(box.high[0] >= 0, "scene: no voxel counts for dose (External and Support are empty)");
    return box;
}

/// The dose grid's lattice, grown to hold the box.
Grid grown_grid(const DoseScene& scene, Size3& first) {
    const Grid &ct = scene.hu.grid(), &dose = scene.dose_grid;
    const Box box = box_that_counts(scene);
    double low[3] = {0, 0, 0}, high[3] = {dose.size().x - 1.0, dose.size().y - 1.0, dose.size().z - 1.0};
    for (int corner = 0; corner < 8; ++corner) {
        const auto side = [&](int a) { return (corner >> a & 1) != 0 ? box.high[a] + 0.5 : box.low[a] - 0.5; };
        const Vec3 at = dose.index(ct.point(side(0), side(1), side(2)));
        for (int a = 0; a < 3; ++a) {
            low[a] = std::min(low[a], at[a] + 0.499);
            high[a] = std::max(high[a], at[a] - 0.499);
        }
    }
    int from[3], count[3];
    for (int a = 0; a < 3; ++a) {
        from[a] = static_cast<int>(std::floor(low[a]));
        count[a] = static_cast<int>(std::ceil(high[a])) - from[a] + 1;
    }
    validate(static_cast<double>(count[0]) * count[1] * count[2] < 3e8,
             "scene: the patient holds more than 3e8 voxels of the dose grid");
    first = {-from[0], -from[1], -from[2]};
    return Grid({count[0], count[1], count[2]}, dose.point(from[0], from[1], from[2]), dose.spacing_mm(),
                dose.direction());
}

/// Materials of the medium: those of the curve, then those of overrides.
struct Palette {
    std::vector<Material> materials;
    std::vector<int> of_override;
    int air = 0;
};

int index_of(Palette& palette, const std::string& name, const MaterialLibrary& library) {
    for (std::size_t m = 0; m < palette.materials.size(); ++m)
        if (palette.materials[m].name == name) return static_cast<int>(m);
    palette.materials.push_back(library.at(name));
    validate(palette.materials.size() <= Medium::max_materials, "scene: materials", palette.materials.size(),
             "at most 16");
    return static_cast<int>(palette.materials.size()) - 1;
}

Palette make_palette(const DoseScene& scene, const Hlut& hlut, const MaterialLibrary& library) {
    Palette out;
    for (const auto& name : hlut.materials()) index_of(out, name, library);
    out.air = index_of(out, "air_dry", library);
    for (const auto& o : scene.overrides) {
        validate(o.region.grid().same_as(scene.hu.grid()),
                 "scene: override region of " + o.material + " lies on another grid than the CT");
        out.of_override.push_back(index_of(out, o.material, library));
    }
    return out;
}

}  // namespace

SceneMedium scene_medium(const DoseScene& scene, const std::filesystem::path& data_dir) {
    const Grid& ct = scene.hu.grid();
    validate(ct.count() > 0 && scene.dose_grid.count() > 0, "scene: CT and dose grid hold voxels");
    validate(!scene.counts || scene.counts->grid().same_as(ct),
             "scene: the mask of what counts lies on another grid than the CT");
    const Hlut hlut(data_dir, scene.hu_curve);
    const MaterialLibrary library(data_dir / "physics");
    const Palette palette = make_palette(scene, hlut, library);
    SceneMedium out;
    out.medium.grid = grown_grid(scene, out.first);
    const Grid& grid = out.medium.grid;
    out.medium.materials = palette.materials;
    out.medium.density.resize(grid.count());
    out.medium.material.resize(grid.count());
    const auto air = static_cast<float>(palette.materials[static_cast<std::size_t>(palette.air)].density_g_cm3);
    const auto cell = [](double at) {  // floor, without a call
        const int towards_zero = static_cast<int>(at);
        return towards_zero - (at < towards_zero ? 1 : 0);
    };
    const auto point = [&](int i, int j, int k, std::array<int, Medium::max_materials>& votes) {
        Tissue here{air, palette.air};
        if (ct.holds(i, j, k)) {
            const std::size_t v = ct.flat(i, j, k);
            if (!scene.counts || inside(*scene.counts, v)) here = hlut.at(scene.hu[v]);
            for (std::size_t o = 0; o < scene.overrides.size(); ++o)
                if (inside(scene.overrides[o].region, v)) {
                    here.material = palette.of_override[o];
                    here.density_g_cm3 = static_cast<float>(scene.overrides[o].density_g_cm3.value_or(
                        palette.materials[static_cast<std::size_t>(here.material)].density_g_cm3));
                }
        }
        ++votes[static_cast<std::size_t>(here.material)];
        return here.density_g_cm3;
    };
    int n[3];  // points of the CT per voxel and axis
    for (int a = 0; a < 3; ++a) {
        const Vec3& d = a == 0 ? grid.direction().cx : a == 1 ? grid.direction().cy : grid.direction().cz;
        const Vec3 step = ct.index(d * grid.spacing_mm()[a]) - ct.index({0, 0, 0});
        n[a] = std::clamp(static_cast<int>(std::ceil(2 * norm(step) - 1e-6)), 2, 4);
    }
    // the CT's index is affine in the grid's
    const Vec3 from = ct.index(grid.point(0, 0, 0)) + Vec3{0.5, 0.5, 0.5};
    const Vec3 along[3] = {ct.index(grid.point(1, 0, 0)) - ct.index(grid.point(0, 0, 0)),
                           ct.index(grid.point(0, 1, 0)) - ct.index(grid.point(0, 0, 0)),
                           ct.index(grid.point(0, 0, 1)) - ct.index(grid.point(0, 0, 0))};
    const auto nx = static_cast<std::size_t>(grid.size().x), ny = static_cast<std::size_t>(grid.size().y);
    par::for_each_index(
        par::Host{}, grid.count(),
        [&](std::size_t v) {
            std::array<int, Medium::max_materials> votes{};
            double sum = 0;
            const double at[3] = {static_cast<double>(v % nx), static_cast<double>(v / nx % ny),
                                  static_cast<double>(v / (nx * ny))};
            for (int c = 0; c < n[2]; ++c)
                for (int b = 0; b < n[1]; ++b) {
                    const Vec3 row = from + along[2] * (at[2] + (c + 0.5) / n[2] - 0.5) +
                                     along[1] * (at[1] + (b + 0.5) / n[1] - 0.5);
                    if (along[0].y == 0 && along[0].z == 0) {
                        const int j = cell(row.y), k = cell(row.z);
                        for (int a = 0; a < n[0]; ++a)
                            sum += static_cast<double>(
                                point(cell(row.x + along[0].x * (at[0] + (a + 0.5) / n[0] - 0.5)), j, k, votes));
                        continue;
                    }
                    for (int a = 0; a < n[0]; ++a) {
                        const Vec3 p = row + along[0] * (at[0] + (a + 0.5) / n[0] - 0.5);
                        sum += static_cast<double>(point(cell(p.x), cell(p.y), cell(p.z), votes));
                    }
                }
            out.medium.density[v] = static_cast<float>(sum / (n[0] * n[1] * n[2]));
            out.medium.material[v] =
                static_cast<std::uint8_t>(std::max_element(votes.begin(), votes.end()) - votes.begin());
        },
        256);
    return out;
}

std::vector<std::string> beyond_hu_curve(const DoseScene& scene, const std::filesystem::path& data_dir) {
    const Hlut hlut(data_dir, scene.hu_curve);
    std::size_t above = 0, below = 0;
    float highest = 0;
    for (std::size_t v = 0; v < scene.hu.count(); ++v) {
        if (scene.counts && !inside(*scene.counts, v)) continue;
        const float hu = scene.hu[v];
        if (hu >= static_cast<float>(hlut.low()) && hu <= static_cast<float>(hlut.high())) continue;
        if (std::any_of(scene.overrides.begin(), scene.overrides.end(),
                        [v](const MaterialOverride& o) { return inside(o.region, v); }))
            continue;
        ++(hu > 0 ? above : below);
        highest = std::max(highest, hu);
    }
    std::vector<std::string> out;
    if (above > 0)
        out.push_back(std::to_string(above) + " voxels of the CT lie above the end of the curve " + scene.hu_curve +
                      " (" + std::to_string(hlut.high()) + " HU), up to " + std::to_string(std::lround(highest)) +
                      ": they take the density there; give metal its material by --override");
    if (below > 0)
        out.push_back(std::to_string(below) + " voxels of the CT lie below the beginning of the curve " +
                      scene.hu_curve + " (" + std::to_string(hlut.low()) + " HU): they take the density there");
    return out;
}

Volume<float> on_dose_grid(const Volume<float>& values, const SceneMedium& scene, const Grid& dose_grid) {
    Volume<float> out(dose_grid);
    const Size3 n = dose_grid.size();
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i)
                out.at(i, j, k) = values.at(i + scene.first.x, j + scene.first.y, k + scene.first.z);
    return out;
}

}  // namespace coutard::dose
