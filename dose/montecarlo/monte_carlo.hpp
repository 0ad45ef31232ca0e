#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "dose/montecarlo/charged_walk.hd.hpp"
#include "dose/montecarlo/history_tally.hpp"
#include "dose/montecarlo/source.hd.hpp"
#include "dose/montecarlo/transport_tables.hpp"
#include "dose/physics/medium.hpp"
#include "engine/base/progress.hpp"

namespace coutard::dose {

/// Draws one particle of a history's set; calls nothing but the stream for chance. The weights of a set make 1 on
/// average.
using ParticleSource = std::function<SourceParticle(par::Philox& rng, const Member& member)>;

/// What to run.
struct MonteCarloRun {
    std::uint64_t histories = 1'000'000;
    std::uint64_t first = 0;  ///< number of the first history: a run can be continued, or shared among ranks
    std::uint64_t seed = 1922;
    int members = 1;  ///< particles of one history: with more, the source spreads them evenly
    VarianceReduction reduction;
    Scored scored;
};

/// Sums of a run, and what they are per history.
struct MonteCarloSums {
    HistorySums voxels, regions, balance;  ///< balance: 0 energy sent in, 1 energy that left
    std::uint64_t histories = 0;

    void add(const MonteCarloSums& other);
};

/// A scene on the CPU: voxels of a medium, and the tables of its substances in the same order, which outlive it.
class MonteCarloScene {
  public:
    /// \param medium its grid's axes are the scene's; its corner is the scene's origin
    /// \param importance per voxel, above 0 and at most 1: share of the splits that interactions there get; empty: all
    /// \throws ContractError the tables hold other substances than the medium; an importance out of range
    MonteCarloScene(const Medium& medium, const TransportTables& tables, std::vector<float> importance = {});
    MonteCarloScene(const MonteCarloScene&) = delete;  // the views point into this object
    MonteCarloScene& operator=(const MonteCarloScene&) = delete;

    /// Follow histories and add them to `sums`, on all threads, shared among the
    /// ranks of an MPI run; the same bits for any number of either.
    /// \param regions groups of voxels scored besides, as mean dose [MeV/g]
    /// \throws Interrupted when a stop was asked for
    void run(const ParticleSource& source, const MonteCarloRun& run, const std::vector<Region>& regions,
             MonteCarloSums& sums, const Progress& progress) const;
    const Scene<par::Host>& voxels() const { return scene_; }
    const TransportData<par::Host>& tables() const { return data_; }
    /// Mean relative standard error over the voxels above half of the largest dose; 1 where nothing is known.
    double mean_error(const MonteCarloSums& sums) const;
    /// Mass of a voxel [g].
    double mass_g(std::size_t voxel) const;

  private:
    Scene<par::Host> scene_;
    TransportData<par::Host> data_;
    std::vector<float> density_, majorant_, importance_;
    std::vector<std::uint8_t> material_;
};

}  // namespace coutard::dose
