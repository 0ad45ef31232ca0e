#pragma once
#include "dose/phantom/reference_gamma.hpp"
#include "dose/phantom/slab_phantom.hpp"

namespace coutard::dose {

/// How near superposition shall come to another code's Monte Carlo in a slab phantom: docs/validation/superposition.md.
struct SuperpositionAims {
    double from_cm = 0;         ///< the dose maximum: build-up is not judged
    double slab_from_cm = 0;    ///< where the first material that is not water begins; infinite in water alone
    double water_percent = 2;   ///< of the maximum, on the axis
    double behind_percent = 3;  ///< in that material and behind it
    double gamma_percent = 99;  ///< voxels with gamma 2 %/2 mm (global, 10 % threshold) of at most 1; 97 in slabs

    /// What the axis may be off by at a depth [% of the maximum]; nothing in the build-up.
    std::optional<double> axis_percent(double depth_cm) const;
};
SuperpositionAims superposition_aims(const SlabSpec& spec, const ReferenceAxis& reference);
/// The criterion of gamma_percent.
GammaCriteria superposition_gamma();

/// How far Monte Carlo may be from another code's: docs/validation/montecarlo.md.
struct MonteCarloAims {
    double mean_percent = 0.4;   ///< of the axis, 1.5 to 25 cm
    double voxels_percent = 99;  ///< within hypot(1 % of the maximum, 1 mm times the gradient, two sigma)
};

/// An aim and what was found.
struct AimResult {
    std::string what;  ///< for people
    bool met = false;
};
/// The axis: its worst depth in terms of what is allowed there; gamma where it was calculated.
std::vector<AimResult> judge_superposition(const AxisCheck& axis, const std::optional<ReferenceGamma>& gamma,
                                           const SuperpositionAims& aims);
/// No depth off by more than 1 % of the maximum and two sigma, the mean, voxels where they were compared.
std::vector<AimResult> judge_monte_carlo(const AxisCheck& axis, const std::optional<VoxelCheck>& voxels,
                                         const MonteCarloAims& aims = {});

}  // namespace coutard::dose
