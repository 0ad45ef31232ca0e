// Arcs: geometry, fluence through the directions beside them, its gradient, limits, and the sweep that starts them.
#include "engine/optimise/arc.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/base/error.hpp"
#include "engine/optimise/arc_fluence.hpp"
#include "engine/optimise/arc_search.hpp"
#include "engine/optimise/arc_sequence.hpp"
#include "engine/optimise/leaf_fluence.hpp"
#include "engine/optimise/sparse_influence.hpp"
#include "engine/workflow/planning_arcs.hpp"
#include "tests/engine/optimise/sequencing_cases.hpp"

namespace coutard {
namespace {

const Machine machine = test::leaf_machine();

std::vector<BeamletBeam> directions(int count, int half = 8) {
    std::vector<BeamletBeam> all;
    for (int d = 0; d < count; ++d) {
        all.push_back(test::beamlet_field(machine, 24, 35, half, false));
        all.back().gantry_deg = 360.0 * d / count;
    }
    return all;
}

/// Leaves that wander, different in each interval.
ArcShape wandering(const ArcPath& path) {
    ArcShape arc{path, {-40, 40, -30, 30}, {}, {}, {}, {}};
    for (int pair = 24; pair <= 35; ++pair) arc.pairs.push_back(pair);
    for (int k = 0; k <= path.intervals; ++k)
        for (const int pair : arc.pairs) {
            const double middle = 12 * std::sin(0.7 * k + 0.5 * pair), half = 9 + 7 * std::cos(1.1 * k + pair);
            arc.x1_mm.push_back(middle - half);
            arc.x2_mm.push_back(middle + half);
        }
    for (int k = 0; k < path.intervals; ++k) arc.mu.push_back(2 + std::sin(k));
    return arc;
}

TEST(ArcPath, TurnsThroughZeroBothWays) {
    const ArcPath forth{181, 358, 179, 0, 0}, back{539, -358, 179, 0, 0};
    EXPECT_DOUBLE_EQ(forth.angle_at(0), 181);
    EXPECT_DOUBLE_EQ(forth.angle_at(89.5), 0);
    EXPECT_DOUBLE_EQ(forth.angle_at(179), 179);
    EXPECT_DOUBLE_EQ(back.angle_at(0), 179);
    EXPECT_DOUBLE_EQ(back.angle_at(179), 181);
    EXPECT_DOUBLE_EQ(forth.step_deg(), 2);
}

TEST(ArcFluence, AtRestOnADirectionIsThatOfItsBeam) {
    const auto all = directions(4);
    const ArcFluence through(all, machine);
    const auto arc = wandering({90, 0, 5, 0, 0});
    const auto found = through.fluence(std::vector{arc});
    const auto wanted = delivered_fluence(beam_of(arc, machine), all[1], machine);
    const std::size_t n = all[1].beamlets.size();
    for (std::size_t b = 0; b < n; ++b) EXPECT_NEAR(found[n + b], wanted[b], 0.02) << b;  // positions are rounded
    for (std::size_t b = 0; b < n; ++b) EXPECT_EQ(found[b], 0);
}

TEST(ArcFluence, SharesBetweenTheDirectionsBesideIt) {
    const auto all = directions(4);
    const ArcFluence through(all, machine);
    const auto quarter = through.fluence(std::vector{wandering({292.5, 0, 5, 0, 0})}),
               near = through.fluence(std::vector{wandering({0, 0, 5, 0, 0})});
    const std::size_t n = all[0].beamlets.size();
    for (std::size_t b = 0; b < n; ++b) {
        EXPECT_NEAR(quarter[3 * n + b], 0.75 * near[b], 1e-9);
        EXPECT_NEAR(quarter[b], 0.25 * near[b], 1e-9);
    }
}

TEST(ArcFluence, GradientIsThatOfDifferences) {
    const auto all = directions(5);
    const ArcFluence through(all, machine);
    std::vector<ArcShape> arcs{wandering({181, 358, 9, 0, 0}), wandering({539, -358, 7, 0, 0})};
    std::vector<double> by_fluence(through.beamlet_count());
    for (std::size_t b = 0; b < by_fluence.size(); ++b) by_fluence[b] = std::sin(0.37 * static_cast<double>(b));
    const auto gradient = through.gradient(arcs, by_fluence);
    const auto value = [&] {
        const auto f = through.fluence(arcs);
        return std::inner_product(f.begin(), f.end(), by_fluence.begin(), 0.0);
    };
    constexpr double step = 1e-4;
    const auto difference = [&](double& x) {
        const double before = x;
        x = before + step;
        const double high = value();
        x = before - step;
        const double low = value();
        x = before;
        return (high - low) / (2 * step);
    };
    for (std::size_t a = 0; a < arcs.size(); ++a) {
        for (std::size_t i = 0; i < arcs[a].x1_mm.size(); i += 5) {
            EXPECT_NEAR(gradient[a].x1[i], difference(arcs[a].x1_mm[i]), 1e-3) << a << " " << i;
            EXPECT_NEAR(gradient[a].x2[i], difference(arcs[a].x2_mm[i]), 1e-3) << a << " " << i;
        }
        for (std::size_t k = 0; k < arcs[a].mu.size(); ++k)
            EXPECT_NEAR(gradient[a].mu[k], difference(arcs[a].mu[k]), 1e-6) << a << " " << k;
    }
}

TEST(Arc, KeepsTheMachinesLimits) {
    auto arc = wandering({181, 358, 9, 0, 0});
    arc.x1_mm[3] = 60, arc.x2_mm[3] = -60;  // crossed and outside
    arc.x1_mm[4] = arc.x2_mm[4] = 39.99;    // no gap
    keep_limits(arc, machine);
    const Beam beam = beam_of(arc, machine);
    EXPECT_TRUE(broken_limits(beam, machine, 600).empty()) << broken_limits(beam, machine, 600).front();
    EXPECT_EQ(beam.delivery, Delivery::Vmat);
    EXPECT_EQ(beam.control_points.size(), 10U);
    EXPECT_EQ(beam.control_points.back().gantry_deg, 179);
    arc.jaws.x1 = -120;
    EXPECT_THROW(keep_limits(arc, machine), ContractError);
}

TEST(Arc, AnIntervalLastsAsLongAsItsSlowestPart) {
    ArcShape arc{{0, 30, 3, 0, 0}, {-40, 40, -30, 30}, {28}, {0, 0, 50, 50}, {10, 10, 60, 60}, {1, 1, 40}};
    const auto t = interval_times_s(arc, machine);
    EXPECT_DOUBLE_EQ(t[0], 10.0 / 6);   // gantry
    EXPECT_DOUBLE_EQ(t[1], 50.0 / 25);  // leaves
    EXPECT_DOUBLE_EQ(t[2], 4.0);        // 40 MU at 600 MU/min
}

TEST(ArcSequence, DeliversTheFluenceOfItsSectors) {
    const auto all = directions(6);
    const ArcPath path{330, 360, 72, 0, 0};  // sectors about the directions
    std::vector<std::vector<double>> maps;
    for (const auto& d : all) maps.push_back(test::bumpy_fluence(d));
    const auto arc = sequence_arc(path, all, maps, {-40, 40, -30, 30}, machine);
    EXPECT_TRUE(broken_limits(beam_of(arc, machine), machine, 600).empty());
    // each sector alone, its gantry held at the direction
    for (std::size_t s = 0; s < all.size(); ++s) {
        ArcShape part{{all[s].gantry_deg, 0, 12, 0, 0}, arc.jaws, arc.pairs, {}, {}, {}};
        part.x1_mm.assign(arc.x1_mm.begin() + static_cast<long>(arc.at(12 * s, 0)),
                          arc.x1_mm.begin() + static_cast<long>(arc.at(12 * s + 13, 0)));
        part.x2_mm.assign(arc.x2_mm.begin() + static_cast<long>(arc.at(12 * s, 0)),
                          arc.x2_mm.begin() + static_cast<long>(arc.at(12 * s + 13, 0)));
        part.mu.assign(arc.mu.begin() + static_cast<long>(12 * s), arc.mu.begin() + static_cast<long>(12 * s + 12));
        const auto got = delivered_fluence(beam_of(part, machine), all[s], machine);
        double square = 0, mean = 0;
        for (std::size_t b = 0; b < got.size(); ++b) {
            square += (got[b] - maps[s][b]) * (got[b] - maps[s][b]);
            mean += maps[s][b];
        }
        const auto n = static_cast<double>(got.size());
        EXPECT_LT(std::sqrt(square / n), 0.25 * mean / n) << s;  // twelve steps of a sweep
    }
}

TEST(ArcSearch, LowersTheObjectiveAndStaysDeliverable) {
    const auto all = directions(12, 6);
    // each voxel sees one beamlet of each direction: the sum over directions is wanted to be a hill
    const std::size_t n = all[0].beamlets.size();
    const Grid grid({static_cast<int>(n), 1, 1}, {}, {5, 5, 5});
    std::vector<InfluenceColumn> columns;
    for (std::size_t d = 0; d < all.size(); ++d)
        for (std::uint32_t b = 0; b < n; ++b) columns.push_back({{b}, {0.01F}});
    const SparseInfluence matrix(grid, std::move(columns));
    VoxelList where;
    std::vector<float> low, high;
    for (std::uint32_t b = 0; b < n; ++b) {
        where.voxels.push_back(b);
        where.coverage.push_back(1);
        const double r = std::hypot(all[0].beamlets[b].x_mm, all[0].beamlets[b].y_mm);
        low.push_back(r < 15 ? 60.0F : 0.0F);
        high.push_back(r < 15 ? 63.0F : 20.0F);
    }
    Objective least, most;
    least.structure = "PTV", least.kind = ObjectiveKind::MinDose, least.weight = 100;
    most.structure = "External", most.kind = ObjectiveKind::MaxDose, most.weight = 50;
    const ObjectiveSum objectives({{least, where, low}, {most, where, high}});
    const FluenceProblem problem{matrix, objectives, 30, {}, {}, 0, 1};
    ArcLayout layout;
    layout.arcs = 1;
    layout.interval_deg = 4;
    const auto start = arcs_from_fluence(layout, all, std::vector<double>(12 * n, 12.0), machine);
    const ArcFluence through(all, machine);
    std::vector<double> gradient(12 * n);
    std::vector<float> dose;
    const double before = fluence_objective(problem, through.fluence(start), gradient, dose);
    const auto found = optimise_arcs(problem, through, start, machine, {}, {});
    EXPECT_LT(found.value, 0.05 * before);
    EXPECT_TRUE(broken_limits(beam_of(found.arcs[0], machine), machine, 600).empty());
}

TEST(ArcLayout, TwoArcsTakeTheSidesOfAWideField) {
    auto all = directions(6, 18);  // 180 mm
    ArcLayout layout;
    layout.interval_deg = 4;
    const std::vector<double> fluence(6 * all[0].beamlets.size(), 5.0);
    const auto arcs = arcs_from_fluence(layout, all, fluence, machine);
    ASSERT_EQ(arcs.size(), 2U);
    EXPECT_DOUBLE_EQ(arcs[0].jaws.x1, -90);
    EXPECT_DOUBLE_EQ(arcs[0].jaws.x2, 55);
    EXPECT_DOUBLE_EQ(arcs[1].jaws.x2, 90);
    EXPECT_GT(arcs[0].path.way_deg, 0);
    EXPECT_LT(arcs[1].path.way_deg, 0);
    layout.arcs = 1;
    EXPECT_THROW(arcs_from_fluence(layout, all, fluence, machine), InputError);
}

}  // namespace
}  // namespace coutard
