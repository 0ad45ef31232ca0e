#pragma once
#include <vector>

#include "dose/machine/delivered_map.hpp"
#include "dose/montecarlo/source.hd.hpp"
#include "dose/physics/spectrum.hpp"
#include "engine/geom/grid.hpp"
#include "engine/geom/iec61217.hpp"

namespace coutard::dose {

/// One direction of a plan: photons per solid angle over the isocentre plane, seen from a point.
struct PlanField {
    BeamFrame frame;
    FluenceMap map;
    Spectrum spectrum;
    double fluence = 1;  ///< photons/cm2 at the isocentre distance for a map value of 1
};

/// The primary fluence that superposition reads, as particles: one spectrum for all of a field.
class PlanSource {
  public:
    /// \param grid of the scene that the photons fly through \throws InputError no field delivers anything
    PlanSource(const std::vector<PlanField>& fields, const Grid& grid);

    FluenceSource<par::Host> view() const;
    /// Photons that the fields deliver in truth.
    double photons() const { return delivered_.back(); }

  private:
    std::vector<SourceField> fields_;
    std::vector<double> delivered_, pixels_, parts_, energy_MeV_, width_MeV_;
};

}  // namespace coutard::dose
