#pragma once
#include "dose/superposition/ladder.hd.hpp"
#include "dose/superposition/pack.hd.hpp"
#include "engine/base/hd.hpp"

namespace coutard::dose {

/// Energy groups that keep their own kernel: the beam hardens by the shift of weight between them.
inline constexpr int energy_groups = 4;

/// Whether a voxel releases energy in any group (less than none beside a sharpened edge). A group may be empty, and
/// none is sure to be filled.
COUTARD_HD inline bool releases(const float* released) {
    for (int g = 0; g < energy_groups; ++g)
        if (released[g] != 0) return true;
    return false;
}

/// Energy in flight along `Lanes` lines of a cone, by rate of the ladder (docs/theory/dose.md, section 3). In a
/// voxel of water-equivalent length x that releases R evenly, the part a A exp(-a s) of the kernel gives
///   deposit = S (1 - e) + R A (1 - (1 - e)/(a x)),   S <- S e + R A (1 - e)/(a x),   e = exp(-a x):
/// exact within the voxel, and no energy is lost. Source: Ahnesjo, Med Phys 16 (1989) 577.
/// \tparam Part the rates that are carried
template <int Lanes, LadderPart Part = LadderPart::Whole>
struct ConeState {
    using F = Pack<Lanes>;
    static constexpr int rates = rate_count(Part);
    F flight[rates] = {};

    /// Cross x [cm of water, for scattered photons and for charged particles] that releases nothing.
    /// \return energy laid down
    COUTARD_HD F pass(F x, F primary) {
        F lost[rates], given{};
        ladder_losses<Part>(x, primary, lost);
        for (int n = 0; n < rates; ++n) {
            const F laid = lost[n] * flight[n];
            flight[n] -= laid;
            given += laid;
        }
        return given;
    }
    /// Cross x that releases released[g] of energy group g.
    /// \param amplitude of the cone, shape (energy_groups, ladder_rates) \return energy laid down
    COUTARD_HD F pass_source(F x, F primary, const F (&released)[energy_groups], const float* amplitude) {
        F lost[rates], kept[rates], given{};
        ladder_losses<Part>(x, primary, lost);
        ladder_means<Part>(x, primary, lost, kept);
        for (int n = 0; n < rates; ++n) {
            F fresh{};
            for (int g = 0; g < energy_groups; ++g)
                fresh += released[g] * amplitude[g * ladder_rates + first_rate(Part) + n];
            const F laid = flight[n] * lost[n] + fresh * kept[n];
            flight[n] += fresh - laid;
            given += laid;
        }
        return given;
    }
    /// How much is in flight: terms of the ladder may be negative, and cancel in a sum.
    COUTARD_HD F weight() const {
        F sum{};
        for (int n = 0; n < rates; ++n) sum += magnitude(flight[n]);
        return sum;
    }
};

}  // namespace coutard::dose
