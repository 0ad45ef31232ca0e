#include "engine/phantom/smooth_field.hpp"

#include <algorithm>
#include <cmath>

#include "engine/par/philox.hd.hpp"

namespace coutard::phantom {
namespace {

/// A direction with no preference (Marsaglia, Ann Math Stat 43 (1972) 645).
Vec3 direction(par::Philox& random) {
    for (;;) {
        const double a = 2 * random.uniform() - 1, b = 2 * random.uniform() - 1, s = a * a + b * b;
        if (s < 1) return {2 * a * std::sqrt(1 - s), 2 * b * std::sqrt(1 - s), 1 - 2 * s};
    }
}

/// Centres of some voxels of a body, every n-th on each axis.
std::vector<Vec3> sample_points(const Mask& body, double step_mm, bool everywhere) {
    std::vector<Vec3> points;
    const Grid& grid = body.grid();
    const auto stride = [&](double h) { return std::max(1, static_cast<int>(step_mm / h)); };
    const Vec3 h = grid.spacing_mm();
    for (int k = 0; k < grid.size().z; k += stride(h.z))
        for (int j = 0; j < grid.size().y; j += stride(h.y))
            for (int i = 0; i < grid.size().x; i += stride(h.x))
                if (everywhere || inside(body, grid.flat(i, j, k))) points.push_back(grid.point(i, j, k));
    return points;
}

}  // namespace

SmoothField::SmoothField(const Mask& body, const SmoothFieldWish& wish) {
    expect(wish.mean_mm > 0 && wish.peak_mm > wish.mean_mm, "smooth field: peak above mean, both positive");
    expect(!sample_points(body, 1, false).empty(), "smooth field: the body has voxels");
    for (std::uint64_t attempt = 0; attempt < 20; ++attempt) {
        draw(body, wish, attempt);
        const bool good = std::abs(mean_ - wish.mean_mm) < 0.02 * wish.mean_mm && peak_ >= wish.peak_mm &&
                          least_ > wish.least_stretch;
        if (good) return;
    }
    throw ContractError("smooth field: no field of this mean and peak without folding was found in the body");
}

void SmoothField::draw(const Mask& body, const SmoothFieldWish& wish, std::uint64_t attempt) {
    par::Philox random(wish.seed, attempt);
    const auto points = sample_points(body, 4, false);
    const auto somewhere = [&] {
        return points[std::min(points.size() - 1,
                               static_cast<std::size_t>(random.uniform() * static_cast<double>(points.size())))];
    };
    bumps_.clear();
    for (int b = 0; b < 14; ++b)
        bumps_.push_back({somewhere(), direction(random) * (4 + 5 * random.uniform()), 40 + 25 * random.uniform()});
    // One bump makes the peak; the others are scaled for the mean, in turns since each changes both.
    bumps_.push_back({somewhere(), direction(random) * wish.peak_mm, 38});
    for (int turn = 0; turn < 12; ++turn) {
        measure(body);
        const double quiet = wish.mean_mm / mean_;
        for (std::size_t b = 0; b + 1 < bumps_.size(); ++b) bumps_[b].push = bumps_[b].push * quiet;
        const Vec3 top = displacement(bumps_.back().centre);
        const double lacking = 1.03 * wish.peak_mm - norm(top);
        bumps_.back().push = bumps_.back().push + unit(top) * lacking;
    }
    measure(body);
    least_ = 1;
    for (const Vec3& p : sample_points(body, 6, true)) least_ = std::min(least_, stretch(p));
}

void SmoothField::measure(const Mask& body) {
    double sum = 0;
    peak_ = 0;
    const auto in_body = sample_points(body, 4, false);
    for (const Vec3& p : in_body) {
        const double length = norm(displacement(p));
        sum += length;
        peak_ = std::max(peak_, length);
    }
    mean_ = sum / static_cast<double>(in_body.size());
}

Vec3 SmoothField::displacement(const Vec3& x) const {
    Vec3 u;
    for (const auto& bump : bumps_) {
        const Vec3 d = x - bump.centre;
        u = u + bump.push * std::exp(-dot(d, d) / (2 * bump.width * bump.width));
    }
    return u;
}

double SmoothField::stretch(const Vec3& x) const {
    Mat3 jacobian;
    for (const auto& bump : bumps_) {
        const Vec3 d = x - bump.centre;
        const double w2 = bump.width * bump.width, e = std::exp(-dot(d, d) / (2 * w2));
        jacobian.cx = jacobian.cx - bump.push * (e * d.x / w2);
        jacobian.cy = jacobian.cy - bump.push * (e * d.y / w2);
        jacobian.cz = jacobian.cz - bump.push * (e * d.z / w2);
    }
    return jacobian.determinant();
}

Vec3 SmoothField::inverse(const Vec3& y) const {
    Vec3 x = y;
    for (int i = 0; i < 500; ++i) {
        const Vec3 next = y - displacement(x);
        const double moved = norm(next - x);
        x = next;
        if (moved < 1e-6) return x;
    }
    throw std::runtime_error("internal check failed: smooth field: inverse did not converge");
}

}  // namespace coutard::phantom
