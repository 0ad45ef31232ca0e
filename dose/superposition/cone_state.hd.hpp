#pragma once
#include "dose/superposition/ladder.hd.hpp"
#include "engine/base/hd.hpp"

namespace coutard::dose {

/// Energy groups that keep their own kernel: the beam hardens by the shift of weight between them.
inline constexpr int energy_groups = 4;

/// Whether a voxel releases energy in any group. A group may be empty, and none is sure to be filled.
COUTARD_HD inline bool releases(const float* released) {
    for (int g = 0; g < energy_groups; ++g)
        if (released[g] > 0) return true;
    return false;
}

/// Energy in flight along one line of a cone, by rate of the ladder (docs/theory/dose.md, section 3). In a
/// voxel of water-equivalent length x that releases R evenly, the part a A exp(-a s) of the kernel gives
///   deposit = S (1 - e) + R A (1 - (1 - e)/(a x)),   S <- S e + R A (1 - e)/(a x),   e = exp(-a x):
/// exact within the voxel, and no energy is lost. Source: Ahnesjo, Med Phys 16 (1989) 577.
struct ConeState {
    float flight[ladder_rates];

    /// Cross x [cm of water] that releases nothing. \return energy laid down
    COUTARD_HD float pass(float x) {
        float lost[ladder_rates], given = 0;
        ladder_losses(x, lost);
        for (int n = 0; n < ladder_rates; ++n) {
            lost[n] *= flight[n];
            flight[n] -= lost[n];
        }
        for (int n = 0; n < ladder_rates; ++n) given += lost[n];
        return given;
    }
    /// Cross x > 0 [cm of water] that releases part * released[g] of energy group g.
    /// \param amplitude of the cone, shape (energy_groups, ladder_rates) \return energy laid down
    COUTARD_HD float pass_source(float x, float part, const float* released, const float* amplitude) {
        float lost[ladder_rates], kept[ladder_rates], fresh[ladder_rates] = {}, given = 0;
        ladder_losses(x, lost);
        ladder_means(x, lost, kept);
        for (int g = 0; g < energy_groups; ++g) {
            const float r = released[g] * part;
            const float* a = amplitude + g * ladder_rates;
            for (int n = 0; n < ladder_rates; ++n) fresh[n] += r * a[n];
        }
        for (int n = 0; n < ladder_rates; ++n) {
            lost[n] = flight[n] * lost[n] + fresh[n] * kept[n];
            flight[n] += fresh[n] - lost[n];
        }
        for (int n = 0; n < ladder_rates; ++n) given += lost[n];
        return given;
    }
    COUTARD_HD float carried() const {
        float sum = 0;
        for (int n = 0; n < ladder_rates; ++n) sum += flight[n];
        return sum;
    }
};

}  // namespace coutard::dose
