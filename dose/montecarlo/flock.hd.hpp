#pragma once
#include <cmath>
#include <type_traits>

#include "dose/montecarlo/particle.hd.hpp"
#include "dose/physics/azimuth.hd.hpp"
#include "dose/superposition/pack.hd.hpp"

namespace coutard::dose {

/// How a flock is worked on: many as vector registers of floats, one that is alone as plain doubles.
template <int room>
struct FlockPack {
    static constexpr int lanes = room / 2;
    using Real = float;
    using type = Pack<lanes>;
};
template <>
struct FlockPack<1> {
    static constexpr int lanes = 1;
    using Real = double;
    using type = double;
};

/// Charged particles of one kind and energy in one substance that make the same random choices side by side: what they
/// draw and look up is done once for all. Each of them goes as it would alone, for places and directions are
/// their own; only they are not independent of each other, which is why those along one photon's way are taken
/// together: far apart, they seldom meet in a voxel. Who comes into another substance goes on alone.
/// Source: Kawrakow, Fippel, Phys Med Biol 45 (2000) 2163 (simultaneous transport of particle sets).
template <int room>
struct Flock {
    static constexpr int lanes = FlockPack<room>::lanes;
    using Real = typename FlockPack<room>::Real;
    using F = typename FlockPack<room>::type;

    Kind kind = Kind::Electron;
    int material = 0, count = 0;
    double energy_MeV = 0;
    double laid_MeV = 0;  ///< what each of weight 1 has left so far, as it is scored

    alignas(64) Real at[3][room] = {};         ///< from the low corner of the voxel [cm]
    alignas(64) Real direction[3][room] = {};  ///< of unit length
    alignas(64) Real weight[room] = {};
    alignas(64) Real cm3_per_g[room] = {};  ///< of the voxel; infinite where nothing is
    alignas(64) Real margin_cm[room] = {};  ///< at most the distance to the nearest face in any direction
    Real entered_MeV[room] = {};            ///< laid_MeV when it came into its voxel
    int voxel[3][room] = {};
    std::size_t flat[room] = {};

    COUTARD_HD bool full() const { return count == room; }

    template <class Space>
    COUTARD_HD void add(const Scene<Space>& scene, const Place& place, const Vec3& d, float w) {
        const int i = count++;
        for (int k = 0; k < 3; ++k) {
            voxel[k][i] = place.voxel[k];
            at[k][i] = static_cast<Real>(place.at[k] - place.voxel[k] * scene.voxel_cm[k]);
            direction[k][i] = static_cast<Real>(d[k]);
        }
        weight[i] = w;
        enter_voxel(scene, i);
    }
    /// The last takes the place of the one that goes.
    COUTARD_HD void remove(int i) {
        const int last = --count;
        for (int k = 0; k < 3; ++k) {
            at[k][i] = at[k][last];
            direction[k][i] = direction[k][last];
            voxel[k][i] = voxel[k][last];
        }
        weight[i] = weight[last];
        cm3_per_g[i] = cm3_per_g[last];
        margin_cm[i] = margin_cm[last];
        entered_MeV[i] = entered_MeV[last];
        flat[i] = flat[last];
    }
    template <class Space>
    COUTARD_HD Place place(const Scene<Space>& scene, int i) const {
        Place out;
        for (int k = 0; k < 3; ++k) {
            out.voxel[k] = voxel[k][i];
            out.at[k] = voxel[k][i] * scene.voxel_cm[k] + static_cast<double>(at[k][i]);
        }
        return out;
    }
    COUTARD_HD Vec3 way(int i) const { return {direction[0][i], direction[1][i], direction[2][i]}; }
    template <class Space>
    COUTARD_HD Particle particle(const Scene<Space>& scene, int i) const {
        return {kind, static_cast<float>(weight[i]), energy_MeV, way(i), place(scene, i)};
    }
    /// What is about number `i`, which came into its voxel now.
    template <class Space>
    COUTARD_HD void enter_voxel(const Scene<Space>& scene, int i) {
        const int own[3] = {voxel[0][i], voxel[1][i], voxel[2][i]};
        flat[i] = scene.flat(own);
        const float density = scene.density[flat[i]];
        cm3_per_g[i] = density > 0 ? 1 / static_cast<Real>(density) : static_cast<Real>(INFINITY);
        entered_MeV[i] = static_cast<Real>(laid_MeV);
        measure_margin(scene, i);
    }
    template <class Space>
    COUTARD_HD void measure_margin(const Scene<Space>& scene, int i) {
        Real least = static_cast<Real>(1e30);
        for (int k = 0; k < 3; ++k) {
            const Real low = at[k][i], high = static_cast<Real>(scene.voxel_cm[k]) - low;
            const Real nearer = low < high ? low : high;
            least = nearer < least ? nearer : least;
        }
        margin_cm[i] = least;
    }
};

/// Move those that stay in their voxel by `path` [g/cm2]. \param voxel_cm size of a voxel
/// \return whether all do: the margin of one that does not is below 0 now
template <int room>
COUTARD_HD inline bool move_inside(Flock<room>& flock, const double (&voxel_cm)[3], double path) {
    using Real = typename Flock<room>::Real;
    using F = typename Flock<room>::F;
    bool all = true;
    for (int first = 0; first < flock.count; first += Flock<room>::lanes) {
        const F length = load_pack<F>(flock.cm3_per_g + first) * static_cast<Real>(path);
        const auto stays = length < load_pack<F>(flock.margin_cm + first);
        F least = F{} + static_cast<Real>(1e30);
        for (int k = 0; k < 3; ++k) {
            F x = load_pack<F>(flock.at[k] + first);
            x = stays ? x + load_pack<F>(flock.direction[k] + first) * length : x;
            store_pack(x, flock.at[k] + first);
            const F high = static_cast<Real>(voxel_cm[k]) - x;
            const F nearer = x < high ? x : high;
            least = nearer < least ? nearer : least;
        }
        const F margin = stays ? least : F{} - 1;
        store_pack(margin, flock.margin_cm + first);
        const int last = flock.count - first < Flock<room>::lanes ? flock.count - first : Flock<room>::lanes;
        for (int i = 0; i < last; ++i) all = all && flock.margin_cm[first + i] >= 0;
    }
    return all;
}

/// Turn all by a polar angle and an azimuth about themselves.
template <int room>
COUTARD_HD inline void turn(Flock<room>& flock, double cos_polar, const Azimuth& about) {
    using F = typename Flock<room>::F;
    for (int first = 0; first < flock.count; first += Flock<room>::lanes) {
        F d[3];
        for (int k = 0; k < 3; ++k) d[k] = load_pack<F>(flock.direction[k] + first);
        turn_lanes<typename Flock<room>::Real>(d[0], d[1], d[2], cos_polar, about);
        for (int k = 0; k < 3; ++k) store_pack(d[k], flock.direction[k] + first);
    }
}

/// As many as a photon has interactions; on a GPU the threads are the flock.
template <class Space>
inline constexpr int flock_room = std::is_same_v<Space, par::Host> ? 32 : 1;

/// The same for a whole flock, built for wide registers too (flock.cpp).
bool move_inside(Flock<flock_room<par::Host>>& flock, const double (&voxel_cm)[3], double path);
void turn(Flock<flock_room<par::Host>>& flock, double cos_polar, const Azimuth& about);

}  // namespace coutard::dose
