#pragma once
#include <vector>

#include "dose/machine/softening.hpp"
#include "dose/ray/fluence.hd.hpp"

namespace coutard::dose {

/// What a head sends in one direction, source by source, as superposition reads it. All maps lie on the isocentre
/// plane; a map without pixels sends nothing.
struct HeadFluence {
    FluenceMap focal;        ///< from the target: photons per solid angle over those of the open field on the axis
    FluenceMap extra_focal;  ///< the same, from the middle of the extra-focal source, over the focal ones
    double extra_focal_from_mm = 0;  ///< distance of that source from the target
    SpectrumRows softening;          ///< of the focal photons; empty: one spectrum
    FluenceMap electrons;            ///< the same, from the middle of the electrons' source
    double electrons_from_mm = 0;
    std::vector<double> electron_depth_g_cm2, electron_dose_Gy_cm2;  ///< of a broad beam in water

    HeadFluence() = default;
    HeadFluence(FluenceMap map) : focal(std::move(map)) {}  ///< a point source of one spectrum
};

}  // namespace coutard::dose
