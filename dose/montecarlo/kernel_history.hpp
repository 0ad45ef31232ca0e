#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "dose/montecarlo/water_physics.hpp"
#include "engine/geom/vec3.hpp"
#include "engine/par/philox.hd.hpp"

namespace coutard::dose {

/// Energy booked per (part, angle, radius) as whole quanta, shared by all threads.
struct KernelTally {
    static constexpr double quantum_MeV = 1e-9;
    const std::vector<double>* edges_cm;  ///< radii
    int angles;
    std::vector<std::int64_t>* counts;  ///< shape (2, angles, radii), then one for what escapes

    std::size_t radii() const { return edges_cm->size() - 1; }
    void book(const Vec3& at_cm, double energy_MeV, bool scatter) const;
    void escape(double energy_MeV) const;
};

/// One history: a photon forced to interact at the origin, and all its descendants, in water.
class KernelHistory {
  public:
    KernelHistory(const WaterPhysics& water, const KernelTally& tally, par::Philox rng)
        : water_(water), tally_(tally), rng_(rng) {}
    void run(double energy_MeV);

  private:
    enum class Kind { Photon, Electron, Positron };
    struct Particle {
        Kind kind;
        bool scatter;
        double energy_MeV;
        Vec3 at_cm, direction;
    };

    void photon(Particle p);
    void interact(const Particle& p, bool first);
    void charged(Particle p);
    void annihilate(const Particle& p);
    void hinge(Particle& p, double path_cm, const LogCell& cell);
    void emit_bremsstrahlung(Particle& p);
    void knock_on(Particle& p);
    void push(const Particle& p);
    double azimuth();

    const WaterPhysics& water_;
    KernelTally tally_;
    par::Philox rng_;
    std::array<Particle, 256> stack_{};
    std::size_t depth_ = 0;
};

}  // namespace coutard::dose
