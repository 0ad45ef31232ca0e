// Working sets against the whole problem: the same optimum, found through a part of the matrix.
#include "engine/optimise/fluence_search.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/error.hpp"
#include "engine/optimise/sparse_influence.hpp"

namespace coutard {
namespace {

/// A square target in a plane of voxels, an organ beside it and tissue around; beamlets from four sides that widen.
struct Plane {
    static constexpr int n = 40;
    Grid grid{{n, n, 1}, {}, {5, 5, 5}};
    std::vector<ObjectiveTerm> terms;
    std::vector<InfluenceColumn> columns;

    Plane() {
        for (int side = 0; side < 4; ++side)
            for (int at = 10; at < 30; ++at) columns.push_back(beamlet(side, at));
        const auto list = [&](auto inside) {
            VoxelList where;
            for (int j = 0; j < n; ++j)
                for (int i = 0; i < n; ++i)
                    if (inside(i, j)) {
                        where.voxels.push_back(static_cast<std::uint32_t>(j * n + i));
                        where.coverage.push_back(1);
                    }
            return where;
        };
        const auto target = [](int i, int j) { return i >= 14 && i < 26 && j >= 14 && j < 26; };
        const auto organ = [](int i, int j) { return i >= 27 && i < 31 && j >= 16 && j < 24; };
        add("PTV", ObjectiveKind::MinDose, 60, 300, list(target));
        add("PTV", ObjectiveKind::MaxDose, 63, 200, list(target));
        add("Organ", ObjectiveKind::MaxDose, 20, 40, list(organ));
        add("Organ", ObjectiveKind::MeanDose, 10, 5, list(organ));
        add("External", ObjectiveKind::MaxDose, 40, 20, list([&](int i, int j) { return !target(i, j); }));
    }

    static InfluenceColumn beamlet(int side, int at) {
        InfluenceColumn column;
        for (std::uint32_t v = 0; v < n * n; ++v) {
            const int i = static_cast<int>(v) % n, j = static_cast<int>(v) / n;
            const int depth = side == 0 ? i : side == 1 ? n - 1 - i : side == 2 ? j : n - 1 - j;
            const double off = (side < 2 ? j : i) - at, width = 0.8 + 0.01 * depth;
            const double dose = 0.02 * std::exp(-0.02 * depth - off * off / (2 * width * width));
            if (dose < 1e-5) continue;
            column.voxels.push_back(v);
            column.gy_per_mu.push_back(static_cast<float>(dose));
        }
        return column;
    }

    void add(const char* name, ObjectiveKind kind, double dose, double weight, VoxelList where) {
        Objective o;
        o.structure = name, o.kind = kind, o.dose_Gy = dose, o.weight = weight;
        terms.push_back({o, std::move(where), {}});
    }
};

/// The same operator, which does not say that it is a matrix.
class Opaque final : public InfluenceOperator {
  public:
    explicit Opaque(const InfluenceOperator& inner) : inner_(inner) {}
    std::size_t voxel_count() const override { return inner_.voxel_count(); }
    std::size_t beamlet_count() const override { return inner_.beamlet_count(); }
    const Grid& grid() const override { return inner_.grid(); }
    void forward(std::span<const float> w, std::span<float> d) const override { inner_.forward(w, d); }
    void transpose(std::span<const float> d, std::span<float> w) const override { inner_.transpose(d, w); }

  private:
    const InfluenceOperator& inner_;
};

TEST(FluenceSearch, FindsTheOptimumOfTheWholeProblem) {
    Plane plane;
    const SparseInfluence matrix(plane.grid, plane.columns);
    const Opaque opaque(matrix);
    const ObjectiveSum objectives(plane.terms);
    SolverOptions options;
    options.max_iterations = 3000, options.tolerance = 1e-3, options.stall = 0;
    const std::vector<float> background(matrix.voxel_count(), 1.5F);
    const auto solve = [&](const InfluenceOperator& influence) {
        const FluenceProblem problem{influence, objectives, 30, background, {}, 0, 1};
        return optimise_fluence(problem, std::vector<double>(80, 30.0), options, {});
    };
    const auto whole = solve(opaque), parts = solve(matrix);
    EXPECT_EQ(whole.end, SolverEnd::Converged) << text_of(whole.end);
    EXPECT_EQ(parts.end, SolverEnd::Converged) << text_of(parts.end);
    EXPECT_LE(parts.kkt, 1e-3);
    EXPECT_NEAR(parts.value / whole.value, 1, 2e-3);
    // the value told is that of the whole problem at its weights
    std::vector<double> gradient(80);
    std::vector<float> dose;
    const FluenceProblem problem{matrix, objectives, 30, background, {}, 0, 1};
    EXPECT_NEAR(fluence_objective(problem, parts.x, gradient, dose), parts.value, 1e-6 * parts.value);
}

TEST(FluenceSearch, StopsAtItsLimits) {
    Plane plane;
    const SparseInfluence matrix(plane.grid, plane.columns);
    const ObjectiveSum objectives(plane.terms);
    const FluenceProblem problem{matrix, objectives, 30, {}, {}, 0, 1};
    SolverOptions few;
    few.max_iterations = 4;
    const auto found = optimise_fluence(problem, std::vector<double>(80, 30.0), few, {});
    EXPECT_EQ(found.end, SolverEnd::Iterations);
    EXPECT_EQ(found.iterations, 4);
    EXPECT_LT(found.value, found.values.front());
    std::stop_source stop;
    const Progress progress([&](double, std::string_view) { stop.request_stop(); }, stop.get_token());
    EXPECT_THROW(optimise_fluence(problem, std::vector<double>(80, 30.0), few, progress), Interrupted);
}

TEST(WorkingSet, HoldsWhatIsNearALimitAndWholeStructuresOfMeans) {
    Plane plane;
    const ObjectiveSum objectives(plane.terms);
    const RowMatrix matrix(plane.grid.count(), plane.columns);
    std::vector<float> dose(plane.grid.count(), 10.0F);  // far below the 40 Gy of tissue, too low for the target
    const auto set = working_set(matrix, objectives, dose, {0, 1, 2}, 0.1);
    EXPECT_EQ(set.beamlets.size(), 3U);
    EXPECT_EQ(set.voxels.size(), 12U * 12 + 4 * 8);
    EXPECT_TRUE(covers(set.voxels, objectives, dose, 0.1));
    dose[0] = 39;
    EXPECT_FALSE(covers(set.voxels, objectives, dose, 0.1));
    // terms of a part divide by the whole
    dose[0] = 10;
    dose[1] = 45;
    const auto one = working_set(matrix, objectives, dose, {0}, 0.0);
    std::vector<float> of_set;
    for (const auto v : one.voxels) of_set.push_back(dose[v]);
    EXPECT_NEAR(one.objectives(of_set, {}), objectives(dose, {}), 1e-6 * objectives(dose, {}));
}

TEST(FluenceSearch, RefusesAnOperatorThatIsNoMatrix) {
    Plane plane;
    const SparseInfluence matrix(plane.grid, plane.columns);
    const Opaque opaque(matrix);
    const ObjectiveSum objectives(plane.terms);
    const FluenceProblem problem{opaque, objectives, 30, {}, {}, 0, 1};
    EXPECT_THROW(FluenceSearch(problem, std::vector<double>(80, 1.0), {}), ContractError);
}

}  // namespace
}  // namespace coutard
