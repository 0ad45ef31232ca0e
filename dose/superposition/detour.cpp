#include "dose/superposition/detour.hpp"

#include <algorithm>
#include <cmath>

#include "dose/physics/constants.hd.hpp"
#include "dose/ray/walk.hd.hpp"
#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"

namespace coutard::dose {
namespace {

constexpr float ahead_cm = 0.065F;     // of water: how far against the beam a detour is felt
constexpr double aside_mm = 2.0;       // standard deviation of how far to the sides
constexpr float least_change = 3e-4F;  // of ln(detour): below, a voxel is left as it is

/// Layers of voxels across the axis on which rays from the source advance most.
struct Layers {
    int size[3];            ///< main axis first
    std::size_t stride[3];  ///< in memory, in that order, as all that follow
    int away;               ///< from the source: +1 or -1 on the main axis
    double source[3];       ///< its index
    double step_mm[3];      ///< spacing

    Layers(const Grid& grid, const BeamFrame& beam) {
        const Vec3 from = grid.index(beam.source_mm), to = grid.index(beam.source_mm + beam.beam_axis());
        const Vec3 along = to - from;
        int main = 0;
        for (int k = 1; k < 3; ++k)
            if (std::abs(along[k]) > std::abs(along[main])) main = k;
        const int faster = main == 0 ? 1 : 0, axis[3] = {main, faster, 3 - main - faster};
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

/// Weights of a voxel's neighbours, from the next one on, for means over voxels of values that are even in each voxel
/// and then spread by a normal distribution.
std::vector<float> spread_weights(double spacing_mm) {
    const auto ramp = [](double x) {  // its second integral
        const double s = x / aside_mm;
        return x * 0.5 * std::erfc(-s / std::sqrt(2.0)) + aside_mm * std::exp(-0.5 * s * s) / std::sqrt(2 * pi);
    };
    std::vector<float> out;
    for (int k = 1; (k - 1) * spacing_mm < 3.5 * aside_mm; ++k)
        out.push_back(static_cast<float>(
            (ramp((k + 1) * spacing_mm) - 2 * ramp(k * spacing_mm) + ramp((k - 1) * spacing_mm)) / spacing_mm));
    return out;
}

/// One row of values spread over its neighbours; beyond its ends those of the ends.
void spread(const float* in, float* out, int n, std::size_t stride, const std::vector<float>& weights) {
    for (int i = 0; i < n; ++i) {
        const float own = in[static_cast<std::size_t>(i) * stride];
        float more = 0;
        for (int k = 1; k <= static_cast<int>(weights.size()); ++k) {
            const float low = in[static_cast<std::size_t>(std::max(i - k, 0)) * stride],
                        high = in[static_cast<std::size_t>(std::min(i + k, n - 1)) * stride];
            more += weights[static_cast<std::size_t>(k - 1)] * ((low - own) + (high - own));
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

/// Goes through the layers from the far end to the source.
class Sweep {
  public:
    Sweep(const BeamFrame& beam, const Medium& medium, double photon_MeV, std::vector<WaterLength>& lengths)
        : medium_(medium),
          lengths_(lengths),
          on_(medium.grid, beam),
          weights_{spread_weights(on_.step_mm[1]), spread_weights(on_.step_mm[2])},
          row_(static_cast<std::size_t>(on_.size[1])),
          own_(on_.area()),
          half_(own_),
          aside_(own_),
          here_(own_),
          ahead_(own_) {
        for (const auto& m : medium.materials) detour_.push_back(static_cast<float>(std::log(m.detour(photon_MeV))));
    }
    void run() {
        for (int n = 0; n < on_.size[0]; ++n) {
            const int layer = on_.away > 0 ? on_.size[0] - 1 - n : n;
            spread_aside(layer);
            if (n == 0) ahead_ = aside_;  // nothing is known of what lies beyond
            carry_back(layer);
            std::swap(ahead_, here_);
        }
    }

  private:
    template <class Act>
    static void for_lines(std::size_t count, const Act& act) {
        par::for_each_index(par::Host{}, count, act, 16);
    }
    std::size_t first_of(int layer, std::size_t j) const {
        return static_cast<std::size_t>(layer) * on_.stride[0] + j * on_.stride[2];
    }

    void spread_aside(int layer) {
        for_lines(static_cast<std::size_t>(on_.size[2]), [&](std::size_t j) {
            for (std::size_t i = 0, at = first_of(layer, j); i < row_; ++i, at += on_.stride[1])
                own_[j * row_ + i] = medium_.density[at] > 0 ? detour_[medium_.material[at]] : 0;
            spread(&own_[j * row_], &half_[j * row_], on_.size[1], 1, weights_[0]);
        });
        for_lines(row_, [&](std::size_t i) { spread(&half_[i], &aside_[i], on_.size[2], row_, weights_[1]); });
    }

    void carry_back(int layer) {
        const double depth = (layer - on_.source[0]) * on_.away;
        for_lines(static_cast<std::size_t>(on_.size[2]), [&](std::size_t j) {
            std::size_t at = first_of(layer, j), k = j * row_;
            for (int i = 0; i < on_.size[1]; ++i, ++k, at += on_.stride[1]) {
                here_[k] = aside_[k];
                float felt = aside_[k];
                if (depth >= 1) {
                    const double du = (i - on_.source[1]) / depth,
                                 dv = (static_cast<double>(j) - on_.source[2]) / depth;
                    const float change = between(ahead_, on_, i + du, static_cast<double>(j) + dv) - aside_[k];
                    const double cm = 0.1 * std::hypot(on_.step_mm[0], du * on_.step_mm[1], dv * on_.step_mm[2]);
                    const float x = lengths_[at].primary * static_cast<float>(cm) / ahead_cm, e = std::exp(-x);
                    here_[k] += change * e;
                    felt += change * (x > 1e-3F ? (1 - e) / x : 1.0F);
                }
                if (std::abs(felt - own_[k]) >= least_change) lengths_[at].primary *= std::exp(felt - own_[k]);
            }
        });
    }

    const Medium& medium_;
    std::vector<WaterLength>& lengths_;
    Layers on_;
    std::vector<float> weights_[2];
    std::size_t row_;
    std::vector<float> detour_;              // ln, by material
    std::vector<float> own_, half_, aside_;  // of a layer: ln(detour), spread along one axis, along both
    std::vector<float> here_, ahead_;        // as felt at the near faces of a layer and of the one before
};

}  // namespace

std::vector<WaterLength> water_lengths_along(const BeamFrame& beam, const Medium& medium, double photon_MeV) {
    expect(photon_MeV > 0, "superposition: the beam's photon energy is above 0");
    expect(medium.density.size() == medium.grid.count() && medium.material.size() == medium.grid.count(),
           "superposition: one density and material per voxel");
    std::vector<WaterLength> out = medium.water_lengths(photon_MeV);
    Sweep(beam, medium, photon_MeV, out).run();
    return out;
}

}  // namespace coutard::dose
