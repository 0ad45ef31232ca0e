#pragma once
#include <bit>
#include <cstdint>

#include "engine/base/hd.hpp"

namespace coutard::dose {

/// Exponentials that describe how the energy of a cone is laid down along it: rates
/// a_n = slowest_rate 2^n per cm of water. The ladder is common to all cones and groups.
inline constexpr int ladder_rates = 12;
inline constexpr double slowest_rate_per_cm = 0.02;

/// exp(-t) for t in [0, 85], relative error below 3e-7: 2^-i times a polynomial, no branch and no table,
/// so that a compiler runs the ladder in vector lanes. Coefficients: Taylor series of 2^-f, |f| <= 1/2.
COUTARD_HD inline float exp_minus(float t) {
    const float z = t * 1.44269504F;
    const auto whole = static_cast<std::int32_t>(z + 0.5F);
    const float f = (z - static_cast<float>(whole)) * -0.693147181F;
    const float p = 1 + f * (1 + f * (0.5F + f * (1.0F / 6 + f * (1.0F / 24 + f * (1.0F / 120 + f * (1.0F / 720))))));
    return p * std::bit_cast<float>((127 - whole) << 23);
}

/// lost[n] = 1 - exp(-a_n x) for x [cm of water]; a series where the difference would cancel.
COUTARD_HD inline void ladder_losses(float x, float (&lost)[ladder_rates]) {
    float t[ladder_rates];
    for (int n = 0; n < ladder_rates; ++n)
        t[n] = x * (static_cast<float>(slowest_rate_per_cm) * static_cast<float>(1 << n));
    for (int n = 0; n < ladder_rates; ++n) {
        const float u = t[n] < 80.0F ? t[n] : 80.0F;
        const float series = u * (1 - u * (0.5F - u * (1.0F / 6 - u * (1.0F / 24))));
        const float direct = 1 - exp_minus(u);
        lost[n] = u < 0.06F ? series : direct;
    }
}

/// kept[n] = 1 - (1 - exp(-t))/t, t = a_n x: part of what a voxel releases evenly that stays in it.
COUTARD_HD inline void ladder_means(float x, const float (&lost)[ladder_rates], float (&kept)[ladder_rates]) {
    for (int n = 0; n < ladder_rates; ++n) {
        const float t = x * (static_cast<float>(slowest_rate_per_cm) * static_cast<float>(1 << n));
        const float series = t * (0.5F - t * (1.0F / 6 - t * (1.0F / 24)));
        const float direct = 1 - lost[n] / t;
        kept[n] = t < 0.06F ? series : direct;
    }
}

}  // namespace coutard::dose
