#pragma once
#include <span>
#include <vector>

#include "engine/geom/iec61217.hpp"
#include "engine/image/volume.hpp"
#include "engine/plan/machine.hpp"
#include "engine/ports/influence.hpp"

namespace coutard {

struct LayoutOptions {
    double margin_mm = 7;  ///< around the projected target, at the isocentre plane: penumbra
    double width_mm = 5;   ///< of a beamlet along the leaf travel; its height is the leaf's
};

/// Beamlets of one beam: the cells (leaf pair x step of leaf travel) that the targets, projected from
/// the source onto the isocentre plane, come within the margin of. Steps start at x = 0, so the beams
/// of a plan share them.
/// \param beam     angles and isocentre; its beamlets are replaced
/// \param targets  union of the targets, any grid; voxels with any coverage count
/// \throws InputError a target reaches beyond the leaves or the jaws: names gantry angle and extent
BeamletBeam lay_beamlets(BeamletBeam beam, const Mask& targets, const Machine& machine, Lying lying,
                         const LayoutOptions& options = {});

/// Fluence of a field wider than one carriage spans, cut into fields that it spans; neighbours overlap
/// and share the fluence there in a linear feather. One entry for a field that fits.
struct PartialField {
    BeamletBeam beamlets;
    std::vector<double> fluence_MU;
};
std::vector<PartialField> split_for_carriage(const BeamletBeam& beamlets, std::span<const double> fluence_MU,
                                             double widest_mm, double feather_mm = 20);

}  // namespace coutard
