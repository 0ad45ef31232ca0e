#pragma once
#include <string>
#include <vector>

#include "dose/commissioning/beam_fit.hpp"

namespace coutard::dose {

/// How far a model is from one measured curve, in the regions of AAPM MPPG 5.b. Differences are calculated less
/// measured; regions without points hold no figure (count 0).
struct CurveCheck {
    std::string title;
    bool held_out = false;
    struct Region {
        std::size_t count = 0;
        double rms = 0, worst = 0;  ///< [%], or [mm] of a penumbra; worst keeps its sign
        double at_mm = 0;           ///< where the worst lies along the axis
        double limit = 0;           ///< tolerance on |worst|
        bool passes() const;
    };
    Region inside;    ///< depth dose beyond the maximum [% of the local dose]; profile within the field [% of the axis]
    Region build_up;  ///< depth dose from 3 mm to the maximum [% of the maximum]; no tolerance
    Region penumbra;  ///< shift of the 20, 50 and 80 % of the axis, outwards positive [mm]
    Region outside;   ///< 10 mm and more beyond the edge [% of the axis]
    Region output;    ///< output factor [%]
    bool passes() const;
};

/// \param sad_mm of the machine
CurveCheck check_curve(const FittedCurve& curve, double sad_mm);

/// A Markdown report of a fit: parameters, regions, curve by curve. \param figures file names of curves' pictures, in
/// the order of the fit's curves; empty: none
std::string commissioning_markdown(const BeamFit& fit, const std::string& machine, const MeasurementSet& measured,
                                   const FitOptions& options, const std::vector<std::string>& figures);

/// The machine file `start` with the fitted numbers put in, as JSON. \param name of the new machine
/// \param source what was fitted, for its notes
std::string fitted_machine_json(const std::filesystem::path& start, const BeamFit& fit, const std::string& name,
                                const std::string& source);

}  // namespace coutard::dose
