// The pieces together: protocol terms on masks, fluence of a small case, apertures and their weights.
#include "engine/optimise/fluence_problem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.hpp"
#include "engine/optimise/apertures.hpp"
#include "engine/optimise/leaf_fluence.hpp"
#include "engine/optimise/protocol_terms.hpp"
#include "engine/optimise/sparse_influence.hpp"
#include "engine/par/for_each.hpp"
#include "tests/engine/optimise/sequencing_cases.hpp"

namespace coutard {
namespace {

Objective make(const char* structure, ObjectiveKind kind, double dose, double weight = 1) {
    Objective o;
    o.structure = structure;
    o.kind = kind;
    o.dose_Gy = dose;
    o.weight = weight;
    return o;
}

Mask line_mask(const Grid& grid, int from, int to) {
    Mask mask(grid);
    for (int i = from; i <= to; ++i) mask.at(i, 0, 0) = 255;
    return mask;
}

TEST(FluenceProblem, OneBeamletOneVoxelHasItsClosedForm) {
    // 30 fractions x 0.02 Gy/MU x w = 60 Gy - background 12 Gy: w = 80 MU
    const Grid grid({1, 1, 1}, {}, {4, 4, 4});
    const SparseInfluence d(grid, {{{0}, {0.02F}}});
    const ObjectiveSum sum({{make("PTV", ObjectiveKind::UniformDose, 60), {{0}, {1}}, {}}});
    const FluenceProblem problem{d, sum, 30, {12.0F}, {}, 0, 1};
    SolverOptions options;
    options.tolerance = 1e-6;
    const auto found = optimise_fluence(problem, {10}, options, {});
    EXPECT_NEAR(found.x[0], 80, 1e-2);
    EXPECT_NEAR(dose_of(problem, found.x)[0], 60, 1e-2);
    EXPECT_NEAR(even_start(problem, {{0}, {1}}, 60)[0], 80, 1e-4);
}

TEST(FluenceProblem, SmoothingHasItsGradientAndFlattens) {
    const Grid grid({2, 1, 1}, {}, {4, 4, 4});
    const SparseInfluence d(grid, {{{0}, {1.0F}}, {{1}, {1.0F}}});
    const ObjectiveSum sum({{make("A", ObjectiveKind::UniformDose, 1), {{0}, {1}}, {}},
                            {make("B", ObjectiveKind::UniformDose, 3), {{1}, {1}}, {}}});
    FluenceProblem problem{d, sum, 1, {}, {{0, 1, 1.0F}}, 0.5, 1};
    SolverOptions options;
    options.tolerance = 1e-7;
    // (a-1)^2 + (b-3)^2 + s (a-b)^2: b - a = 2 / (1 + 2 s), a + b = 4
    const auto found = optimise_fluence(problem, {2, 2}, options, {});
    EXPECT_NEAR(found.x[1] - found.x[0], 1.0, 1e-4);
    EXPECT_NEAR(found.x[1] + found.x[0], 4.0, 1e-4);
}

TEST(FluenceProblem, ResultDoesNotDependOnThreads) {
    const Grid grid({40, 40, 12}, {}, {4, 4, 4});
    std::vector<InfluenceColumn> columns(30);
    for (std::size_t b = 0; b < columns.size(); ++b)
        for (std::uint32_t v = static_cast<std::uint32_t>(b) * 500; v < b * 500 + 2500; ++v) {
            columns[b].voxels.push_back(v);
            columns[b].gy_per_mu.push_back(0.01F + 0.001F * static_cast<float>((v * 37 + b) % 10));
        }
    const SparseInfluence d(grid, std::move(columns));
    VoxelList where;
    for (std::uint32_t v = 4000; v < 9000; ++v) {
        where.voxels.push_back(v);
        where.coverage.push_back(1);
    }
    const ObjectiveSum sum({{make("PTV", ObjectiveKind::UniformDose, 50), where, {}}});
    const FluenceProblem problem{d, sum, 25, {}, {}, 0, 1};
    const auto run = [&](int threads) {
        par::set_threads(threads);
        const auto x = optimise_fluence(problem, std::vector<double>(30, 1.0), {}, {}).x;
        par::set_threads(0);
        return x;
    };
    EXPECT_EQ(run(1), run(2));
}

TEST(ProtocolTerms, HigherLevelClaimsItsVoxelsAndTheLimitFallsBesideIt) {
    const Grid grid({40, 1, 1}, {}, {2, 2, 2});
    Protocol p;
    p.targets = {{"PTV_7000", 70, false}, {"PTV_5600", 56, true}};
    p.objectives = {make("PTV_7000", ObjectiveKind::MaxDose, 72), make("PTV_5600", ObjectiveKind::MaxDose, 58),
                    make("Parotid_L", ObjectiveKind::MeanDose, 20), make("External", ObjectiveKind::FallOff, 70)};
    p.objectives[3].fall_off_mm = 20;
    p.objectives[3].low_dose_Gy = 30;
    const std::vector<NamedMask> masks{{"PTV_7000", line_mask(grid, 0, 9)},
                                       {"PTV_5600", line_mask(grid, 5, 19)},
                                       {"External", line_mask(grid, 0, 39)}};
    const auto result = protocol_terms(p, masks, 8);
    ASSERT_EQ(result.terms.size(), 3U);
    EXPECT_THAT(result.notes, ::testing::ElementsAre(::testing::HasSubstr("Parotid_L")));
    const auto& low = result.terms[1];
    EXPECT_EQ(low.where.voxels.front(), 10U);  // what PTV_7000 leaves over
    EXPECT_NEAR(low.limit_Gy[0], 58 + 14 * (1 - 1 / 8.0), 1e-4);
    EXPECT_NEAR(low.limit_Gy[4], 58, 1e-4);
    const auto& ring = result.terms[2];
    EXPECT_EQ(ring.where.voxels.front(), 20U);
    EXPECT_NEAR(ring.limit_Gy[0], 0.8 * (30 + 40 * (1 - 1 / 20.0)), 1e-3);  // 1 mm from the surface of the 56 Gy level
    EXPECT_NEAR(ring.limit_Gy[15], 30, 1e-3);  // far from both: the first target's low dose
}

TEST(Apertures, StepAndShootDeliversTheMapWithinALevel) {
    const Machine m = test::leaf_machine();
    const auto field = test::beamlet_field(m, 15, 45, 12);
    const auto wanted = test::bumpy_fluence(field);
    const auto apertures = step_and_shoot(field, wanted, m, {20, 100});
    const Beam beam = beam_of(field, apertures, m, Delivery::StepAndShoot);
    EXPECT_TRUE(broken_limits(beam, m, 600).empty()) << broken_limits(beam, m, 600).front();
    const auto got = delivered_fluence(beam, field, m);
    double worst = 0;
    for (std::size_t i = 0; i < got.size(); ++i) worst = std::max(worst, std::abs(got[i] - wanted[i]));
    EXPECT_LT(worst, 60 / 20.0 + 0.015 * beam.monitor_units + 1.0);
    EXPECT_EQ(beam.control_points.size(), 2 * apertures.size());
}

TEST(Apertures, WeightsAreFoundThroughTheMatrix) {
    // two apertures of one row, left and right half; each voxel sees one beamlet
    const Machine m = test::leaf_machine();
    const auto field = test::beamlet_field(m, 29, 29, 2, false);
    const Grid grid({4, 1, 1}, {}, {5, 5, 5});
    std::vector<InfluenceColumn> columns;
    for (std::uint32_t b = 0; b < 4; ++b) columns.push_back({{b}, {1.0F}});
    const SparseInfluence d(grid, std::move(columns));
    std::vector<double> left{10, 10, 0, 0}, right{0, 0, 10, 10};
    auto apertures = step_and_shoot(field, left, m, {1, 10});
    apertures.push_back(step_and_shoot(field, right, m, {1, 10}).front());
    const auto alone = [&](const Aperture& aperture) {
        return fluence_per_MU(beam_of(field, {aperture}, m, Delivery::StepAndShoot), field, m, 0);
    };
    const ApertureInfluence op(d, {alone(apertures[0]), alone(apertures[1])});
    std::vector<float> dose(4), back(2);
    op.forward(std::vector<float>{100, 0}, dose);
    EXPECT_NEAR(dose[0], 100, 0.1);
    EXPECT_NEAR(dose[3], 1.5, 0.01);
    op.transpose(std::vector<float>{1, 1, 0, 0}, back);
    EXPECT_NEAR(back[0], 2, 0.01);
    EXPECT_NEAR(back[1], 0.03, 0.001);
    EXPECT_THROW(ApertureInfluence(d, {{{4}, {1.0F}}}), ContractError);
}

TEST(Apertures, ConformalOpensEveryRowOnce) {
    const Machine m = test::leaf_machine();
    const auto field = test::beamlet_field(m, 20, 40, 8);
    const Beam beam = beam_of(field, {conformal_aperture(field, m, 50)}, m, Delivery::Static);
    EXPECT_EQ(beam.control_points.size(), 2U);
    EXPECT_TRUE(broken_limits(beam, m, 600).empty());
    for (const double f : delivered_fluence(beam, field, m)) EXPECT_NEAR(f, 50, 0.1);
    // wider than a carriage spans: pairs under the Y jaws must not wait at the far side
    const auto wide = test::beamlet_field(m, 20, 40, 20);
    const Beam broad = beam_of(wide, {conformal_aperture(wide, m, 50)}, m, Delivery::Static);
    EXPECT_TRUE(broken_limits(broad, m, 600).empty()) << broken_limits(broad, m, 600).front();
}

}  // namespace
}  // namespace coutard
