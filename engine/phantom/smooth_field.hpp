#pragma once
#include <cstdint>
#include <vector>

#include "engine/image/volume.hpp"

namespace coutard::phantom {

/// What a made-up deformation shall be like inside a body.
struct SmoothFieldWish {
    double mean_mm = 5;           ///< mean length of the displacement over the body
    double peak_mm = 16;          ///< the largest in the body, at least this
    double least_stretch = 0.25;  ///< the Jacobian determinant stays above this
    std::uint64_t seed = 1;
};

/// A smooth deformation known in closed form: u(x) = sum of Gaussian bumps [mm]. Used to move an image by
/// a truth that no registration wrote.
class SmoothField {
  public:
    /// Draw one that fulfils a wish in a body (a mask's voxels that are inside).
    /// \throws ContractError no such field is found: too much peak for too small a body
    SmoothField(const Mask& body, const SmoothFieldWish& wish);

    Vec3 displacement(const Vec3& x_mm) const;
    Vec3 operator()(const Vec3& x_mm) const { return x_mm + displacement(x_mm); }
    /// The point x with x + u(x) = y, to 1e-6 mm, by fixed-point iteration.
    Vec3 inverse(const Vec3& y_mm) const;
    /// Determinant of the Jacobian of x + u(x), exact.
    double stretch(const Vec3& x_mm) const;

    double mean_mm() const { return mean_; }         ///< found in the body
    double peak_mm() const { return peak_; }         ///< found in the body
    double least_stretch() const { return least_; }  ///< found in the grid's box

  private:
    struct Bump {
        Vec3 centre, push;  ///< [mm]
        double width;       ///< standard deviation [mm]
    };
    void draw(const Mask& body, const SmoothFieldWish& wish, std::uint64_t attempt);
    void measure(const Mask& body);
    std::vector<Bump> bumps_;
    double mean_ = 0, peak_ = 0, least_ = 1;
};

}  // namespace coutard::phantom
