#pragma once
#include <filesystem>

#include "dose/superposition/cone_kernel.hpp"
#include "engine/ports/dose_engine.hpp"

namespace coutard::dose {

/// How the engine calculates.
struct SuperpositionOptions {
    Device device = Device::Auto;
    ConeLayout layout = ConeLayout::standard();
    ConeLayout beamlet_layout = ConeLayout::coarse();  ///< of the influence matrix
    double arc_step_deg = 4;                           ///< most gantry travel in one transport
    double keep = 0.003;  ///< influence: doses under this part of a beamlet's largest are kept at random
    std::uint64_t seed = 1922;
    std::size_t most_bytes = 0;  ///< working memory of field dose and matrix; 0: as much as it likes, within reason
};

/// Collapsed-cone superposition behind the engine's port. Dose to the local medium. Immutable; reads its
/// tables from the data folder when asked for dose. Theory: docs/theory/dose.md.
class SuperpositionEngine final : public DoseEngine {
  public:
    /// \param data_dir the data folder (physics, kernels, machines, hlut) \throws InputError none there
    explicit SuperpositionEngine(std::filesystem::path data_dir, SuperpositionOptions options = {});

    std::string name() const override { return "superposition"; }
    Dose dose(const DoseScene& scene, const Plan& plan, const Progress& progress) const override;
    std::vector<Dose> dose_per_beam(const DoseScene& scene, const Plan& plan, const Progress& progress) const override;
    std::unique_ptr<InfluenceOperator> influence(const DoseScene& scene, const std::vector<BeamletBeam>& beams,
                                                 const std::optional<Mask>& wanted,
                                                 const Progress& progress) const override;

  private:
    std::filesystem::path data_dir_;
    SuperpositionOptions options_;
};

}  // namespace coutard::dose
