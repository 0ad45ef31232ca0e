#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <utility>

#include "dose/ray/fluence.hd.hpp"

namespace coutard::dose {
namespace {

/// A map and its running sums.
struct Summed {
    FluenceMap map;
    std::vector<double> sums = map.sums();
    FluenceReader<par::Host> read{map.x0_mm,
                                  map.y0_mm,
                                  map.pixel_mm,
                                  map.nx,
                                  map.ny,
                                  par::view(std::as_const(sums)),
                                  par::view(std::as_const(map.values))};
};

/// 1 + cos(2 pi x / wave), averaged over pixels, 20 cm wide.
FluenceMap waves(double wave_mm, double pixel_mm) {
    FluenceMap map = rectangle_fluence(-100, 100, -100, 100, pixel_mm);
    const double k = 2 * std::numbers::pi / wave_mm;
    for (int j = 0; j < map.ny; ++j)
        for (int i = 0; i < map.nx; ++i) {
            const double a = map.x0_mm + i * pixel_mm;
            map.at(i, j) = 1 + (std::sin(k * (a + pixel_mm)) - std::sin(k * a)) / (k * pixel_mm);
        }
    return map;
}

/// Amplitude of the waves in what voxels of a width release evenly, wherever they lie, seen from afar: sinc of an even
/// release, times that of what they find.
double amplitude(double wave_mm, double pixel_mm, double voxel_mm) {
    const Summed field{waves(wave_mm, pixel_mm)};
    const double half = 0.5 * voxel_mm, k = 2 * std::numbers::pi / wave_mm, phase = k * half;
    constexpr int places = 4000;
    double sum = 0;
    for (int p = 0; p < places; ++p) {
        const double x = 2 * wave_mm * (static_cast<double>(p) / places - 0.5);
        sum += field.read.release(x, 0, half, half) * std::cos(k * x);
    }
    return 2 * sum / places * std::sin(phase) / phase;
}

TEST(FluenceRelease, UndoesTheBlurOfVoxels) {
    EXPECT_NEAR(amplitude(20, 0.25, 1), 1, 0.001);
    EXPECT_NEAR(amplitude(20, 0.25, 2.5), 0.994, 0.001);
    EXPECT_NEAR(amplitude(10, 0.25, 2), 0.966, 0.002);  // strips of 5 mm; otherwise 0.875
    EXPECT_NEAR(amplitude(20, 0.25, 5), 0.925, 0.002);  // otherwise 0.811
    EXPECT_LT(amplitude(5, 0.25, 2.5), 0.5);            // two voxels a wave: never more than there is
}

TEST(FluenceMap, UndoesTheBlurOfItsPixels) {  // strips of 5 mm in pixels of 1 mm: two boxes take 3.3 %
    const auto peak_to_valley = [](const FluenceMap& map) {
        const Summed field{map};
        double sum = 0;
        for (int p = 0; p < 2000; ++p) {
            const double x = 0.01 * p - 10;
            sum += field.read.mean(x, 0, 1e-4, 1e-4) * std::cos(2 * std::numbers::pi * x / 10);
        }
        return sum / 1000;
    };
    FluenceMap map = waves(10, 1);
    EXPECT_NEAR(peak_to_valley(map), 0.967, 0.001);
    map.undo_pixel_blur();
    EXPECT_NEAR(peak_to_valley(map), 0.999, 0.001);
}

TEST(FluenceRelease, LeavesEvenLightAndSumsAlone) {
    const Summed field{rectangle_fluence(-20.3, 20, -15, 15, 1)};
    EXPECT_NEAR(field.read.release(1, -2, 1.25, 1.25), 1, 1e-12);
    EXPECT_EQ(field.read.release(60, 0, 1.25, 1.25), 0);
    double sum = 0;
    for (double x = -49; x < 50; x += 2)
        for (double y = -49; y < 50; y += 2) sum += field.read.release(x, y, 1, 1) * 4;
    EXPECT_NEAR(sum, 40.3 * 30, 1e-9);
}

}  // namespace
}  // namespace coutard::dose
