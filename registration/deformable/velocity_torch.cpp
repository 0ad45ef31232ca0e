#include "registration/deformable/velocity_torch.hpp"

#include <cmath>

#include "registration/deformable/similarity_torch.hpp"

namespace coutard::registration {
namespace {

int count(const Size3& n, int axis) {
    return axis == 0 ? n.x : axis == 1 ? n.y : n.z;
}

/// Values of the four cubic B-splines that cover a point at part t of its cell.
std::array<double, 4> cubic(double t) {
    const double s = 1 - t;
    return {s * s * s / 6, (3 * t * t * t - 6 * t * t + 4) / 6, (3 * s * s * s - 6 * s * s + 4) / 6, t * t * t / 6};
}

int control_points(double length_mm, double control_mm) {
    return static_cast<int>(std::floor(length_mm / control_mm)) + 4;
}

/// Shape (centres, control points): control point j sits at (j - 1) control_mm.
torch::Tensor basis_matrix(const Axes& axes, int axis, std::int64_t controls, double control_mm) {
    const int n = count(axes.size, axis);
    auto matrix = torch::zeros({n, controls});
    auto values = matrix.accessor<float, 2>();
    for (int i = 0; i < n; ++i) {
        const double at = (axes.first_mm[axis] + i * axes.step_mm[axis]) / control_mm;
        const auto cell = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(at)), 0, controls - 4);
        const auto weights = cubic(at - static_cast<double>(cell));
        for (int k = 0; k < 4; ++k) values[i][cell + k] = static_cast<float>(weights[static_cast<std::size_t>(k)]);
    }
    return matrix;
}

/// Forward difference along x (0), y (1) or z (2), divided by the step.
torch::Tensor slope(const torch::Tensor& field, const Axes& axes, int axis) {
    const std::int64_t dim = 4 - axis, n = field.size(dim);
    return (field.slice(dim, 1, n) - field.slice(dim, 0, n - 1)) / axes.step_mm[axis];
}

}  // namespace

SplineVelocity::SplineVelocity(const Vec3& box_mm, double control_mm, const torch::Device& device)
    : control_mm_(control_mm),
      coefficients_(torch::zeros({1, 3, control_points(box_mm.z, control_mm), control_points(box_mm.y, control_mm),
                                  control_points(box_mm.x, control_mm)},
                                 torch::TensorOptions().device(device))) {
    coefficients_.set_requires_grad(true);
}

SplineBasis SplineVelocity::basis(const Axes& axes) const {
    const auto along = [&](int axis) {
        return basis_matrix(axes, axis, coefficients_.size(4 - axis), control_mm_).to(coefficients_.device());
    };
    return {along(2), along(1), along(0)};
}

torch::Tensor SplineVelocity::at(const SplineBasis& basis) const {
    return apply_along_axes(coefficients_, basis.z, basis.y, basis.x);
}

Axes half_axes(const Axes& image) {
    const auto half = [](int n) { return std::max(2, (n + 1) / 2); };
    Axes axes{image.first_mm, {}, {half(image.size.x), half(image.size.y), half(image.size.z)}};
    for (int axis = 0; axis < 3; ++axis)
        axes.step_mm[axis] = (image.last_mm(axis) - image.first_mm[axis]) / (count(axes.size, axis) - 1);
    return axes;
}

torch::Tensor exponential(const torch::Tensor& velocity, const Axes& axes, int squarings, int parts) {
    const auto map = local_to_self(axes, velocity.device());
    const auto identity = mapped_centres(axes, map);
    auto u = velocity * std::pow(0.5, squarings);
    for (int i = 0; i < squarings; ++i)
        u = u + sample_at(u, identity + torch::matmul(u[0].permute({1, 2, 3, 0}), map.matrix.t()), parts);
    return u;
}

torch::Tensor diffusion_energy(const torch::Tensor& field, const Axes& axes) {
    auto sum = torch::zeros({}, field.options());
    for (int a = 0; a < 3; ++a) sum = sum + slope(field, axes, a).square().mean() * 3;
    return sum;
}

torch::Tensor bending_energy(const torch::Tensor& field, const Axes& axes) {
    auto sum = torch::zeros({}, field.options());
    for (int a = 0; a < 3; ++a) {
        const auto first = slope(field, axes, a);
        for (int b = a; b < 3; ++b) {
            if (first.size(4 - b) < 2) continue;
            sum = sum + slope(first, axes, b).square().mean() * (a == b ? 3 : 6);
        }
    }
    return sum;
}

}  // namespace coutard::registration
