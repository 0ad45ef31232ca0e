#pragma once
#include <cmath>
#include <cstddef>

#include "dose/superposition/cone_state.hd.hpp"
#include "engine/base/hd.hpp"
#include "engine/par/view.hd.hpp"

namespace coutard::dose {

/// Kernels follow the rays of a divergent beam (docs/theory/dose.md, section 3): where the ray is inclined
/// to the beam axis, a cone at angle g to the ray gets the energy that the kernel sends to angle g per solid
/// angle, over what it sends to the cone's own angle. Tables are even in sin(angle / 2).
/// Source: Sharpe, Battista, Med Phys 20 (1993) 1685, on the orientation of kernels in divergent beams.
inline constexpr int tilt_samples = 193;         ///< over angles 0 to 180 degrees
inline constexpr int tilt_norm_samples = 17;     ///< over inclinations 0 to tilt_norm_reach
inline constexpr float tilt_norm_reach = 0.25F;  ///< sin(inclination / 2): 29 degrees

template <class Space>
struct KernelTilt {
    par::View<const float, Space> density;  ///< kernel energy per solid angle, shape (tilt_samples, energy_groups)
    par::View<const float, Space> norm;     ///< keeps the sum of all cones, shape (tilt_norm_samples, energy_groups)

    /// factor[g] for a cone at `cos_ray` to the ray; own[g] is 1 / density at the cone's own angle.
    COUTARD_HD void factors(float cos_ray, float cos_inclination, const float* own,
                            float (&factor)[energy_groups]) const {
        const Sample s = sample(half_sine(cos_ray) * (tilt_samples - 1), tilt_samples);
        const Sample d =
            sample(half_sine(cos_inclination) / tilt_norm_reach * (tilt_norm_samples - 1), tilt_norm_samples);
        const float *a = density.data + s.cell * energy_groups, *b = norm.data + d.cell * energy_groups;
        for (int g = 0; g < energy_groups; ++g)
            factor[g] = own[g] * (a[g] + s.part * (a[g + energy_groups] - a[g])) *
                        (b[g] + d.part * (b[g + energy_groups] - b[g]));
    }
    /// The same for lanes side by side, and the same bits: roots of all lanes at once, then the groups of a lane at
    /// once.
    template <int Lanes>
    COUTARD_HD void factors_of_lanes(const float (&cos_ray)[Lanes], const float (&cos_inclination)[Lanes],
                                     const float* own, float (&factor)[Lanes][energy_groups]) const {
        if constexpr (Lanes == 1) {
            factors(cos_ray[0], cos_inclination[0], own, factor[0]);
        } else {
            using Groups = Pack<Lanes == 1 ? 1 : energy_groups>;  // no packs for nvcc
            int ray[Lanes], axis[Lanes];
            float part[Lanes], axis_part[Lanes];
            for (int lane = 0; lane < Lanes; ++lane) {
                const Sample s = sample(half_sine(cos_ray[lane]) * (tilt_samples - 1), tilt_samples);
                const Sample d = sample(half_sine(cos_inclination[lane]) / tilt_norm_reach * (tilt_norm_samples - 1),
                                        tilt_norm_samples);
                ray[lane] = s.cell * energy_groups;
                part[lane] = s.part;
                axis[lane] = d.cell * energy_groups;
                axis_part[lane] = d.part;
            }
            const auto mine = load_pack<Groups>(own);
            for (int lane = 0; lane < Lanes; ++lane) {
                const float *a = density.data + ray[lane], *b = norm.data + axis[lane];
                const auto a0 = load_pack<Groups>(a), a1 = load_pack<Groups>(a + energy_groups),
                           b0 = load_pack<Groups>(b), b1 = load_pack<Groups>(b + energy_groups);
                store_pack(mine * (a0 + part[lane] * (a1 - a0)) * (b0 + axis_part[lane] * (b1 - b0)), factor[lane]);
            }
        }
    }
    /// sin(angle / 2) from the cosine.
    COUTARD_HD static float half_sine(float cosine) {
        const float square = 0.5F * (1 - cosine);
        return square > 0 ? sqrtf(square) : 0.0F;
    }

  private:
    struct Sample {
        int cell;
        float part;
    };
    COUTARD_HD static Sample sample(float at, int n) {
        int cell = static_cast<int>(at);
        cell = cell > n - 2 ? n - 2 : cell;
        const float part = at - static_cast<float>(cell);
        return {cell, part < 1 ? part : 1.0F};
    }
};

}  // namespace coutard::dose
