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
        norms(cos_inclination, factor);
        const Sample s = at_angle(half_sine(cos_ray));
        const float* a = density.data + s.cell * energy_groups;
        for (int g = 0; g < energy_groups; ++g) factor[g] *= own[g] * (a[g] + s.part * (a[g + energy_groups] - a[g]));
    }
    /// The part of the factors that all cones have in common.
    COUTARD_HD void norms(float cos_inclination, float (&factor)[energy_groups]) const {
        const Sample d =
            sample(half_sine(cos_inclination) / tilt_norm_reach * (tilt_norm_samples - 1), tilt_norm_samples);
        const float* b = norm.data + d.cell * energy_groups;
        for (int g = 0; g < energy_groups; ++g) factor[g] = b[g] + d.part * (b[g + energy_groups] - b[g]);
    }
    /// sin(angle / 2) from the cosine.
    COUTARD_HD static float half_sine(float cosine) {
        const float square = 0.5F * (1 - cosine);
        return square > 0 ? sqrtf(square) : 0.0F;
    }

    /// A place in a table: between a sample and the next.
    struct Sample {
        int cell;
        float part;
    };
    /// In `density`, from the half sine of the angle.
    COUTARD_HD static Sample at_angle(float half_sine) { return sample(half_sine * (tilt_samples - 1), tilt_samples); }

  private:
    COUTARD_HD static Sample sample(float at, int n) {
        int cell = static_cast<int>(at);
        cell = cell > n - 2 ? n - 2 : cell;
        const float part = at - static_cast<float>(cell);
        return {cell, part < 1 ? part : 1.0F};
    }
};

}  // namespace coutard::dose
