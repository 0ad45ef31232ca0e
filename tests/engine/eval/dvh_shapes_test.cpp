// Histograms of a sphere, a cylinder and a cone in linear gradients, drawn as axial contours: every metric against the
// closed form. The set of Nelms et al., Med Phys 42 (2015) 4435, rebuilt from its geometry: 24 mm across and long.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "engine/eval/structure_dose.hpp"
#include "engine/shape/rasterise.hpp"
#include "tests/engine/eval/shapes.hpp"

namespace coutard {
namespace {

constexpr double r = 12, h = 24, centre_Gy = 16, per_mm = 1;  // 4 to 28 Gy
constexpr double pi = std::numbers::pi;

/// Area of a circle of radius R beyond a chord at distance t from its centre.
double segment(double R, double t) {
    if (t >= R) return 0;
    if (t <= -R) return pi * R * R;
    return R * R * std::acos(t / R) - t * std::sqrt(R * R - t * t);
}

struct Shape {
    const char* name;
    std::function<double(double z)> radius;
    std::function<double(double t)> beyond_z, beyond_y;  ///< volume beyond a plane [mm3]
};

double cone_radius(double z) {
    return std::abs(z) <= h / 2 ? r * (h / 2 - z) / h : 0;
}

double cone_beyond_y(double t) {  // Simpson's rule over the axis
    constexpr int n = 2000;
    double sum = 0;
    for (int k = 0; k <= n; ++k) {
        const double z = -h / 2 + h * k / n, weight = k == 0 || k == n ? 1 : k % 2 ? 4 : 2;
        if (cone_radius(z) > 0) sum += weight * segment(cone_radius(z), t);
    }
    return sum * h / n / 3;
}

double cap(double t) {
    return t >= r ? 0 : t <= -r ? 4 * pi / 3 * r * r * r : pi * (r - t) * (r - t) * (2 * r + t) / 3;
}

std::vector<Shape> shapes() {
    return {{"sphere", [](double z) { return std::abs(z) < r ? std::sqrt(r * r - z * z) : 0; }, cap, cap},
            {"cylinder", [](double z) { return std::abs(z) <= h / 2 ? r : 0; },
             [](double t) { return pi * r * r * std::clamp(h / 2 - t, 0.0, h); },
             [](double t) { return h * segment(r, t); }},
            {"cone", cone_radius,
             [](double t) { return pi * r * r * h / 3 * std::pow(std::clamp((h / 2 - t) / h, 0.0, 1.0), 3); },
             cone_beyond_y}};
}

/// Circles of 360 corners, of the circle's area, in the middle of slices.
std::vector<Contour> drawn(const Shape& shape, double slice_mm) {
    std::vector<Contour> contours;
    const double blow = std::sqrt(2 * pi / 360 / std::sin(2 * pi / 360));
    for (double z = -h / 2 + slice_mm / 2; z < h / 2; z += slice_mm) {
        const double radius = shape.radius(z) * blow;
        if (radius < 0.05) continue;
        Contour contour;
        for (int k = 0; k < 360; ++k)
            contour.points_mm.push_back({radius * std::cos(2 * pi * k / 360), radius * std::sin(2 * pi * k / 360), z});
        contours.push_back(std::move(contour));
    }
    return contours;
}

/// The dose that exactly `volume` is beyond.
double dose_of(const std::function<double(double)>& beyond, double volume_mm3) {
    double low = -h, high = h;
    for (int k = 0; k < 60; ++k) (beyond((low + high) / 2) > volume_mm3 ? low : high) = (low + high) / 2;
    return centre_Gy + per_mm * low;
}

void expect_near(const char* what, double found, double wanted) {
    EXPECT_NEAR(found, wanted, std::max(0.1, 0.005 * wanted)) << what;
}

class ShapesInGradients : public ::testing::TestWithParam<std::tuple<int, bool, double>> {};

TEST_P(ShapesInGradients, EveryMetricMeetsItsClosedForm) {
    const auto [which, along_z, dose_mm] = GetParam();
    const Shape shape = shapes()[static_cast<std::size_t>(which)];
    constexpr double slice_mm = 1;
    const int n = static_cast<int>(60 / dose_mm);
    const Grid dose_grid({n, n, n}, Vec3{-30, -30, -30} + Vec3{1, 1, 1} * (dose_mm / 2), {dose_mm, dose_mm, dose_mm});
    const bool z = along_z;
    const auto dose =
        test::field(dose_grid, [&](const Vec3& p) { return centre_Gy + 20 + per_mm * (z ? p.z : p.y); });  // above 0
    const Mask mask = rasterise(drawn(shape, slice_mm), Grid({40, 40, 40}, {-19.5, -19.5, -19.5}, {1, 1, slice_mm}));
    const auto found = structure_dose(shape.name, dose, mask);
    const auto& beyond = z ? shape.beyond_z : shape.beyond_y;
    const double volume = beyond(-2 * h);
    EXPECT_NEAR(found.volume().value(), volume / 1000, 0.005 * volume / 1000);
    for (const double percent : {99.0, 98.0, 95.0, 90.0, 50.0, 10.0, 5.0, 2.0, 1.0})
        expect_near(("D" + std::to_string(percent)).c_str(), found.dose_at_percent(percent).value() - 20,
                    dose_of(beyond, volume * percent / 100));
    for (const double cm3 : {0.03, 0.1, 1.0})
        expect_near("D of a volume", found.dvh.dose_at(Cm3{cm3}).value() - 20, dose_of(beyond, 1000 * cm3));
    for (const double gy : {8.0, 12.0, 16.0, 20.0, 24.0})
        EXPECT_NEAR(found.percent_at(Gy{gy + 20}), 100 * beyond(gy - centre_Gy) / volume, 0.5) << gy;
    const double mean = z && which == 2 ? centre_Gy - h / 4 : centre_Gy;  // a cone's centre lies a quarter up
    expect_near("mean", found.mean.value() - 20, mean);
}

INSTANTIATE_TEST_SUITE_P(Nelms, ShapesInGradients,
                         ::testing::Combine(::testing::Values(0, 1, 2), ::testing::Bool(),
                                            ::testing::Values(1.0, 2.0, 3.0)));

}  // namespace
}  // namespace coutard
