#include "contouring/train/augment.hpp"
#include "contouring/pipeline/intensity.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace coutard::contouring {
namespace {

constexpr float kNearBlankHu = -995;
constexpr int kTubeMargin = 2;  // [voxels] around a contour that the providers' blanking left

Mat3 rotation(const Vec3& angle_rad) {
    const double cx = std::cos(angle_rad.x), sx = std::sin(angle_rad.x), cy = std::cos(angle_rad.y),
                 sy = std::sin(angle_rad.y), cz = std::cos(angle_rad.z), sz = std::sin(angle_rad.z);
    const Mat3 about_x{{1, 0, 0}, {0, cx, sx}, {0, -sx, cx}}, about_y{{cy, 0, -sy}, {0, 1, 0}, {sy, 0, cy}},
        about_z{{cz, sz, 0}, {-sz, cz, 0}, {0, 0, 1}};
    return about_z * about_y * about_x;
}

/// Sum of four uniform numbers: close enough to normal for noise, and quick.
float noise_unit(Random& random) {
    const std::uint64_t r = random();
    const auto sum = static_cast<float>((r & 0xFFFF) + (r >> 16 & 0xFFFF) + (r >> 32 & 0xFFFF) + (r >> 48));
    return (sum / 65535.0F - 2.0F) * 1.7320508F;
}

/// Weights (w, 1 - 2 w, w) along one axis, in place; the ends repeat.
void smooth_axis(std::vector<float>& values, int n, std::size_t stride, float w) {
    const std::size_t count = static_cast<std::size_t>(n);
    std::vector<float> line(count);
    for (std::size_t start = 0; start < values.size(); ++start) {
        if (start / stride % count != 0) continue;
        for (std::size_t i = 0; i < count; ++i) line[i] = values[start + i * stride];
        for (std::size_t i = 0; i < count; ++i) {
            const float before = line[i == 0 ? 0 : i - 1], after = line[std::min(i + 1, count - 1)];
            values[start + i * stride] = (1 - 2 * w) * line[i] + w * (before + after);
        }
    }
}

/// Voxels of one slice within the margin of any contour of that slice.
std::vector<bool> near_contours(const Patch& patch, int z) {
    const int nx = patch.size.x, ny = patch.size.y;
    const std::size_t slice = static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny);
    const std::size_t count = patch.hu.size();
    std::vector<bool> keep(slice);
    for (std::size_t s = 0; s * count < patch.inside.size(); ++s)
        for (std::size_t v = 0; v < slice; ++v) {
            if (patch.inside[s * count + static_cast<std::size_t>(z) * slice + v] < 128) continue;
            const int x = static_cast<int>(v) % nx, y = static_cast<int>(v) / nx;
            for (int b = std::max(0, y - kTubeMargin); b <= std::min(ny - 1, y + kTubeMargin); ++b)
                for (int a = std::max(0, x - kTubeMargin); a <= std::min(nx - 1, x + kTubeMargin); ++a)
                    keep[static_cast<std::size_t>(b * nx + a)] = true;
        }
    return keep;
}

}  // namespace

Placement draw_placement(const Vec3& about_mm, const Size3& size, const Vec3& spacing_mm, const AugmentConfig& config,
                         Random& random) {
    const double turn = config.rotation_deg * std::numbers::pi / 180;
    const Vec3 angle{uniform(random, -turn, turn), uniform(random, -turn, turn), uniform(random, -turn, turn)};
    const double all = uniform(random, -config.scale, config.scale), own = config.scale / 3;
    Vec3 step = spacing_mm;
    for (int k = 0; k < 3; ++k) step[k] *= 1 + all + uniform(random, -own, own);
    const bool mirrored = uniform(random, 0, 1) < config.mirror_share;
    const Mat3 turned = rotation(angle);
    Placement where{
        about_mm, {turned.cx * (mirrored ? -step.x : step.x), turned.cy * step.y, turned.cz * step.z}, mirrored};
    const Vec3 extent{double(size.x), double(size.y), double(size.z)};
    Vec3 off;
    for (int k = 0; k < 3; ++k) off[k] = uniform(random, -config.jitter, config.jitter) * extent[k];
    where.centre_mm = about_mm + where.axes * off;
    return where;
}

void vary_intensity(Patch& patch, const AugmentConfig& config, Random& random) {
    const auto gain = static_cast<float>(1 + uniform(random, -config.hu_scale, config.hu_scale));
    const auto shift = static_cast<float>(uniform(random, -config.hu_shift, config.hu_shift));
    const bool noisy = uniform(random, 0, 1) < config.noise_share, blurred = uniform(random, 0, 1) < config.blur_share;
    const auto sigma = static_cast<float>(noisy ? uniform(random, 0, config.noise_hu) : 0);
    const auto weight = static_cast<float>(uniform(random, 0.05, 1.0 / 3));
    if (blurred) {
        std::size_t stride = 1;
        for (const int n : {patch.size.x, patch.size.y, patch.size.z}) {
            smooth_axis(patch.hu, n, stride, weight);
            stride *= static_cast<std::size_t>(n);
        }
    }
    for (float& hu : patch.hu) {
        if (hu <= kNearBlankHu) continue;
        hu = hu * gain + shift + (noisy ? sigma * noise_unit(random) : 0);
    }
}

void vary_coverage(Patch& patch, const AugmentConfig& config, Random& random) {
    const double draw = uniform(random, 0, 1);
    if (draw >= config.blank_share + config.tube_share) return;
    const bool tube = draw >= config.blank_share, top = uniform(random, 0, 1) < 0.5;
    const int plane = static_cast<int>(uniform(random, 0.15, 0.85) * patch.size.z);
    const std::size_t slice = patch.hu.size() / static_cast<std::size_t>(patch.size.z), count = patch.hu.size();
    for (int z = top ? plane : 0; z < (top ? patch.size.z : plane); ++z) {
        const auto keep = tube ? near_contours(patch, z) : std::vector<bool>(slice);
        const std::size_t base = static_cast<std::size_t>(z) * slice;
        for (std::size_t v = 0; v < slice; ++v)
            if (!keep[v]) patch.hu[base + v] = kBlankHu;
        for (std::size_t s = 0; !tube && s * count < patch.inside.size(); ++s)
            std::fill_n(patch.inside.begin() + static_cast<std::ptrdiff_t>(s * count + base), slice, std::uint8_t{0});
    }
}

}  // namespace coutard::contouring
