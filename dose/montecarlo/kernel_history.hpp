#pragma once
#include <cstdint>
#include <vector>

#include "dose/montecarlo/history.hd.hpp"
#include "dose/montecarlo/history_tally.hpp"

namespace coutard::dose {

/// Energy booked per (part, polar angle of the place, radius) as whole quanta, shared by all threads.
struct KernelTally {
    std::vector<double> edges_cm;  ///< radii
    int angles;
    Vec3 origin_cm;                    ///< in the scene
    std::vector<std::int64_t> counts;  ///< shape (2, angles, radii), then one for what escapes
    double photon_MeV;
    HistorySums primary{1};  ///< primary part of the energy, history by history: for its standard error

    KernelTally(std::vector<double> edges, int angle_bins, const Vec3& origin, double energy_MeV)
        : edges_cm(std::move(edges)),
          angles(angle_bins),
          origin_cm(origin),
          counts(2 * static_cast<std::size_t>(angle_bins) * radii() + 1),
          photon_MeV(energy_MeV) {}
    std::size_t radii() const { return edges_cm.size() - 1; }
    void book(const Vec3& at_cm, double energy_MeV, bool scatter);
    void escape(double energy_MeV);
};

/// Books where one history leaves its energy. Along a path it does so at one random point in each of a few
/// even stretches: unbiased, and the bins may be far finer than a condensed step.
class KernelScore {
  public:
    KernelScore(KernelTally& tally, const par::Philox& rng) : tally_(tally), rng_(rng) {}

    void deposit_along(const Vec3& from, const Vec3& direction, double path_cm, double energy_MeV);
    void escape(double energy_MeV) { tally_.escape(energy_MeV); }
    /// From now on what is left belongs to photons that came of the first event.
    void begin_scatter();

  private:
    KernelTally& tally_;
    par::Philox rng_;
    bool scatter_ = false;
    double primary_MeV_ = 0;
};

/// One history of a point kernel: a photon forced to interact where it starts, coherent scattering left out,
/// and all its descendants.
class KernelHistory : public History<par::Host, KernelScore> {
  public:
    using History::History;
    void run(const Particle& first);
};

}  // namespace coutard::dose
