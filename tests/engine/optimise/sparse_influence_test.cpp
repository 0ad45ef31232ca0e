#include "engine/optimise/sparse_influence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/base/error.hpp"
#include "engine/par/for_each.hpp"

namespace coutard {
namespace {

Grid grid_of(int nx, int ny, int nz) {
    return Grid({nx, ny, nz}, {0, 0, 0}, {4, 4, 4});
}

SparseInfluence random_matrix(const Grid& grid, std::size_t beamlets, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> value(0.0F, 1.0F);
    std::vector<InfluenceColumn> columns(beamlets);
    for (auto& column : columns)
        for (std::uint32_t v = 0; v < grid.count(); ++v)
            if (value(random) < 0.1F) {
                column.voxels.push_back(v);
                column.gy_per_mu.push_back(value(random));
            }
    return {grid, std::move(columns)};
}

TEST(SparseInfluence, SmallMatrixByHand) {
    const SparseInfluence d(grid_of(2, 2, 1), {{{0, 2}, {1.0F, 2.0F}}, {{2, 3}, {4.0F, 8.0F}}});
    std::vector<float> dose(4), gradient(2);
    d.forward(std::vector<float>{3, 0.5F}, dose);
    EXPECT_EQ(dose, (std::vector<float>{3, 0, 8, 4}));
    d.transpose(std::vector<float>{1, 10, 100, 1000}, gradient);
    EXPECT_EQ(gradient, (std::vector<float>{201, 8400}));
    EXPECT_EQ(d.matrix().nonzeros(), 4U);
}

TEST(SparseInfluence, TransposeIsTheAdjointOfForward) {
    const auto d = random_matrix(grid_of(40, 40, 30), 60, 1);  // several blocks of voxels
    std::vector<float> w(d.beamlet_count()), y(d.voxel_count()), dw(d.voxel_count()), dty(d.beamlet_count());
    for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<float>(i % 7);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = std::sin(static_cast<float>(i));
    d.forward(w, dw);
    d.transpose(y, dty);
    double left = 0, right = 0;
    for (std::size_t i = 0; i < y.size(); ++i) left += static_cast<double>(dw[i]) * y[i];
    for (std::size_t i = 0; i < w.size(); ++i) right += static_cast<double>(w[i]) * dty[i];
    EXPECT_NEAR(left, right, 1e-5 * std::abs(left));
}

TEST(SparseInfluence, SameBitsForAnyThreadCount) {
    const auto d = random_matrix(grid_of(40, 40, 30), 60, 2);
    std::vector<float> w(d.beamlet_count(), 0.3F), one(d.voxel_count()), two(d.voxel_count()), g1(w.size()),
        g2(w.size());
    par::set_threads(1);
    d.forward(w, one);
    d.transpose(one, g1);
    par::set_threads(0);
    d.forward(w, two);
    d.transpose(two, g2);
    EXPECT_EQ(one, two);
    EXPECT_EQ(g1, g2);
}

TEST(SparseInfluence, RefusesNonsense) {
    const Grid grid = grid_of(2, 2, 1);
    using Columns = std::vector<InfluenceColumn>;
    EXPECT_THROW(SparseInfluence(grid, Columns{{{0, 1}, {1.0F}}}), ContractError);
    EXPECT_THROW(SparseInfluence(grid, Columns{{{1, 1}, {1.0F, 1.0F}}}), ContractError);
    EXPECT_THROW(SparseInfluence(grid, Columns{{{4}, {1.0F}}}), ContractError);
    EXPECT_THROW(SparseInfluence(grid, Columns{{{0}, {-1.0F}}}), ContractError);
    EXPECT_THROW(SparseInfluence(grid, Columns{{{0}, {std::nanf("")}}}), ContractError);
    const SparseInfluence d(grid, Columns{{{0}, {1.0F}}});
    std::vector<float> two(2), four(4);
    EXPECT_THROW(d.forward(two, four), ContractError);
    EXPECT_THROW(d.transpose(four, two), ContractError);
}

}  // namespace
}  // namespace coutard
