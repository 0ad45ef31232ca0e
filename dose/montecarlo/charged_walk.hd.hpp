#pragma once
#include <cmath>
#include <type_traits>

#include "dose/montecarlo/scene.hd.hpp"
#include "dose/montecarlo/transport_data.hd.hpp"
#include "dose/physics/pair_events.hd.hpp"
#include "dose/physics/photon_events.hd.hpp"
#include "dose/physics/positron_events.hd.hpp"
#include "engine/par/philox.hd.hpp"

namespace coutard::dose {

enum class Kind { Photon, Electron, Positron };

struct Particle {
    Kind kind;
    float weight;
    double energy_MeV;  ///< kinetic
    Vec3 direction;
    Place place;
};

/// Particles that wait. Depth-first work keeps it shallow; a full one is told, never overwritten.
template <class Space>
class Waiting {
  public:
    COUTARD_HD void push(const Particle& p) {
        if (depth_ == room)
            overflowed = true;
        else
            stack_[depth_++] = p;
    }
    COUTARD_HD Particle pop() { return stack_[--depth_]; }
    COUTARD_HD bool empty() const { return depth_ == 0; }
    bool overflowed = false;

  private:
    // a focus on the CPU scatters heavy photons many times over; a GPU thread has little memory of its own, and no
    // focus
    static constexpr int room = std::is_same_v<Space, par::Host> ? 512 : 48;
    Particle stack_[room];
    int depth_ = 0;
};

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
    Focus focus{};                ///< with splits: only there photons interact more than once
};

/// A score that asks where energy is left, not in which voxel: deposit_along(from, direction, path_cm, energy_MeV),
/// evenly along the path.
template <class Score>
concept ScoresPlaces = requires(Score& score, const Vec3& at) {
    score.deposit_along(at, at, 0.0, 0.0);
};

/// What to score besides.
struct Scored {
    bool to_water = false;  ///< dose to water: energy times the ratio of collision stopping powers
};

/// Electrons and positrons: condensed steps, deflected at random hinges; knock-ons and bremsstrahlung
/// above the cut-offs are events. The clocks of hinge and event run in units that every substance counts
/// by its own tables, so that a step may cross from bone into lung and stops at no face.
/// Source: Sempau et al., Phys Med Biol 45 (2000) 2263 (DPM); Fernandez-Varea et al., Nucl Instrum Methods B 73
/// (1993) 447 (random hinge).
template <class Space, class Score>
class ChargedWalk {
  public:
    COUTARD_HD ChargedWalk(const TransportData<Space>& data, const Scene<Space>& scene,
                           const VarianceReduction& switches, const Scored& scored, Score& score,
                           const par::Philox& rng)
        : data_(data), scene_(scene), switches_(switches), scored_(scored), score_(score), rng_(rng) {}

    COUTARD_HD par::Philox& chance() { return rng_; }
    COUTARD_HD bool overflowed() const { return photons_.overflowed || charged_.overflowed; }
    /// Follow the charged particles that wait, and those that they set free; photons go on waiting.
    COUTARD_HD void finish_charged() {
        while (!charged_.empty()) walk(charged_.pop());
    }
    COUTARD_HD void start_charged(Kind kind, double energy_MeV, const Particle& parent, const Vec3& direction) {
        Particle p = parent;
        p.kind = kind;
        p.energy_MeV = energy_MeV;
        p.direction = direction;
        charged_.push(p);
    }

  protected:
    COUTARD_HD Azimuth azimuth() { return Azimuth::drawn(rng_); }

    /// A photon set free by `parent`.
    COUTARD_HD void start_photon(double energy_MeV, const Particle& parent, const Vec3& direction, float share = 1) {
        Particle p = parent;
        p.weight *= share;
        if (energy_MeV < data_.cut.photon) return deposit(p, scene_.flat(p.place.voxel), energy_MeV * p.weight, 1);
        p.kind = Kind::Photon;
        p.energy_MeV = energy_MeV;
        p.direction = direction;
        if (switches_.splits <= 1 || survives(p)) photons_.push(p);
    }
    /// Russian roulette for a photon lighter than its direction is worth.
    COUTARD_HD bool survives(Particle& p) {
        const float wanted =
            switches_.focus.on() ? switches_.focus.weight_of(p.place.at, p.direction) : switches_.photon_weight;
        if (p.weight >= wanted) return true;
        if (rng_.uniform() * wanted > p.weight) return false;
        p.weight = wanted;
        return true;
    }

    /// Energy that `p` leaves in its voxel: where it is, or along the path ahead of it.
    COUTARD_HD void deposit(const Particle& p, std::size_t voxel, double energy_MeV, float water_ratio,
                            double path_cm = 0) {
        if constexpr (ScoresPlaces<Score>)
            score_.deposit_along(p.place.at, p.direction, path_cm, energy_MeV);
        else
            score_.deposit(voxel, scored_.to_water ? energy_MeV * water_ratio : energy_MeV);
    }

    COUTARD_HD void walk(Particle p) {
        const auto& table = p.kind == Kind::Positron ? data_.positron : data_.electron;
        const int begun = scene_.material[scene_.flat(p.place.voxel)] * OctaveGrid::count;
        double hinge = next_hinge(table[static_cast<std::size_t>(begun + OctaveGrid::find(p.energy_MeV).index)].turn);
        double to_hinge = hinge;  // condensed steps until the next deflection
        double to_event = -std::log(rng_.uniform());
        for (;;) {
            const std::size_t v = scene_.flat(p.place.voxel);
            const float density = scene_.density[v];
            if (density <= 0) {
                const Flight flight(scene_, p.direction);
                int axis = 0;
                p.place.at = p.place.at + p.direction * flight.to_face(p.place, axis);
                flight.cross(p.place, axis);
                if (!scene_.holds(p.place.voxel)) return leave(p);
                continue;
            }
            const double free_path = density * nearest_face(p.place);  // in any direction [g/cm2]
            const auto at = OctaveGrid::find(p.energy_MeV);
            const ChargedRow* r = table.data + scene_.material[v] * OctaveGrid::count + at.index;
            const float ratio = r[0].water_ratio;
            if (p.energy_MeV < switches_.reject_below_MeV && r[1].range < free_path) {
                deposit(p, v, p.energy_MeV * p.weight, ratio);
                return stop(p);
            }
            const double loss = between(r[0].loss, r[1].loss, at), steps = between(r[0].steps, r[1].steps, at),
                         events = between(r[0].events, r[1].events, at);
            double path = to_hinge / steps;  // [g/cm2]
            enum { Face, Hinge, Event } next = Hinge;
            if (to_event < path * events) {
                path = to_event / events;
                next = Event;
            }
            int axis = 0, side = 0;
            if (path >= free_path) {
                const Flight flight(scene_, p.direction);
                const double face = density * flight.to_face(p.place, axis);
                if (face <= path) {
                    path = face;
                    next = Face;
                    side = flight.side(axis);
                }
            }
            const double slope = (r[1].loss - r[0].loss) * at.per_MeV;
            const double lost = loss * path * (1 - 0.5 * slope * path);
            if (lost >= p.energy_MeV - data_.cut.electron) {
                deposit(p, v, p.energy_MeV * p.weight, ratio);
                return stop(p);
            }
            deposit(p, v, lost * p.weight, ratio, path / density);
            p.energy_MeV -= lost;
            p.place.at = p.place.at + p.direction * (path / density);
            to_hinge -= path * steps;
            to_event -= path * events;
            if (next == Face) {
                p.place.voxel[axis] += side;
                if (!scene_.holds(p.place.voxel)) return leave(p);
                if (scene_.importance.size > 0) split_at_face(p, v);
            } else if (next == Hinge) {
                deflect(p, scene_.material[v]);
                to_hinge = 1 - hinge;  // the rest of this step, and the next one up to its hinge
                hinge = next_hinge(r[0].turn);
                to_hinge += hinge;
            } else {
                if (!event(p, v, r, at)) return;
                if (p.energy_MeV < data_.cut.electron) {
                    deposit(p, v, p.energy_MeV * p.weight, ratio);
                    return stop(p);
                }
                to_event = -std::log(rng_.uniform());
            }
        }
    }

    /// Place of the hinge in a step of K = `turn` transport mean free paths. Its mean, 1/2 - K/12, is the one for which
    /// the mean advance along the old direction is exact to K^2: m + (1 - m) exp(-K) = (1 - exp(-K))/K.
    COUTARD_HD double next_hinge(float turn) {
        const double a = rng_.uniform();
        if (rng_.uniform() >= 0.5 * turn) return a;
        const double b = rng_.uniform();
        return a < b ? a : b;
    }

    COUTARD_HD double nearest_face(const Place& p) const {
        double least = 1e30;
        for (int k = 0; k < 3; ++k) {
            const double low = p.at[k] - p.voxel[k] * scene_.voxel_cm[k], high = scene_.voxel_cm[k] - low;
            const double nearer = low < high ? low : high;
            least = nearer < least ? nearer : least;
        }
        return least;
    }

    /// Come from voxel `before` to where more is at stake: go on as several, each with its part of the weight. The
    /// others begin a new step, which is no different from going on: where a step begins is a matter of chance.
    COUTARD_HD void split_at_face(Particle& p, std::size_t before) {
        const float ratio = scene_.importance[scene_.flat(p.place.voxel)] / scene_.importance[before];
        if (ratio < 1.5F || switches_.splits <= 1) return;
        const int copies = static_cast<int>(ratio + 0.5F);
        p.weight /= static_cast<float>(copies);
        for (int c = 1; c < copies; ++c) charged_.push(p);
    }

    /// A positron takes with it what its annihilation would give.
    COUTARD_HD void leave(const Particle& p) {
        const double masses = p.kind == Kind::Positron ? 2 * electron_mass_MeV : 0;
        score_.escape((p.energy_MeV + masses) * p.weight);
    }

    COUTARD_HD void stop(const Particle& p) {
        if (p.kind != Kind::Positron) return;
        const Vec3 d = turned({0, 0, 1}, 2 * rng_.uniform() - 1, azimuth());
        start_photon(electron_mass_MeV, p, d);
        start_photon(electron_mass_MeV, p, -d);
    }

    COUTARD_HD void deflect(Particle& p, int material) {
        const int row = SampleGrid::row(p.energy_MeV, static_cast<float>(rng_.uniform()));
        const float* t = data_.deflection.data + (material * SampleGrid::rows + row) * TableShape::deflection;
        const double a = t[0], place = (1 - std::sqrt(rng_.uniform())) * (TableShape::deflection - 2);
        const int i = static_cast<int>(place);
        const double u = t[i + 1] + (place - i) * (t[i + 2] - t[i + 1]);
        p.direction = turned(p.direction, 1 - 2 * a * u / (1 + a - u), azimuth());
    }

    /// \return false when the particle is no more
    COUTARD_HD bool event(Particle& p, std::size_t v, const ChargedRow* r, const OctaveGrid::Cell& at) {
        const double radiative = between(r[0].radiative, r[1].radiative, at), choice = rng_.uniform();
        if (choice < radiative) {
            radiate(p, scene_.material[v]);
            return true;
        }
        if (choice < radiative + between(r[0].annihilation, r[1].annihilation, at)) {
            const AnnihilationPair pair = sample_annihilation(p.energy_MeV, rng_);
            const Azimuth phi = azimuth();
            start_photon(pair.energy_MeV[0], p, turned(p.direction, pair.cosine[0], phi));
            start_photon(pair.energy_MeV[1], p, turned(p.direction, pair.cosine[1], phi.opposite()));
            return false;
        }
        knock_on(p);
        return true;
    }

    COUTARD_HD void radiate(Particle& p, int material) {
        const double T = p.energy_MeV, cut = data_.cut.photon / T;
        if (cut >= 1) return;
        const int row = SampleGrid::row(T, static_cast<float>(rng_.uniform()));
        const float* t = data_.brems.data + (material * SampleGrid::rows + row) * TableShape::brems;
        double k = 1, chi = 0;  // k/T from chi(k)/k: 1/k by inversion, chi by rejection
        do {
            k = std::pow(cut, rng_.uniform());
            const int i = k >= 1 ? 31 : static_cast<int>(k * 32);
            chi = t[i + 1] + (k * 32 - i) * (t[i + 2] - t[i + 1]);
        } while (rng_.uniform() * t[0] > chi);
        start_photon(k * T, p, turned(p.direction, sample_dipole_cosine(T, rng_), azimuth()));
        p.energy_MeV -= k * T;
    }

    COUTARD_HD void knock_on(Particle& p) {
        const double T = p.energy_MeV, cut = data_.cut.knock_on / T;
        const bool positron = p.kind == Kind::Positron;
        if (cut >= (positron ? 1.0 : 0.5)) return;  // a table's cell that reaches across its threshold
        const double given = T * (positron ? sample_bhabha(T, cut, rng_) : sample_moller(T, cut, rng_));
        const Azimuth phi = azimuth();
        start_charged(Kind::Electron, given, p, turned(p.direction, moller_cosine(T, given), phi.opposite()));
        p.direction = turned(p.direction, moller_cosine(T, T - given), phi);
        p.energy_MeV = T - given;
    }

    const TransportData<Space>& data_;
    const Scene<Space>& scene_;
    VarianceReduction switches_;
    Scored scored_;
    Score& score_;
    par::Philox rng_;
    Waiting<Space> photons_, charged_;
};

}  // namespace coutard::dose
