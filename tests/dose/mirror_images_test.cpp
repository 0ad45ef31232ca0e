#include "dose/phantom/mirror_images.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "dose/phantom/two_engines.hpp"
#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

/// A dose that tells all voxels apart: 1 + x + 10 y, errors of 8 %.
UncertainDose numbered(int columns, int rows) {
    const Grid grid({columns, rows, 1}, {1.25 - 1.25 * columns, 1.25 - 1.25 * rows, 1.25}, {2.5, 2.5, 2.5});
    UncertainDose out{Volume<float>(grid), Volume<float>(grid, 0.08F)};
    for (int j = 0; j < rows; ++j)
        for (int i = 0; i < columns; ++i) out.dose.at(i, j, 0) = static_cast<float>(1 + i + 10 * j);
    return out;
}

TEST(MirrorImages, ASquareHasEightOfThem) {
    const auto [dose, error] = numbered(4, 4);
    const UncertainDose mean = over_images(dose, error, {true, true, true});
    for (int a : {0, 3})
        for (int b : {0, 3}) EXPECT_NEAR(mean.dose.at(a, b, 0), 17.5, 1e-5);  // the four corners
    const float side = mean.dose.at(1, 0, 0);
    for (const auto& [i, j] : {std::pair{2, 0}, {0, 1}, {3, 2}, {1, 3}}) EXPECT_EQ(mean.dose.at(i, j, 0), side);
    double sum = 0, squares = 0;  // of the eight at (1, 0)
    for (const auto& [i, j] : {std::pair{1, 0}, {2, 0}, {1, 3}, {2, 3}, {0, 1}, {0, 2}, {3, 1}, {3, 2}}) {
        sum += static_cast<double>(dose.at(i, j, 0));
        squares += std::pow(0.08 * static_cast<double>(dose.at(i, j, 0)), 2);
    }
    EXPECT_NEAR(side, sum / 8, 1e-5);
    EXPECT_NEAR(mean.uncertainty.at(1, 0, 0), std::sqrt(squares) / sum, 1e-6);
    EXPECT_GT(mean.uncertainty.at(0, 0, 0), 0.08 / 2.01);  // four images, not eight
}

TEST(MirrorImages, FourOfARectangleAndFewerOnItsAxes) {
    const Grid grid({5, 4, 2}, {-5, -3.75, 1.25}, {2.5, 2.5, 2.5});
    const Volume<float> dose(grid, 3), error(grid, 0.02F);
    const UncertainDose mean = over_images(dose, error, {true, true, false});
    EXPECT_NEAR(mean.uncertainty.at(1, 1, 1), 0.01, 1e-7);                   // errors halve
    EXPECT_NEAR(mean.uncertainty.at(2, 1, 1), 0.02 / std::sqrt(2.0), 1e-7);  // on the axis: its own image in x
    EXPECT_NEAR(mean_uncertainty(mean), (0.8 + 0.2 * std::sqrt(2.0)) * 0.01, 1e-6);
    EXPECT_NEAR(over_images(dose, error, {true, false, false}).uncertainty.at(2, 1, 1), 0.02, 1e-7);
    EXPECT_THROW(over_images(dose, error, {false, false, true}), ContractError);
}

TEST(MirrorImages, NoneLeavesADoseAsItIs) {
    const auto [dose, error] = numbered(4, 3);
    const UncertainDose same = over_images(dose, error, {});
    for (std::size_t v = 0; v < dose.count(); ++v) {
        EXPECT_EQ(same.dose[v], dose[v]);
        EXPECT_NEAR(same.uncertainty[v], error[v], 1e-7);
    }
    EXPECT_EQ(asymmetry_percent(dose, {}), 0);
    EXPECT_NEAR(asymmetry_percent(dose, {true, false, false}), 100 * 1.5 / 24, 1e-4);  // 1 to 4 beside 2.5
    EXPECT_NEAR(asymmetry_percent(over_images(dose, {true, true, false}), {true, true, false}), 0, 1e-5);
}

TEST(MirrorImages, BeamsHaveThoseOfTheirApertures) {
    const auto mirrors = [](std::array<double, 4> jaws, std::vector<double> x1, std::vector<double> x2,
                            double collimator) {
        SlabSpec spec;
        spec.machine_beam = true;
        spec.jaws_cm = jaws;
        spec.leaves_x1_cm = std::move(x1);
        spec.leaves_x2_cm = std::move(x2);
        spec.collimator_deg = collimator;
        const Mirrors m = beam_mirrors(spec);
        EXPECT_FALSE(m.diagonal);
        return 10 * m.x + m.y;
    };
    EXPECT_EQ(mirrors({-5, 5, -3, 3}, {}, {}, 0), 11);
    EXPECT_EQ(mirrors({-5, 5, -3, 4}, {}, {}, 0), 10);
    EXPECT_EQ(mirrors({6, 12, -3, 3}, {}, {}, 0), 1);
    EXPECT_EQ(mirrors({-5, 5, -3, 3}, {}, {}, 45), 0);
    EXPECT_EQ(mirrors({-5, 5, -3, 3}, {-4, -4}, {4, 4}, 0), 10);  // tongues look one way in y
    EXPECT_EQ(mirrors({-5, 5, -3, 3}, {-4, -4}, {4, 3}, 0), 0);
}

TEST(TwoDoses, AreAveragedWhereSuperpositionIsSymmetric) {
    const Grid grid({4, 4, 1}, {-3.75, -3.75, 1.25}, {2.5, 2.5, 2.5});
    SlabSpec spec;
    spec.machine_beam = true;  // jaws of 10 x 10 cm
    TwoDoses doses;
    doses.superposition = Volume<float>(grid, 1);
    doses.monte_carlo = {Volume<float>(grid, 1), Volume<float>(grid, 0.04F)};
    doses.superposition.at(0, 0, 0) = 1.008F;  // 0.6 % above the mean of its images
    const TwoDoses mean = averaged(doses, spec);
    EXPECT_EQ(mean.images, 4);
    EXPECT_NEAR(mean.asymmetry_percent, 100 * 0.006 / 1.008, 1e-3);
    EXPECT_NEAR(mean.superposition.at(3, 3, 0), 1.002, 1e-6);
    EXPECT_NEAR(mean.monte_carlo.uncertainty.at(1, 1, 0), 0.02, 1e-6);
    doses.superposition.at(0, 0, 0) = 1.02F;
    const TwoDoses apart = averaged(doses, spec);
    EXPECT_EQ(apart.images, 1);
    EXPECT_GT(apart.asymmetry_percent, 1);
    EXPECT_EQ(apart.superposition.at(3, 3, 0), 1);
    EXPECT_NEAR(apart.monte_carlo.uncertainty.at(1, 1, 0), 0.04, 1e-6);
}

TEST(MirrorImages, SlabsHaveTheDiagonalWhereTheyAreSquare) {
    SlabSpec spec;
    EXPECT_EQ(slab_mirrors(spec).count(), 8);
    spec.field_cm = {10, 5};
    EXPECT_EQ(slab_mirrors(spec).count(), 4);
    spec.inserts.push_back({"water", {}, {0, 1}, {0, 1}, {2, 3}});
    EXPECT_EQ(slab_mirrors(spec).count(), 1);
}

}  // namespace
}  // namespace coutard::dose
