#pragma once
#include <cmath>

#include "engine/base/hd.hpp"
#include "engine/geom/vec3.hpp"

namespace coutard::dose {

/// A box in which dose is wanted, and the photons that fly to it or past it.
struct Focus {
    double low[3] = {0, 0, 0}, high[3] = {0, 0, 0};  ///< in the scene's frame [cm]; empty: no focus
    float hit_weight = 1, miss_weight = 1;           ///< lighter photons play roulette for these
    static constexpr int most_copies = 16;           ///< scattered photons for one that would be heavier

    COUTARD_HD bool on() const { return high[0] > low[0]; }
    /// Where a ray is inside: distances from `at` on. \return false when it misses
    COUTARD_HD bool crossing(const Vec3& at, const Vec3& d, double& enter, double& leave) const {
        enter = 0;
        leave = 1e30;
        for (int k = 0; k < 3; ++k) {
            if (d[k] == 0) {
                if (at[k] <= low[k] || at[k] >= high[k]) return false;
                continue;
            }
            const double a = (low[k] - at[k]) / d[k], b = (high[k] - at[k]) / d[k];
            enter = std::fmax(enter, std::fmin(a, b));
            leave = std::fmin(leave, std::fmax(a, b));
        }
        return enter < leave;
    }
    COUTARD_HD float weight_of(const Vec3& at, const Vec3& d) const {
        double enter, leave;
        return crossing(at, d, enter, leave) ? hit_weight : miss_weight;
    }
};

/// Ways to lower the variance; none moves the mean.
struct VarianceReduction {
    int splits = 32;              ///< interactions per photon; 1: analogue
    double reject_below_MeV = 1;  ///< electrons below that cannot leave their voxel stop at once; 0: never
    float photon_weight = 1;      ///< with splits: lighter photons play roulette for it
    bool flocks = true;           ///< with splits, on the CPU: a photon's electrons share their random choices
    Focus focus{};                ///< with splits: only there photons interact more than once
};

/// For dose in all that a field meets, whose source sends sets of so many photons. Scattered photons give a quarter
/// of the dose in many small doses: three times heavier than those of the source they cost a third and lose little.
inline VarianceReduction for_sets_of(int members) {
    VarianceReduction out;
    out.photon_weight = 3.0F / static_cast<float>(members);
    return out;
}

}  // namespace coutard::dose
