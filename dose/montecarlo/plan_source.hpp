#pragma once
#include <string>
#include <vector>

#include "dose/machine/beam_model.hpp"
#include "dose/montecarlo/head_source.hd.hpp"
#include "dose/physics/spectrum.hpp"
#include "engine/plan/plan.hpp"

namespace coutard::dose {

/// The particles of beams as heads send them: arrays for HeadSource.
class PlanSource {
  public:
    /// \param grid of the scene that the particles fly through
    explicit PlanSource(const Grid& grid) : grid_(grid) {}

    /// Add a beam to a patient. \param fluence focal photons/cm2 per MU \throws InputError as check_beam
    void add(const Beam& beam, const BeamModel& model, const Spectrum& spectrum, Lying lying, double fluence);
    /// Add a beam to a scene that a table does not turn. \param fixed turns fixed machine axes into the scene's
    void add(const Beam& beam, const BeamModel& model, const Spectrum& spectrum, const Mat3& fixed, double fluence);

    /// \throws InputError no beam delivers anything
    HeadSource<par::Host> view() const;
    /// Tries that deliver the beams in truth: the dose of n tries, times this over n.
    double tries() const { return delivered_.empty() ? 0 : delivered_.back(); }

  private:
    template <class FixedAt>
    void add_segments(const Beam& beam, const BeamModel& model, const Spectrum& spectrum, FixedAt&& fixed,
                      double fluence);
    int machine(const BeamModel& model, const Spectrum& spectrum);
    void add_lamp(HeadDisc disc, const HeadMachine& machine, double photons_per_cm2);

    Grid grid_;
    std::vector<HeadMachine> machines_;
    std::vector<std::string> names_;  ///< of the machines
    std::vector<HeadSegment> segments_;
    std::vector<HeadLamp> lamps_;
    std::vector<double> delivered_, leaves_, edges_, profiles_, spectra_, energy_MeV_, width_MeV_;
};

}  // namespace coutard::dose
