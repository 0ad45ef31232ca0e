#pragma once
#include <cmath>

#include "dose/montecarlo/particle.hd.hpp"
#include "engine/par/philox.hd.hpp"

namespace coutard::dose {

/// What a source sends: place and direction in the scene's frame [cm], where it may lie outside the voxels.
struct SourceParticle {
    Kind kind = Kind::Photon;
    double energy_MeV = 0;  ///< kinetic
    Vec3 at, direction;
    float weight = 1;
};

/// Which particle of a history's set a source draws. Particles of a set are spread over what they are drawn from, one
/// in each stratum; sets are independent of each other.
struct Member {
    int number = 0, of = 1;
    double shift = 0;  ///< even in (0, 1), one for the whole set

    /// A chance in (0, 1), in the stratum of this member.
    COUTARD_HD double first(par::Philox& rng) const { return (number + rng.uniform()) / of; }
    /// The same in another order of the strata, turned at random from set to set: two draws of one member with other
    /// `turn` are independent. \param step no factor of `of` \param turn 0, 1 or 2: which digits of the set's shift
    COUTARD_HD double spread(par::Philox& rng, int step, int turn) const {
        constexpr double digits[3] = {1, 1024, 1048576};
        const double own = shift * digits[turn], at = (number * step % of + rng.uniform()) / of + own - std::floor(own);
        return at < 1 ? at : at - 1;
    }
};

/// Bring a particle to the first voxel on its way; false when it misses all, or weighs nothing.
template <class Space>
COUTARD_HD bool enter(const Scene<Space>& scene, const SourceParticle& from, Particle& particle) {
    if (from.weight <= 0) return false;
    double low = 0, high = 1e30;
    for (int k = 0; k < 3; ++k) {
        const double size = scene.count[k] * scene.voxel_cm[k], d = from.direction[k], x = from.at[k];
        if (d == 0) {
            if (x < 0 || x >= size) return false;
            continue;
        }
        low = std::fmax(low, std::fmin(-x / d, (size - x) / d));
        high = std::fmin(high, std::fmax(-x / d, (size - x) / d));
    }
    if (low >= high) return false;
    particle = {from.kind, from.weight, from.energy_MeV, from.direction, {from.at + from.direction * low, {}}};
    for (int k = 0; k < 3; ++k) {
        const int at = static_cast<int>(std::floor(particle.place.at[k] / scene.voxel_cm[k]));
        particle.place.voxel[k] = at < 0 ? 0 : at >= scene.count[k] ? scene.count[k] - 1 : at;
    }
    return true;
}

}  // namespace coutard::dose
