#pragma once
#include "dose/superposition/pack.hd.hpp"
#include "engine/base/hd.hpp"

namespace coutard::dose {

/// Exponentials that describe how the energy of a cone is laid down along it: rates
/// a_n = slowest_rate 2^n per cm of water. The ladder is common to all cones and groups.
inline constexpr int ladder_rates = 12;
inline constexpr double slowest_rate_per_cm = 0.02;
/// Rates from this one on (0.64 /cm) belong to charged particles, the slower ones to scattered photons.
inline constexpr int first_primary_rate = 5;

/// Rates that are carried together: all, or those of one kind of radiation on a grid that suits its reach.
enum class LadderPart { Whole, Scatter, Primary };
COUTARD_HD constexpr int first_rate(LadderPart part) {
    return part == LadderPart::Primary ? first_primary_rate : 0;
}
COUTARD_HD constexpr int rate_count(LadderPart part) {
    return (part == LadderPart::Scatter ? first_primary_rate : ladder_rates) - first_rate(part);
}

COUTARD_HD constexpr float ladder_rate(int n) {
    return static_cast<float>(slowest_rate_per_cm) * static_cast<float>(1 << n);
}

/// 1 - exp(-t) by its series, for t up to 1: relative error below 3e-6; beyond, t counts as 1.
template <class F>
COUTARD_HD inline F slow_loss(F t) {
    const F one = t * 0.0F + 1.0F;
    t = where_below(t, one, t, one);
    const F s = t * t;  // even and odd terms side by side: half the wait
    const F even = 1 + s * (1.0F / 6 + s * (1.0F / 120 + s * (1.0F / 5040)));
    const F odd = 0.5F + s * (1.0F / 24 + s * (1.0F / 720 + s * (1.0F / 40320)));
    return t * (even - t * odd);
}

/// lost[n] = 1 - exp(-a_n x) for the rates of `Part`: rates double, so l_(n+1) = 1 - (1 - l_n)^2, which cancels nowhere
/// and needs no exponential. F: a float or a Pack of them. Exact for voxels of up to 50 cm of water.
/// \param x [cm of water] for scattered photons, \param primary the same for charged particles
template <LadderPart Part = LadderPart::Whole, class F>
COUTARD_HD inline void ladder_losses(F x, F primary, F (&lost)[rate_count(Part)]) {
    if constexpr (Part != LadderPart::Primary) {
        lost[0] = slow_loss(x * ladder_rate(0));
        for (int n = 1; n < first_primary_rate; ++n) lost[n] = lost[n - 1] * (2 - lost[n - 1]);
    }
    if constexpr (Part != LadderPart::Scatter) {
        F l = slow_loss(primary * ladder_rate(0));
        for (int n = 0; n < first_primary_rate; ++n) l = l * (2 - l);
        for (int n = first_primary_rate; n < ladder_rates; ++n, l = l * (2 - l)) lost[n - first_rate(Part)] = l;
    }
}

/// 1 - (1 - exp(-t))/t by its series, for t up to 1; beyond, t counts as 1, as in slow_loss.
template <class F>
COUTARD_HD inline F slow_mean(F t) {
    const F one = t * 0.0F + 1.0F;
    t = where_below(t, one, t, one);
    const F s = t * t;
    const F even = 0.5F + s * (1.0F / 24 + s * (1.0F / 720 + s * (1.0F / 40320)));
    const F odd = 1.0F / 6 + s * (1.0F / 120 + s * (1.0F / 5040 + s * (1.0F / 362880)));
    return t * (even - t * odd);
}

/// kept[n] = 1 - (1 - exp(-t))/t, t = a_n x: part of what a voxel releases evenly that stays in it. Rates double, so
/// m_(n+1) = m_n + (1 - m_n) l_n / 2, which cancels nowhere and divides by nothing.
/// \param lost of ladder_losses
template <LadderPart Part = LadderPart::Whole, class F>
COUTARD_HD inline void ladder_means(F x, F primary, const F (&lost)[rate_count(Part)], F (&kept)[rate_count(Part)]) {
    if constexpr (Part != LadderPart::Primary) {
        kept[0] = slow_mean(x * ladder_rate(0));
        for (int n = 1; n < first_primary_rate; ++n) kept[n] = kept[n - 1] + (1 - kept[n - 1]) * (0.5F * lost[n - 1]);
    }
    if constexpr (Part != LadderPart::Scatter) {
        constexpr int first = first_primary_rate - first_rate(Part);
        F l = slow_loss(primary * ladder_rate(0)), m = slow_mean(primary * ladder_rate(0));
        for (int n = 0; n < first_primary_rate; ++n) {
            m += (1 - m) * (0.5F * l);
            l = l * (2 - l);
        }
        kept[first] = m;
        for (int n = first + 1; n < rate_count(Part); ++n)
            kept[n] = kept[n - 1] + (1 - kept[n - 1]) * (0.5F * lost[n - 1]);
    }
}

}  // namespace coutard::dose
