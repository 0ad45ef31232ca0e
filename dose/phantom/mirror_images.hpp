#pragma once
#include "dose/phantom/slab_phantom.hpp"
#include "engine/image/volume.hpp"

namespace coutard::dose {

/// The mirror images of itself that a phantom with its beam has around the axis.
struct Mirrors {
    bool x = false, y = false;  ///< x -> -x, y -> -y
    bool diagonal = false;      ///< x <-> y

    int count() const { return (x ? 2 : 1) * (y ? 2 : 1) * (diagonal ? 2 : 1); }
};

/// Of an ideal beam on the phantom: both mirrors, and the diagonal where field and grid are square; none where there
/// are inserts.
Mirrors slab_mirrors(const SlabSpec& spec);
/// Of a machine beam, collimator at 0: in x jaws and leaves that are their own images, in y jaws without leaves, whose
/// tongues all look one way. Never the diagonal, since one pair of jaws lies above the other.
Mirrors beam_mirrors(const SlabSpec& spec);

/// A dose with its relative standard errors (one sigma).
struct UncertainDose {
    Volume<float> dose, uncertainty;
};
/// Mean over the distinct images of each voxel, which are taken as independent of each other.
/// \throws ContractError the diagonal of a grid that is not square
UncertainDose over_images(const Volume<float>& dose, const Volume<float>& uncertainty, const Mirrors& mirrors);
/// The same of a dose without errors.
Volume<float> over_images(const Volume<float>& dose, const Mirrors& mirrors);

/// Largest difference between a voxel and the mean of its images, in % of the maximum.
double asymmetry_percent(const Volume<float>& dose, const Mirrors& mirrors);

/// Mean relative error over the voxels above half of the maximum.
double mean_uncertainty(const UncertainDose& found);

}  // namespace coutard::dose
