#include "registration/deformable/tensor_image_torch.hpp"

#include "engine/base/error.hpp"

namespace coutard::registration {
namespace F = torch::nn::functional;

torch::Tensor tensor_of(const Volume<float>& volume, float scale, const torch::Device& device) {
    const auto& n = volume.grid().size();
    const auto host = torch::from_blob(const_cast<float*>(volume.values().data()), {1, 1, n.z, n.y, n.x});
    return (host * scale).to(device);  // the product is a copy: the volume may go
}

double Axes::last_mm(int axis) const {
    const int n = axis == 0 ? size.x : axis == 1 ? size.y : size.z;
    return first_mm[axis] + (n - 1) * step_mm[axis];
}

Axes local_axes(const Grid& grid, const Vec3& local_origin) {
    return {grid.direction().transposed() * (grid.origin_mm() - local_origin), grid.spacing_mm(), grid.size()};
}

namespace {

/// 2 / ((n - 1) spacing): mm to normalised, per axis. One voxel has no width between centres.
Vec3 normalising(const Size3& n, const Vec3& spacing) {
    expect(n.x > 1 && n.y > 1 && n.z > 1, "deformable: at least two voxels per axis");
    return {2 / ((n.x - 1) * spacing.x), 2 / ((n.y - 1) * spacing.y), 2 / ((n.z - 1) * spacing.z)};
}

ToNormalised affine(const Mat3& m, const Vec3& b, const torch::Device& device) {
    auto matrix = torch::empty({3, 3}), offset = torch::empty({3});
    for (int row = 0; row < 3; ++row) {
        matrix[row][0] = m.cx[row];
        matrix[row][1] = m.cy[row];
        matrix[row][2] = m.cz[row];
        offset[row] = b[row];
    }
    return {matrix.to(device), offset.to(device)};
}

Mat3 diagonal(const Vec3& d) {
    return {{d.x, 0, 0}, {0, d.y, 0}, {0, 0, d.z}};
}

}  // namespace

ToNormalised local_to_moving(const Grid& fixed, const Vec3& local_origin, const RigidTransform& rigid,
                             const Grid& moving, const torch::Device& device) {
    const Mat3 to_index_mm = moving.direction().transposed();
    const Mat3 scale = diagonal(normalising(moving.size(), moving.spacing_mm()));
    const Mat3 matrix = scale * to_index_mm * rigid.rotation * fixed.direction();
    const Vec3 start = scale * (to_index_mm * (rigid(local_origin) - moving.origin_mm()));
    return affine(matrix, start - Vec3{1, 1, 1}, device);
}

ToNormalised local_to_self(const Axes& axes, const torch::Device& device) {
    const Mat3 scale = diagonal(normalising(axes.size, axes.step_mm));
    return affine(scale, -(scale * axes.first_mm) - Vec3{1, 1, 1}, device);
}

torch::Tensor mapped_centres(const Axes& axes, const ToNormalised& map) {
    const auto options = torch::TensorOptions().device(map.matrix.device()).dtype(torch::kFloat);
    const auto along = [&](int n, int axis) {
        return torch::arange(n, options) * axes.step_mm[axis] + axes.first_mm[axis];
    };
    const auto parts = torch::meshgrid({along(axes.size.z, 2), along(axes.size.y, 1), along(axes.size.x, 0)}, "ij");
    const auto points = torch::stack({parts[2], parts[1], parts[0]}, -1);
    return torch::matmul(points, map.matrix.t()) + map.offset;
}

torch::Tensor sample_at(const torch::Tensor& image, const torch::Tensor& points, int parts) {
    const auto count = points.numel() / 3, channels = image.size(1);
    const std::int64_t items = image.is_cuda() ? 1 : std::max(1, parts), each = (count + items - 1) / items;
    auto dealt = points.reshape({count, 3});
    if (each * items > count) dealt = torch::cat({dealt, dealt.slice(0, 0, each * items - count)});
    const auto options =
        F::GridSampleFuncOptions().mode(torch::kBilinear).padding_mode(torch::kBorder).align_corners(true);
    const auto values =
        F::grid_sample(image.expand({items, -1, -1, -1, -1}), dealt.view({items, 1, 1, each, 3}), options);
    return values.permute({1, 0, 2, 3, 4})
        .reshape({channels, each * items})
        .slice(1, 0, count)
        .reshape({1, channels, points.size(0), points.size(1), points.size(2)});
}

}  // namespace coutard::registration
