#pragma once
#include "dose/montecarlo/charged_walk.hd.hpp"

namespace coutard::dose {

/// One history: a particle from outside and all its descendants. Theory: docs/theory/montecarlo.md.
/// With `splits` N > 1 a photon interacts about N times along its way, at stratified depths; photons that come of it
/// are thinned by Russian roulette. Source: Kawrakow, Rogers, Walters, Med Phys 31 (2004) 2883 (photon splitting).
template <class Space, class Score>
class History : public ChargedWalk<Space, Score> {
    using Base = ChargedWalk<Space, Score>;

  public:
    using Base::Base;

    /// Follow a particle that starts in the scene.
    COUTARD_HD void run(const Particle& first) {
        if (first.kind == Kind::Photon)
            photons_.push(first);
        else
            charged_.push({first, {}});
        this->finish_charged();
        while (!photons_.empty()) {
            Particle p = photons_.pop();
            if (switches_.splits <= 1)
                fly(p);
            else if (switches_.focus.on())
                fly_to_focus(p);
            else
                split_along(p, 1e30);
        }
    }

  protected:
    using Base::charged_, Base::data_, Base::photons_, Base::rng_, Base::scene_, Base::score_, Base::switches_;

    COUTARD_HD const PhotonRow* rows(std::size_t voxel, const OctaveGrid::Cell& at) const {
        return data_.photon.data + scene_.material[voxel] * OctaveGrid::count + at.index;
    }
    COUTARD_HD float attenuation(std::size_t voxel, const OctaveGrid::Cell& at) const {
        const PhotonRow* r = rows(voxel, at);
        return scene_.density[voxel] * between(r[0].total, r[1].total, at);
    }

    /// Woodcock tracking: Woodcock et al., ANL-7050 (1965) 557. \return whether the photon came as far as `limit`
    COUTARD_HD bool fly(Particle& p, double limit = 1e30) {
        const auto at = OctaveGrid::find(p.energy_MeV);
        const double most = between(scene_.majorant[at.index], scene_.majorant[at.index + 1], at);
        for (;;) {
            const double step = -std::log(rng_.uniform()) / most;
            const bool stops = step >= limit;
            p.place.at = p.place.at + p.direction * (stops ? limit : step);
            limit -= step;
            for (int k = 0; k < 3; ++k)
                p.place.voxel[k] = static_cast<int>(std::floor(p.place.at[k] / scene_.voxel_cm[k]));
            if (!scene_.holds(p.place.voxel)) {
                score_.escape(p.energy_MeV * p.weight);
                return false;
            }
            if (stops) return true;
            const std::size_t v = scene_.flat(p.place.voxel);
            if (rng_.uniform() * most < attenuation(v, at)) {
                interact(p, v, at);
                this->finish_charged();
                return false;
            }
        }
    }

    /// One interaction, analogue, outside the box of the focus; splits inside it.
    COUTARD_HD void fly_to_focus(Particle& p) {
        double enter, leave;
        if (switches_.focus.crossing(p.place.at, p.direction, enter, leave)) {
            if (enter > 0 && !fly(p, enter)) return;
            if (!split_along(p, leave - enter) || !this->survives(p)) return;
        }
        fly(p);
    }

    /// N interactions for all of a photon, fewer where a voxel's importance g is below 1. Of the chance exp(-depth) to
    /// come so far, points are taken at even places of G = integral g d(1 - exp(-depth)), each with weight 1/(N g).
    /// \return whether the photon came as far as `limit`, as it is there
    COUTARD_HD bool split_along(Particle& p, double limit) {
        const auto at = OctaveGrid::find(p.energy_MeV);
        LongFlight flight(scene_, p.place, p.direction);
        const double each = 1.0 / switches_.splits;
        const bool even = scene_.importance.size == 0;
        double alive = 1, seen = 0;  // chance to come so far, G up to here
        double next = each * rng_.uniform();
        double left = p.weight;  // of the photon's weight, what has not interacted
        double here = 0;         // distance from the start
        int material = -1, done = 0;
        float mass_attenuation = 0;
        Particle one = p;
        Companions companions;
        while (scene_.holds(p.place.voxel)) {
            const std::size_t v = scene_.flat(p.place.voxel);
            if (scene_.material[v] != material) {
                material = scene_.material[v];
                const PhotonRow* r = rows(v, at);
                mass_attenuation = between(r[0].total, r[1].total, at);
            }
            for (int k = 0; k < 3; ++k) one.place.voxel[k] = p.place.voxel[k];
            double face = flight.cross(p.place.voxel);
            if (face > limit) face = limit;
            const double s = face > here ? face - here : 0;
            const double mu = scene_.density[v] * mass_attenuation, depth = mu * s;
            const double g = even ? 1 : scene_.importance[v];
            const double beyond =
                alive * (depth < 0.03 ? 1 - depth * (1 - depth * (0.5 - depth * (1.0 / 6))) : std::exp(-depth));
            const double reached = seen + g * (alive - beyond);
            for (; next < reached; next = each * (++done + rng_.uniform())) {
                const double there = alive - (next - seen) / g;  // chance to come to this point
                const double path = std::log(alive / there) / mu;
                one.place.at = p.place.at + p.direction * (here + (path < s ? path : s));
                one.weight = static_cast<float>(p.weight * each / g);
                left -= one.weight;
                if (switches_.flocks && flock_room < Space >> 1) {
                    interact_together(one, v, at, companions);
                } else {
                    interact(one, v, at);
                    this->finish_charged();
                }
            }
            seen = reached;
            alive = beyond;
            here = here + s;
            if (here >= limit) {
                walk_together(companions);
                for (int k = 0; k < 3; ++k) p.place.voxel[k] = one.place.voxel[k];
                p.place.at = p.place.at + p.direction * limit;
                p.weight = static_cast<float>(left);
                return left > 0;
            }
        }
        walk_together(companions);
        score_.escape(p.energy_MeV * left);
        return false;
    }

    /// Compton electrons of one photon in one substance, all of one event's energies and angles.
    struct Companions {
        Flock<flock_room<Space>> electrons;
        Compton event;
        Azimuth phi;
    };
    COUTARD_HD void walk_together(Companions& with) {
        this->walk(with.electrons);
        this->finish_charged();
    }
    /// An interaction whose electron, if a Compton event knocks it, joins the flock; one of another substance, or one
    /// too many, lets the flock walk first.
    COUTARD_HD void interact_together(const Particle& p, std::size_t v, const OctaveGrid::Cell& at, Companions& with) {
        const PhotonRow* r = rows(v, at);
        const float choice = static_cast<float>(rng_.uniform()) * between(r[0].total, r[1].total, at);
        if (choice >= between(r[0].compton, r[1].compton, at)) {
            react(p, v, at, choice);
            return this->finish_charged();
        }
        auto& flock = with.electrons;
        if (flock.full() || (flock.count > 0 && flock.material != scene_.material[v])) walk_together(with);
        if (flock.count == 0) {
            flock.material = scene_.material[v];
            with.event = compton(p, v);
            flock.energy_MeV = with.event.electron_MeV;
            flock.laid_MeV = 0;
            with.phi = this->azimuth();
        }
        with.phi = with.phi.next();
        const float share = scatter_copies(p, v);
        this->start_photon(with.event.photon_MeV, p, turned(p.direction, with.event.cos_photon, with.phi), share);
        flock.add(scene_, p.place, turned(p.direction, with.event.cos_electron, with.phi.opposite()), p.weight);
    }

    COUTARD_HD void interact(const Particle& p, std::size_t v, const OctaveGrid::Cell& at) {
        const PhotonRow* r = rows(v, at);
        react(p, v, at, static_cast<float>(rng_.uniform()) * between(r[0].total, r[1].total, at));
    }
    /// The event whose share of the attenuation holds `choice` [cm2/g].
    COUTARD_HD void react(const Particle& p, std::size_t v, const OctaveGrid::Cell& at, float choice) {
        const PhotonRow* r = rows(v, at);
        if (choice < between(r[0].compton, r[1].compton, at)) return scatter(p, v);
        if (choice < between(r[0].photoelectric, r[1].photoelectric, at)) {
            const double c = p.energy_MeV > data_.cut.electron ? sample_photoelectron_cosine(p.energy_MeV, rng_) : 1;
            return this->start_charged(Kind::Electron, p.energy_MeV, p, turned(p.direction, c, this->azimuth()));
        }
        if (choice < between(r[0].rayleigh, r[1].rayleigh, at)) return scatter_coherently(p, v);
        make_pair(p, v);
    }

    COUTARD_HD void scatter(const Particle& p, std::size_t v) {
        const float share = scatter_copies(p, v);
        const Compton c = compton(p, v);
        const Azimuth phi = this->azimuth();
        this->start_photon(c.photon_MeV, p, turned(p.direction, c.cos_photon, phi), share);
        this->start_charged(Kind::Electron, c.electron_MeV, p, turned(p.direction, c.cos_electron, phi.opposite()));
    }
    /// With a focus a heavy photon scatters several times over and knocks one electron: all of its scattered photons
    /// but one. \return the part of the weight that is for each of them
    COUTARD_HD float scatter_copies(const Particle& p, std::size_t v) {
        const Focus& focus = switches_.focus;
        if (switches_.splits <= 1 || !focus.on()) return 1;
        const float heavy = p.weight / focus.hit_weight + 0.5F;
        const int copies = heavy > focus.most_copies ? focus.most_copies : heavy < 1 ? 1 : static_cast<int>(heavy);
        const float share = 1.0F / static_cast<float>(copies);
        for (int i = 1; i < copies; ++i) {
            const Compton c = compton(p, v);
            this->start_photon(c.photon_MeV, p, turned(p.direction, c.cos_photon, this->azimuth()), share);
        }
        return share;
    }
    COUTARD_HD Compton compton(const Particle& p, std::size_t v) {
        const float* table = data_.binding.data + scene_.material[v] * TableShape::binding;
        return sample_compton(p.energy_MeV, rng_, [&](double x) {
            const double place = x / TableShape::binding_step;
            const int i = static_cast<int>(place);
            return i + 1 >= TableShape::binding ? 1.0 : table[i] + (place - i) * (table[i + 1] - table[i]);
        });
    }

    /// Rayleigh scattering: x^2 by the form factor, then (1 + cos^2)/2 by rejection.
    COUTARD_HD void scatter_coherently(const Particle& p, std::size_t v) {
        const float* table = data_.coherent.data + scene_.material[v] * TableShape::coherent;
        const double most_x = 1000 * p.energy_MeV / keV_per_inverse_angstrom;
        const auto x2 = [](int i) { return i < 0 ? 0.0 : 1e-4 * std::pow(10.0, i / 32.0); };
        const double place = 64 * std::log10(most_x / 0.01);
        int last = place < 0 ? 0 : static_cast<int>(place) + 1;
        last = last > TableShape::coherent - 1 ? TableShape::coherent - 1 : last;
        for (;;) {
            const double wanted = rng_.uniform() * table[last];
            int low = -1, high = last;  // table[low] < wanted <= table[high]; table[-1] is zero
            while (high - low > 1) {
                const int middle = (low + high) / 2;
                (table[middle] < wanted ? low : high) = middle;
            }
            const double below = low < 0 ? 0 : table[low];
            const double here = x2(low) + (x2(high) - x2(low)) * (wanted - below) / (table[high] - below);
            const double mu = here / (most_x * most_x), c = 1 - 2 * mu;
            if (mu > 1 || 2 * rng_.uniform() > 1 + c * c) continue;
            return this->start_photon(p.energy_MeV, p, turned(p.direction, c, this->azimuth()));
        }
    }

    /// Pairs and triplets; of the latter the atomic electron's part is left out.
    COUTARD_HD void make_pair(const Particle& p, std::size_t v) {
        const double share = sample_pair_share(p.energy_MeV, data_.pair_charge[scene_.material[v]], rng_);
        for (const bool positron : {false, true}) {
            const double T = std::fmax(0.0, (positron ? 1 - share : share) * p.energy_MeV - electron_mass_MeV);
            this->start_charged(positron ? Kind::Positron : Kind::Electron, T, p,
                                turned(p.direction, sample_dipole_cosine(T, rng_), this->azimuth()));
        }
    }
};

}  // namespace coutard::dose
