#pragma once
// Private to this folder: a stationary velocity field and the map it flows to.
#include <torch/torch.h>

#include "registration/deformable/tensor_image_torch.hpp"

namespace coutard::registration {

/// Values of the control points' splines at the centres of a lattice: one matrix per axis.
struct SplineBasis {
    torch::Tensor z, y, x;  ///< shape (centres, control points)
};

/// Cubic B-spline with control points every control_mm over a box that starts at 0, per axis.
/// Source: Rueckert et al., IEEE Trans Med Imaging 18 (1999) 712.
class SplineVelocity {
  public:
    SplineVelocity(const Vec3& box_mm, double control_mm, const torch::Device& device);
    torch::Tensor& coefficients() { return coefficients_; }  ///< shape (1, 3, cz, cy, cx) [mm]
    SplineBasis basis(const Axes& axes) const;
    /// Velocity on the lattice of a basis, shape (1, 3, z, y, x), components along x, y, z [mm].
    torch::Tensor at(const SplineBasis& basis) const;

  private:
    double control_mm_;
    torch::Tensor coefficients_;
};

/// The lattice on which a velocity is integrated: about half the resolution of an image level, first
/// and last centres shared with it.
Axes half_axes(const Axes& image);

/// Displacement [mm] after unit time along a stationary velocity [mm]: scaling and squaring, equation
/// (3). Source: Arsigny et al., MICCAI 2006, LNCS 4190, 924.
torch::Tensor exponential(const torch::Tensor& velocity, const Axes& axes, int squarings, int parts);

/// Mean squared first and second derivatives of a field [1 and 1/mm^2], equation (6).
torch::Tensor diffusion_energy(const torch::Tensor& field, const Axes& axes);
torch::Tensor bending_energy(const torch::Tensor& field, const Axes& axes);

}  // namespace coutard::registration
