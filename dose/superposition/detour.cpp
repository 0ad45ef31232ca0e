#include "dose/superposition/detour.hpp"

#include <algorithm>
#include <cmath>

#include "dose/physics/constants.hd.hpp"
#include "dose/ray/walk.hd.hpp"
#include "engine/par/for_each.hpp"

namespace coutard::dose {
namespace {

constexpr float ahead_cm = 0.065F;     // of water: how far against the beam a detour is felt
constexpr double aside_mm = 2.0;       // standard deviation of how far to the sides
constexpr float least_change = 3e-4F;  // of ln(detour): below, a voxel is left as it is

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

/// Weights of a voxel's neighbours, from itself on, for means over voxels of values that are even in each voxel and
/// then spread by a normal distribution.
std::vector<float> spread_weights(double spacing_mm) {
    const auto ramp = [](double x) {  // its second integral
        const double s = x / aside_mm;
        return x * 0.5 * std::erfc(-s / std::sqrt(2.0)) + aside_mm * std::exp(-0.5 * s * s) / std::sqrt(2 * pi);
    };
    std::vector<float> out;
    for (int k = 0; k == 0 || (k - 1) * spacing_mm < 3.5 * aside_mm; ++k)
        out.push_back(static_cast<float>(
            (ramp((k + 1) * spacing_mm) - 2 * ramp(k * spacing_mm) + ramp((k - 1) * spacing_mm)) / spacing_mm));
    return out;
}

/// One row of values spread over its neighbours; beyond its ends those of the ends.
void spread(const float* in, float* out, int n, std::size_t stride, const std::vector<float>& weights) {
    for (int i = 0; i < n; ++i) {
        const float own = in[static_cast<std::size_t>(i) * stride];
        float more = 0;
        for (int k = 1; k < static_cast<int>(weights.size()); ++k) {
            const float low = in[static_cast<std::size_t>(std::max(i - k, 0)) * stride],
                        high = in[static_cast<std::size_t>(std::min(i + k, n - 1)) * stride];
            more += weights[static_cast<std::size_t>(k)] * ((low - own) + (high - own));
        }
        out[static_cast<std::size_t>(i) * stride] = own + more;
    }
}

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
    std::vector<float> detour;  // ln, by material
    for (const auto& m : medium.materials)
        detour.push_back(static_cast<float>(std::log(m.primary_scale(photon_MeV) / m.stopping_relative_to_water)));
    const Layers on(medium.grid, beam);
    const std::vector<float> weights[2] = {spread_weights(on.step_mm[1]), spread_weights(on.step_mm[2])};
    const auto row = static_cast<std::size_t>(on.size[1]), rows = static_cast<std::size_t>(on.size[2]);
    std::vector<float> own(on.area()), half(own), around(own), here(own), ahead(own);  // ahead: at a layer's near faces
    for (int n = 0; n < on.size[0]; ++n) {
        const int layer = on.away > 0 ? on.size[0] - 1 - n : n;
        const double depth = (layer - on.source[0]) * on.away;
        const auto first_of = [&](std::size_t j) {
            return static_cast<std::size_t>(layer) * on.stride[0] + j * on.stride[2];
        };
        const auto for_rows = [&](std::size_t count, const auto& act) {
            par::for_each_index(par::Host{}, count, act, 16);
        };
        for_rows(rows, [&](std::size_t j) {
            for (std::size_t i = 0, at = first_of(j); i < row; ++i, at += on.stride[1])
                own[j * row + i] = detour[medium.material[at]];
            spread(&own[j * row], &half[j * row], on.size[1], 1, weights[0]);
        });
        for_rows(row, [&](std::size_t i) { spread(&half[i], &around[i], on.size[2], row, weights[1]); });
        for_rows(rows, [&](std::size_t j) {
            std::size_t at = first_of(j), k = j * row;
            for (int i = 0; i < on.size[1]; ++i, ++k, at += on.stride[1]) {
                here[k] = around[k];
                float felt = around[k];
                if (n > 0 && depth >= 1) {
                    const double du = (i - on.source[1]) / depth, dv = (static_cast<double>(j) - on.source[2]) / depth;
                    const float change = between(ahead, on, i + du, static_cast<double>(j) + dv) - around[k];
                    if (std::abs(change) >= least_change) {
                        const double cm = 0.1 * std::hypot(on.step_mm[0], du * on.step_mm[1], dv * on.step_mm[2]);
                        const float x = out[at].primary * static_cast<float>(cm) / ahead_cm, e = std::exp(-x);
                        here[k] += change * e;
                        felt += change * (x > 1e-3F ? (1 - e) / x : 1.0F);
                    }
                }
                if (std::abs(felt - own[k]) >= least_change) out[at].primary *= std::exp(felt - own[k]);
            }
        });
        std::swap(ahead, here);
    }
    return out;
}

}  // namespace coutard::dose
