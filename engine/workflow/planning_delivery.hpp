#pragma once
#include <memory>
#include <vector>

#include "engine/optimise/aperture_influence.hpp"
#include "engine/optimise/apertures.hpp"
#include "engine/optimise/fluence_problem.hpp"
#include "engine/workflow/plan_workflow.hpp"

namespace coutard {

/// Beams as the machine delivers them, and the fluence they leave over all beamlets [MU].
struct Delivered {
    std::vector<Beam> beams;
    std::vector<double> fluence_MU;
};

/// Sweep every field: one beam per direction, or several where a carriage does not span the field.
Delivered sweep_all(const std::vector<BeamletBeam>& fields, const std::vector<double>& fluence_MU,
                    const Machine& machine);

/// Fixed shapes whose weights are found afterwards: step and shoot, or the outline of the target.
class ApertureSet {
  public:
    /// Cut a fluence into apertures. \param fluence_MU over all beamlets
    static ApertureSet step_and_shoot_of(const std::vector<BeamletBeam>& fields, const std::vector<double>& fluence_MU,
                                         const Machine& machine);
    static ApertureSet conformal_of(const std::vector<BeamletBeam>& fields, const Machine& machine);

    std::vector<double> weights() const;  ///< monitor units the apertures were cut with
    std::vector<ApertureFluence> fluences() const { return fluences_; }
    /// Beams with these monitor units per aperture.
    Delivered deliver(const std::vector<double>& weights) const;

  private:
    struct Part {
        BeamletBeam beamlets;  ///< of the field, or of its part that one carriage spans
        std::vector<Aperture> apertures;
    };
    ApertureSet(const std::vector<BeamletBeam>& fields, std::vector<Part> parts, std::vector<std::size_t> field_of,
                const Machine& machine, Delivery delivery);
    std::vector<Part> parts_;
    std::vector<ApertureFluence> fluences_;
    std::size_t beamlets_ = 0;
    Machine machine_;
    Delivery delivery_ = Delivery::StepAndShoot;
};

}  // namespace coutard
