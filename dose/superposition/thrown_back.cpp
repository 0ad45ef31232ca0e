#include "dose/superposition/thrown_back.hpp"

#include <algorithm>
#include <cmath>

#include "dose/ray/walk.hd.hpp"
#include "engine/par/for_each.hpp"

namespace coutard::dose {
namespace {

constexpr float strength = 0.26F;      // of a change of ln(Material::turning), in what is laid down
constexpr float reach_cm = 0.075F;     // of water: how far back it is felt
constexpr float least_change = 0.03F;  // of ln(Material::turning): tissues without bone are alike
constexpr float felt_change = 1e-3F;   // below, a voxel is left as it is

/// Layers of voxels across the axis on which rays from the source advance most.
struct Layers {
    int axis[3];            ///< main axis first
    int size[3];            ///< in that order
    std::size_t stride[3];  ///< in memory
    int away;               ///< from the source: +1 or -1 on the main axis
    double source[3];       ///< its index
    double step_mm[3];      ///< spacing

    Layers(const Grid& grid, const BeamFrame& beam) {
        const Vec3 from = grid.index(beam.source_mm), to = grid.index(beam.source_mm + beam.beam_axis());
        const Vec3 along = to - from;
        int main = 0;
        for (int k = 1; k < 3; ++k)
            if (std::abs(along[k]) > std::abs(along[main])) main = k;
        axis[0] = main;
        axis[1] = main == 0 ? 1 : 0;  // runs faster in memory than the other
        axis[2] = 3 - main - axis[1];
        const auto nx = static_cast<std::size_t>(grid.size().x), ny = static_cast<std::size_t>(grid.size().y);
        const std::size_t strides[3] = {1, nx, nx * ny};
        for (int k = 0; k < 3; ++k) {
            size[k] = extent(grid, axis[k]);
            stride[k] = strides[axis[k]];
            source[k] = from[axis[k]];
            step_mm[k] = grid.spacing_mm()[axis[k]];
        }
        away = along[main] > 0 ? 1 : -1;
    }
    std::size_t area() const { return static_cast<std::size_t>(size[1]) * static_cast<std::size_t>(size[2]); }
};

/// A layer's values between voxels; beside the grid those of its edge.
float between(const std::vector<float>& layer, const Layers& on, double u, double v) {
    const auto cell = [](double at, int n, int& low, float& part) {
        const double inside = std::clamp(at, 0.0, n - 1.0);
        low = std::min(static_cast<int>(inside), std::max(0, n - 2));
        part = static_cast<float>(inside - low);
    };
    int i, j;
    float a, b;
    cell(u, on.size[1], i, a);
    cell(v, on.size[2], j, b);
    const auto row = static_cast<std::size_t>(on.size[1]);
    const float* at = layer.data() + static_cast<std::size_t>(j) * row + static_cast<std::size_t>(i);
    const std::size_t right = on.size[1] > 1 ? 1 : 0, up = on.size[2] > 1 ? row : 0;
    const float low = at[0] + a * (at[right] - at[0]), high = at[up] + a * (at[up + right] - at[up]);
    return low + b * (high - low);
}

}  // namespace

std::vector<WaterLength> water_lengths_along(const BeamFrame& beam, const Medium& medium, double photon_MeV) {
    std::vector<WaterLength> out = medium.water_lengths(photon_MeV);
    std::vector<float> turning;
    for (const auto& m : medium.materials) turning.push_back(static_cast<float>(std::log(m.turning)));
    const auto [least, most] = std::minmax_element(turning.begin(), turning.end());
    if (*most - *least < least_change) return out;
    const Layers on(medium.grid, beam);
    std::vector<float> ahead(on.area()), here(on.area());  // ln(turning) as felt at the near faces of a layer
    bool first = true;
    for (int n = 0; n < on.size[0]; ++n) {
        const int layer = on.away > 0 ? on.size[0] - 1 - n : n;
        const double depth = (layer - on.source[0]) * on.away;
        par::for_each_index(
            par::Host{}, static_cast<std::size_t>(on.size[2]),
            [&](std::size_t j) {
                std::size_t at = static_cast<std::size_t>(layer) * on.stride[0] + j * on.stride[2];
                float* felt = here.data() + j * static_cast<std::size_t>(on.size[1]);
                for (int i = 0; i < on.size[1]; ++i, at += on.stride[1]) {
                    const float own = turning[medium.material[at]];
                    felt[i] = own;
                    if (first || depth < 1) continue;
                    const double du = (i - on.source[1]) / depth, dv = (static_cast<double>(j) - on.source[2]) / depth;
                    const float change = between(ahead, on, i + du, static_cast<double>(j) + dv) - own;
                    if (std::abs(change) < felt_change) continue;
                    const double cm = 0.1 * std::hypot(on.step_mm[0], du * on.step_mm[1], dv * on.step_mm[2]);
                    const float x = out[at].primary * static_cast<float>(cm) / reach_cm, e = std::exp(-x);
                    felt[i] = own + change * e;
                    out[at].primary *= 1 + strength * change * (x > 1e-3F ? (1 - e) / x : 1.0F);
                }
            },
            8);
        std::swap(ahead, here);
        first = false;
    }
    return out;
}

}  // namespace coutard::dose
