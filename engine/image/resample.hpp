#pragma once
#include "engine/image/volume.hpp"

namespace coutard {

/// Trilinear value at a patient point [mm]; `outside` beyond half a voxel from the outermost centres
/// (inside that half voxel the outermost value holds).
float sample_linear(const Volume<float>& volume, const Vec3& point_mm, float outside);
Vec3 sample_linear(const DisplacementField& field, const Vec3& point_mm);  ///< nearest edge value outside

/// Value of a volume at each voxel centre of a grid, trilinear. A coarser target is box-averaged over
/// its voxel (up to 4 samples per axis), so that thin structures do not alias.
Volume<float> resample(const Volume<float>& volume, const Grid& target, float outside);
/// Masks keep their fractions: the part of each target voxel that is inside.
Mask resample(const Mask& mask, const Grid& target);

/// The same displacements on another grid, trilinear; beyond the field its nearest edge value.
DisplacementField resample(const DisplacementField& field, const Grid& target);
/// A smooth field needs no vector for every pixel of the image: the same box on a grid no finer than so many mm.
DisplacementField thinned(const DisplacementField& field, double least_spacing_mm);

/// Pull an image of the moving patient to the fixed grid: value(x) = moving(x + u(x)).
Volume<float> warp(const Volume<float>& moving, const DisplacementField& field, float outside);
Mask warp(const Mask& moving, const DisplacementField& field);

/// Displacement of `first` then `second`: u(x) = u1(x) + u2(x + u1(x)), on the grid of `first`.
DisplacementField compose(const DisplacementField& first, const DisplacementField& second);

}  // namespace coutard
