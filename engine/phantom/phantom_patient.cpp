#include "engine/phantom/phantom_patient.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/image/invert.hpp"
#include "engine/par/for_each.hpp"

namespace coutard::phantom {
namespace {

/// SplitMix64 (Steele et al., OOPSLA 2014): a counter-based hash, so voxels can be painted in any order.
std::uint64_t mixed(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31);
}
double uniform(std::uint64_t x) {
    return (static_cast<double>(mixed(x) >> 11) + 0.5) / 9007199254740992.0;
}
double normal(std::uint64_t x) {
    return std::sqrt(-2 * std::log(uniform(2 * x))) * std::cos(2 * std::numbers::pi * uniform(2 * x + 1));
}

/// Smooth random texture of unit variance or so: lattice values 6 mm apart, joined trilinearly.
double texture(const Vec3& p, std::uint64_t stream) {
    const Vec3 q = p / 6.0;
    const double fx = std::floor(q.x), fy = std::floor(q.y), fz = std::floor(q.z);
    double sum = 0;
    for (int c = 0; c < 8; ++c) {
        const double ox = c & 1, oy = (c >> 1) & 1, oz = (c >> 2) & 1;
        const auto cell = [](double v) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(v) + 4096); };
        const std::uint64_t key = (cell(fx + ox) << 42) ^ (cell(fy + oy) << 21) ^ cell(fz + oz) ^ (stream << 58);
        const double w = (ox != 0 ? q.x - fx : 1 - q.x + fx) * (oy != 0 ? q.y - fy : 1 - q.y + fy) *
                         (oz != 0 ? q.z - fz : 1 - q.z + fz);
        sum += w * (2 * uniform(key) - 1);
    }
    return 3 * sum;
}

/// White noise smoothed in plane by 1-2-1, as a scanner's kernel does; standard deviation kept.
double ct_noise(int i, int j, int k, std::uint64_t seed) {
    static constexpr double weight[3] = {1, 2, 1};
    double sum = 0;
    for (int dj = -1; dj <= 1; ++dj)
        for (int di = -1; di <= 1; ++di) {
            const auto key = (static_cast<std::uint64_t>(i + di + 1) << 40) ^
                             (static_cast<std::uint64_t>(j + dj + 1) << 20) ^ static_cast<std::uint64_t>(k);
            sum += weight[di + 1] * weight[dj + 1] * normal(key ^ mixed(seed));
        }
    return sum / 6;  // the weights' root of squares
}

struct Painter {
    const std::vector<Layer>& layers;
    std::vector<Bounds> bounds;
    std::vector<int> label;  // of each layer: index of its mask, or -1
    double width_mm = 1;     // over which a surface crosses a voxel

    double paint(const Vec3& here, const Vec3& planning, std::vector<Mask>& masks, std::size_t v) const {
        double hu = -1000;
        for (std::size_t n = 0; n < layers.size(); ++n) {
            const Layer& layer = layers[n];
            const Vec3& p = layer.machine ? here : planning;
            if (!bounds[n].near(p, width_mm)) continue;
            const double part = std::clamp(0.5 - layer.solid->distance(p) / width_mm, 0.0, 1.0);
            if (part <= 0) continue;
            if (layer.paint)
                hu += part * (layer.hu + (layer.texture_hu > 0 ? layer.texture_hu * texture(p, n) : 0.0) - hu);
            if (label[n] >= 0)
                masks[static_cast<std::size_t>(label[n])][v] = static_cast<std::uint8_t>(std::lround(part * 255));
        }
        return hu;
    }
};

}  // namespace

Grid grid_of(const Recipe& recipe, const Vec3& spacing) {
    const Vec3 extent = recipe.high_mm - recipe.low_mm;
    const auto n = [](double length, double step) { return static_cast<int>(std::floor(length / step + 1e-6)); };
    return {{n(extent.x, spacing.x), n(extent.y, spacing.y), n(extent.z, spacing.z)},
            recipe.low_mm + spacing * 0.5,
            spacing};
}

PhantomPatient paint(const std::vector<Layer>& layers, const Grid& grid, double noise_hu, std::uint64_t noise_seed,
                     const std::function<Vec3(const Vec3&)>& to_planning) {
    PhantomPatient patient;
    patient.ct.hu = Volume<float>(grid);
    patient.to_planning = field_of(grid, to_planning);
    std::vector<Mask> masks;
    Painter painter{layers, {}, {}, std::cbrt(grid.spacing_mm().x * grid.spacing_mm().y * grid.spacing_mm().z)};
    for (const auto& layer : layers) {
        painter.bounds.push_back(layer.solid->bounds());
        painter.label.push_back(layer.structure.empty() ? -1 : static_cast<int>(masks.size()));
        if (!layer.structure.empty()) masks.emplace_back(grid);
    }
    const auto nx = static_cast<std::size_t>(grid.size().x), ny = static_cast<std::size_t>(grid.size().y);
    par::for_each_index(
        par::Host{}, grid.count(),
        [&](std::size_t v) {
            const int i = static_cast<int>(v % nx), j = static_cast<int>(v / nx % ny),
                      k = static_cast<int>(v / (nx * ny));
            const Vec3 here = grid.point(i, j, k);
            const auto& u = patient.to_planning[v];
            const double hu = painter.paint(here, here + Vec3{u.x, u.y, u.z}, masks, v);
            const double noise = noise_hu > 0 ? noise_hu * ct_noise(i, j, k, noise_seed) : 0.0;
            patient.ct.hu[v] = static_cast<float>(std::round(std::clamp(hu + noise, -1024.0, 3071.0)));
        },
        2048);
    std::size_t next = 0;
    for (const auto& layer : layers)
        if (!layer.structure.empty()) patient.masks.push_back({layer.structure, std::move(masks[next++])});
    return patient;
}

PhantomPatient make_patient(const Recipe& recipe, const Individual& who, const DayChange& day, const Grid& grid,
                            std::uint64_t noise_seed) {
    const auto layers = build(recipe, who);
    const DayMap map(recipe, layers, day);
    return paint(layers, grid, recipe.noise_hu * who.noise_factor, noise_seed, [&](const Vec3& p) { return map(p); });
}

}  // namespace coutard::phantom
