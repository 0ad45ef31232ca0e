#pragma once
#include <vector>

#include "engine/ports/influence.hpp"

namespace coutard {

/// One aperture as the influence matrix sees it: fluence per monitor unit over the beamlets of all beams.
struct ApertureFluence {
    std::vector<std::uint32_t> beamlets;  ///< index over all beams
    std::vector<float> per_MU;
};

/// Dose per monitor unit of apertures: the product of a beamlet operator and their fluences. Weights are
/// monitor units of each aperture. Keeps a reference to `beamlets`.
class ApertureInfluence final : public InfluenceOperator {
  public:
    /// \throws ContractError a beamlet out of range
    ApertureInfluence(const InfluenceOperator& beamlets, std::vector<ApertureFluence> apertures);
    std::size_t voxel_count() const override { return inner_.voxel_count(); }
    std::size_t beamlet_count() const override { return apertures_.size(); }
    const Grid& grid() const override { return inner_.grid(); }
    void forward(std::span<const float> weight, std::span<float> dose) const override;
    void transpose(std::span<const float> dose_gradient, std::span<float> weight_gradient) const override;

  private:
    const InfluenceOperator& inner_;
    std::vector<ApertureFluence> apertures_;
};

}  // namespace coutard
