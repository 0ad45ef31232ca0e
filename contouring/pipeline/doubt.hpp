#pragma once
#include <span>
#include <utility>
#include <vector>

#include "contouring/pipeline/chances.hpp"
#include "engine/image/volume.hpp"
#include "engine/ports/contourer.hpp"

namespace coutard::contouring {

/// From what a network says to how often it was so: sigmoid((logit p + shift) / temperature). Platt, 1999; without the
/// shift Guo et al., ICML 2017.
struct Calibration {
    double temperature = 1, shift = 0;
    bool operator==(const Calibration&) const = default;
};

/// How a structure's probabilities read; found on patients that the network did not learn from.
struct DoubtModel {
    Calibration calibration;
    double offset = 0, slope = 1;  ///< predicted DSC = offset + slope * expected_dice(), within 0 and 1
    bool operator==(const DoubtModel&) const = default;
};

/// 0 and 1 stay. \throws ContractError a temperature that is not positive
float calibrated(float p, const Calibration& calibration);

/// The DSC that contours drawn at one half would have, were voxels inside independently with these probabilities:
/// 2 sum_drawn p / (drawn + sum p), not calibrated. Probabilities under 0.05 count as 0: there are too many of them. 0
/// where nothing is drawn. \param raw      probabilities before clean-up \param cleaned  the same after it: what is
/// drawn
double expected_dice(std::span<const float> raw, std::span<const float> cleaned);

/// What a model makes of an expected DSC, 0 to 1; 0 where nothing was drawn.
double predicted_dice(double expected, const DoubtModel& model);

/// The largest DSC that a contour of this volume can have with any of the usual range: 2 V / (V + low) below
/// the range, 2 high / (V + high) above it, 1 within. \param usual_cm3  lowest and highest
double dice_bound(double drawn_cm3, const std::pair<double, double>& usual_cm3);

/// The slices of the network's lattice by the volume [cm3] that is expected to be on the wrong side of what is drawn
/// there, largest first: calibrated 1 - p inside and p outside, also in parts that were left out; p under 0.05 as
/// above. \param raw, cleaned  as above
std::vector<SliceDoubt> slices_to_look_at(std::span<const float> raw, std::span<const float> cleaned, const Grid& grid,
                                          const Calibration& calibration, std::size_t most);

/// Predicted DSC and slices of one structure. \param bound  of dice_bound(), 1: none
StructureDoubt doubt_of(const std::string& name, const Chances& raw, const Chances& cleaned, int structure,
                        const DoubtModel& model, double bound);

}  // namespace coutard::contouring
