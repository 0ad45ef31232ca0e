#pragma once
#include <cstdint>
#include <filesystem>

#include "engine/ports/dose_engine.hpp"

namespace coutard::dose {

/// How the engine calculates.
struct MonteCarloOptions {
    std::uint64_t histories = 0;  ///< photons; 0: as many as `uncertainty` asks for
    double uncertainty = 0.01;    ///< mean relative standard error over voxels above half of the maximum
    std::uint64_t seed = 1922;
    DoseTo to = DoseTo::Medium;
    Device device = Device::Cpu;
};

/// Monte Carlo behind the engine's port: transport independent of superposition, from the same model of the machine
/// (its head ray by ray instead of as a map), materials and calibration. Theory: docs/theory/montecarlo.md.
class MonteCarloEngine final : public DoseEngine {
  public:
    /// \param data_dir the data folder (physics, machines, hlut) \throws InputError none there; NotBuilt a GPU asked
    /// for that is not there
    explicit MonteCarloEngine(std::filesystem::path data_dir, MonteCarloOptions options = {});

    std::string name() const override { return "montecarlo"; }
    /// The comment says the standard error reached.
    Dose dose(const DoseScene& scene, const Plan& plan, const Progress& progress) const override;
    /// Each beam to the same standard error in its own high dose.
    std::vector<Dose> dose_per_beam(const DoseScene& scene, const Plan& plan, const Progress& progress) const override;
    /// \throws NotBuilt always: beamlets are superposition's
    std::unique_ptr<InfluenceOperator> influence(const DoseScene& scene, const std::vector<BeamletBeam>& beams,
                                                 const std::optional<Mask>& wanted,
                                                 const Progress& progress) const override;

  private:
    std::filesystem::path data_dir_;
    MonteCarloOptions options_;
};

}  // namespace coutard::dose
