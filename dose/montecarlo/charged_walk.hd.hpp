#pragma once
#include <cmath>

#include "dose/montecarlo/flock.hd.hpp"
#include "dose/montecarlo/transport_data.hd.hpp"
#include "dose/montecarlo/variance_reduction.hd.hpp"
#include "dose/physics/pair_events.hd.hpp"
#include "dose/physics/photon_events.hd.hpp"
#include "dose/physics/positron_events.hd.hpp"
#include "engine/par/philox.hd.hpp"

namespace coutard::dose {

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
    /// \param waiting so many of them were there before and still are
    COUTARD_HD void finish_charged(int waiting = 0) {
        while (charged_.depth() > waiting) {
            const ChargedParticle p = charged_.pop();
            Flock<1> alone;
            alone.kind = p.kind;
            alone.energy_MeV = p.energy_MeV;
            alone.add(scene_, p.place, p.direction, p.weight);
            walk(alone, p.clocks);
        }
    }
    COUTARD_HD void start_charged(Kind kind, double energy_MeV, const Particle& parent, const Vec3& direction) {
        charged_.push({{kind, parent.weight, energy_MeV, direction, parent.place}, {}});
    }

  protected:
    COUTARD_HD Azimuth azimuth() { return Azimuth::drawn(rng_); }

    /// A photon set free by `parent`.
    COUTARD_HD void start_photon(double energy_MeV, const Particle& parent, const Vec3& direction, float share = 1) {
        Particle p = parent;
        p.weight *= share;
        if (energy_MeV < data_.cut.photon) return deposit(p, energy_MeV * p.weight);
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

    /// Energy that a photon leaves where it is.
    COUTARD_HD void deposit(const Particle& p, double energy_MeV) {
        if constexpr (ScoresPlaces<Score>)
            score_.deposit_along(p.place.at, p.direction, 0, energy_MeV);
        else
            score_.deposit(scene_.flat(p.place.voxel), energy_MeV);
    }
    /// What number `i` of a flock has left in its voxel since it came there.
    template <int room>
    COUTARD_HD void close_voxel(const Flock<room>& flock, int i, double laid_MeV) {
        if constexpr (!ScoresPlaces<Score>)
            score_.deposit(flock.flat[i], (laid_MeV - flock.entered_MeV[i]) * flock.weight[i]);
    }
    /// What a loss counts in the score.
    COUTARD_HD double scored(double loss_MeV, const ChargedRow* r) const {
        return scored_.to_water ? loss_MeV * r->water_ratio : loss_MeV;
    }
    /// Where number `i` leaves its loss, for scores that ask for the place.
    template <int room>
    COUTARD_HD void lay_along(const Flock<room>& flock, int i, double path_cm, double loss_MeV) {
        if constexpr (ScoresPlaces<Score>)
            score_.deposit_along(flock.place(scene_, i).at, flock.way(i), path_cm, loss_MeV * flock.weight[i]);
    }

    /// \param flock of one substance; \param clocks what it has drawn already
    template <int room>
    COUTARD_HD void walk(Flock<room>& flock, Clocks clocks = {}) {
        const auto& table = flock.kind == Kind::Positron ? data_.positron : data_.electron;
        if (flock.count == 0) return;
        flock.material = scene_.material[flock.flat[0]];
        if (clocks.to_event < 0) {
            clocks.hinge = next_hinge(rows(table, flock)->turn);
            clocks.to_hinge = clocks.hinge;
            clocks.to_event = -std::log(rng_.uniform());
        }
        while (flock.count > 0) {
            const auto at = OctaveGrid::find(flock.energy_MeV);
            const ChargedRow* r = rows(table, flock);
            if (flock.energy_MeV < switches_.reject_below_MeV) stop_whose_range_is_inside(flock, r);
            const double steps = between(r[0].steps, r[1].steps, at), events = between(r[0].events, r[1].events, at);
            const bool turns = clocks.to_hinge * events <= clocks.to_event * steps;
            double path = turns ? clocks.to_hinge / steps : clocks.to_event / events;  // [g/cm2]
            const Loss loss{between(r[0].loss, r[1].loss, at), (r[1].loss - r[0].loss) * at.per_MeV};
            if (loss.over(path) >= flock.energy_MeV - data_.cut.electron) return stop_all(flock, r);
            const bool whole = move(flock, r, loss, path, clocks, steps, events);
            flock.energy_MeV -= loss.over(path);
            clocks.to_hinge -= path * steps;
            clocks.to_event -= path * events;
            if (!whole) continue;  // alone, and somewhere else now
            if (turns) {
                deflect(flock);
                clocks.to_hinge = 1 - clocks.hinge;  // the rest of this step, and the next one up to its hinge
                clocks.hinge = next_hinge(r[0].turn);
                clocks.to_hinge += clocks.hinge;
            } else {
                if (!event(flock, r, at)) return;
                if (flock.energy_MeV < data_.cut.electron) return stop_all(flock, r);
                clocks.to_event = -std::log(rng_.uniform());
            }
        }
    }

    /// Continuous loss [MeV] over a path [g/cm2], to second order.
    struct Loss {
        double rate, slope;  ///< [MeV cm2/g]; change of the rate with the energy
        COUTARD_HD double over(double path) const { return rate * path * (1 - 0.5 * slope * path); }
    };
    template <int room>
    COUTARD_HD const ChargedRow* rows(const par::View<const ChargedRow, Space>& table, const Flock<room>& flock) const {
        return table.data + flock.material * OctaveGrid::count + OctaveGrid::find(flock.energy_MeV).index;
    }

    /// Move all by `path` [g/cm2] along their directions. Who comes into another substance leaves the flock and waits,
    /// with the clocks as they are there; one that is alone stays.
    /// \param path out: what the one that is alone has flown \return whether that was all of it
    template <int room>
    COUTARD_HD bool move(Flock<room>& flock, const ChargedRow* r, const Loss& loss, double& path, const Clocks& clocks,
                         double steps, double events) {
        const double lost = loss.over(path), before = flock.laid_MeV;
        if constexpr (ScoresPlaces<Score>)
            for (int i = 0; i < flock.count; ++i)
                if (path * flock.cm3_per_g[i] < flock.margin_cm[i])
                    lay_along(flock, i, path * flock.cm3_per_g[i], lost);
        const bool all = move_inside(flock, scene_.voxel_cm, path);
        flock.laid_MeV = before + scored(lost, r);
        for (int i = 0; !all && i < flock.count;) {
            if (flock.margin_cm[i] >= 0) {
                ++i;
                continue;
            }
            const double flown = fly_far(flock, i, r, loss, path, before);
            if (flown == path) {
                ++i;
            } else if (flown < 0) {
                flock.remove(i);
            } else if (flock.count == 1) {
                path = flown;
                flock.laid_MeV = before + scored(loss.over(flown), r);
                flock.material = scene_.material[flock.flat[i]];
                return false;
            } else {
                ChargedParticle p{flock.particle(scene_, i), clocks};
                p.energy_MeV -= loss.over(flown);
                p.clocks.to_hinge -= flown * steps;
                p.clocks.to_event -= flown * events;
                charged_.push(p);
                flock.remove(i);
            }
        }
        return true;
    }

    /// Fly number `i` up to `path` [g/cm2] through voxels of the flock's substance and of none.
    /// \param laid_MeV the flock's before that path
    /// \return how far it came [g/cm2]: less than `path` at the face of another substance, below 0 out of the scene
    template <int room>
    COUTARD_HD double fly_far(Flock<room>& flock, int i, const ChargedRow* r, const Loss& loss, double path,
                              double laid_MeV) {
        using Real = typename Flock<room>::Real;
        Real ahead[3];  // to the next face of each axis [cm]
        double done = 0;
        for (int k = 0; k < 3; ++k) {
            const Real d = flock.direction[k][i], x = flock.at[k][i];
            ahead[k] = d > 0   ? (static_cast<Real>(scene_.voxel_cm[k]) - x) / d
                       : d < 0 ? -x / d
                               : static_cast<Real>(1e30);
        }
        for (;;) {
            const int k = ahead[1] < ahead[0] ? (ahead[2] < ahead[1] ? 2 : 1) : (ahead[2] < ahead[0] ? 2 : 0);
            const double density = scene_.density[flock.flat[i]];
            const double face = ahead[k] > 0 ? ahead[k] : 0;
            const bool stays = density > 0 && done + face * density > path;
            const double cm = stays ? (path - done) / density : face;
            const double from = done;
            if (density > 0) done = stays ? path : done + face * density;
            lay_along(flock, i, cm, loss.over(done) - loss.over(from));
            for (int a = 0; a < 3; ++a) {
                flock.at[a][i] += flock.direction[a][i] * static_cast<Real>(cm);
                ahead[a] -= static_cast<Real>(cm);
            }
            if (stays) {
                flock.measure_margin(scene_, i);
                // rounding may leave it a hair outside: the margin says so to the next move, and means no more
                if (flock.margin_cm[i] < 0) flock.margin_cm[i] = 0;
                return path;
            }
            const double laid = laid_MeV + scored(loss.over(done), r);
            close_voxel(flock, i, laid);
            const bool up = flock.direction[k][i] > 0;
            flock.voxel[k][i] += up ? 1 : -1;
            if (flock.voxel[k][i] < 0 || flock.voxel[k][i] >= scene_.count[k]) {
                leave(flock.kind, flock.energy_MeV - loss.over(done), static_cast<float>(flock.weight[i]));
                return -1;
            }
            flock.at[k][i] = up ? 0 : static_cast<Real>(scene_.voxel_cm[k]);
            ahead[k] = static_cast<Real>(scene_.voxel_cm[k]) / std::abs(flock.direction[k][i]);
            const std::size_t before = flock.flat[i];
            flock.enter_voxel(scene_, i);
            flock.entered_MeV[i] = static_cast<Real>(laid);
            if (scene_.importance.size > 0) split_at_face(flock, i, before, flock.energy_MeV - loss.over(done));
            if (scene_.density[flock.flat[i]] > 0 && scene_.material[flock.flat[i]] != flock.material) return done;
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

    /// Come from voxel `before` to where more is at stake: go on as several, each with its part of the weight. The
    /// others begin a new step, which is no different from going on: where a step begins is a matter of chance.
    template <int room>
    COUTARD_HD void split_at_face(Flock<room>& flock, int i, std::size_t before, double energy_MeV) {
        const float ratio = scene_.importance[flock.flat[i]] / scene_.importance[before];
        if (ratio < 1.5F || switches_.splits <= 1) return;
        const int copies = static_cast<int>(ratio + 0.5F);
        flock.weight[i] /= static_cast<typename Flock<room>::Real>(copies);
        const Particle p = flock.particle(scene_, i);
        for (int k = 1; k < copies; ++k) start_charged(flock.kind, energy_MeV, p, p.direction);
    }

    /// A positron takes with it what its annihilation would give.
    COUTARD_HD void leave(Kind kind, double energy_MeV, float weight) {
        const double masses = kind == Kind::Positron ? 2 * electron_mass_MeV : 0;
        score_.escape((energy_MeV + masses) * weight);
    }

    template <int room>
    COUTARD_HD void stop_whose_range_is_inside(Flock<room>& flock, const ChargedRow* r) {
        const auto range = static_cast<typename Flock<room>::Real>(r[1].range);
        for (int i = 0; i < flock.count;)
            if (range * flock.cm3_per_g[i] < flock.margin_cm[i]) {
                stop(flock, i, r);
                flock.remove(i);
            } else {
                ++i;
            }
    }
    template <int room>
    COUTARD_HD void stop_all(Flock<room>& flock, const ChargedRow* r) {
        for (int i = 0; i < flock.count; ++i) stop(flock, i, r);
        flock.count = 0;
    }
    template <int room>
    COUTARD_HD void stop(const Flock<room>& flock, int i, const ChargedRow* r) {
        lay_along(flock, i, 0, flock.energy_MeV);
        close_voxel(flock, i, flock.laid_MeV + scored(flock.energy_MeV, r));
        if (flock.kind != Kind::Positron) return;
        const Particle p = flock.particle(scene_, i);
        const Vec3 d = turned({0, 0, 1}, 2 * rng_.uniform() - 1, azimuth());
        start_photon(electron_mass_MeV, p, d);
        start_photon(electron_mass_MeV, p, -d);
    }
    /// All end where they are without a loss: their energy has gone into other particles.
    template <int room>
    COUTARD_HD void end_all(Flock<room>& flock) {
        for (int i = 0; i < flock.count; ++i) close_voxel(flock, i, flock.laid_MeV);
        flock.count = 0;
    }

    template <int room>
    COUTARD_HD void deflect(Flock<room>& flock) {
        const int row = SampleGrid::row(flock.energy_MeV, static_cast<float>(rng_.uniform()));
        const float* t = data_.deflection.data + (flock.material * SampleGrid::rows + row) * TableShape::deflection;
        const double a = t[0], place = (1 - std::sqrt(rng_.uniform())) * (TableShape::deflection - 2);
        const int i = static_cast<int>(place);
        const double u = t[i + 1] + (place - i) * (t[i + 2] - t[i + 1]);
        turn(flock, 1 - 2 * a * u / (1 + a - u), azimuth());
    }

    /// \return false when the particles are no more
    template <int room>
    COUTARD_HD bool event(Flock<room>& flock, const ChargedRow* r, const OctaveGrid::Cell& at) {
        const double radiative = between(r[0].radiative, r[1].radiative, at), choice = rng_.uniform();
        if (choice < radiative) {
            radiate(flock);
            return true;
        }
        if (choice < radiative + between(r[0].annihilation, r[1].annihilation, at)) {
            const AnnihilationPair pair = sample_annihilation(flock.energy_MeV, rng_);
            const Azimuth phi = azimuth();
            give_photons(flock, pair.energy_MeV[0], pair.cosine[0], phi);
            give_photons(flock, pair.energy_MeV[1], pair.cosine[1], phi.opposite());
            end_all(flock);
            return false;
        }
        knock_on(flock);
        return true;
    }
    /// A photon of each one.
    template <int room>
    COUTARD_HD void give_photons(const Flock<room>& flock, double energy_MeV, double cosine, const Azimuth& phi) {
        for (int i = 0; i < flock.count; ++i)
            start_photon(energy_MeV, flock.particle(scene_, i), turned(flock.way(i), cosine, phi));
    }

    template <int room>
    COUTARD_HD void radiate(Flock<room>& flock) {
        const double T = flock.energy_MeV, cut = data_.cut.photon / T;
        if (cut >= 1) return;
        const int row = SampleGrid::row(T, static_cast<float>(rng_.uniform()));
        const float* t = data_.brems.data + (flock.material * SampleGrid::rows + row) * TableShape::brems;
        double k = 1, chi = 0;  // k/T from chi(k)/k: 1/k by inversion, chi by rejection
        do {
            k = std::pow(cut, rng_.uniform());
            const int i = k >= 1 ? 31 : static_cast<int>(k * 32);
            chi = t[i + 1] + (k * 32 - i) * (t[i + 2] - t[i + 1]);
        } while (rng_.uniform() * t[0] > chi);
        const double cosine = sample_dipole_cosine(T, rng_);
        give_photons(flock, k * T, cosine, azimuth());
        flock.energy_MeV -= k * T;
    }

    template <int room>
    COUTARD_HD void knock_on(Flock<room>& flock) {
        const double T = flock.energy_MeV, cut = data_.cut.knock_on / T;
        const bool positron = flock.kind == Kind::Positron;
        if (cut >= (positron ? 1.0 : 0.5)) return;  // a table's cell that reaches across its threshold
        const double given = T * (positron ? sample_bhabha(T, cut, rng_) : sample_moller(T, cut, rng_));
        const Azimuth phi = azimuth();
        const int waiting = charged_.depth();
        const double cosine = moller_cosine(T, given);
        for (int i = 0; i < flock.count; ++i)
            start_charged(Kind::Electron, given, flock.particle(scene_, i),
                          turned(flock.way(i), cosine, phi.opposite()));
        turn(flock, moller_cosine(T, T - given), phi);
        flock.energy_MeV = T - given;
        if constexpr (room > 1) finish_charged(waiting);  // or many would wait
    }

    const TransportData<Space>& data_;
    const Scene<Space>& scene_;
    VarianceReduction switches_;
    Scored scored_;
    Score& score_;
    par::Philox rng_;
    Waiting<Space, Particle> photons_;
    Waiting<Space, ChargedParticle> charged_;
};

}  // namespace coutard::dose
