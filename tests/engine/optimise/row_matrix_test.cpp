#include "engine/optimise/row_matrix.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

/// Columns as thinning leaves them: most entries at a column's threshold, some above it.
std::vector<InfluenceColumn> thinned(std::size_t rows, std::size_t count, double filled, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> uniform(0.0F, 1.0F);
    std::vector<InfluenceColumn> columns(count);
    for (auto& column : columns) {
        const float threshold = 0.003F * (1 + uniform(random));
        for (std::uint32_t r = 0; r < rows; ++r) {
            if (uniform(random) > filled) continue;
            column.voxels.push_back(r);
            column.gy_per_mu.push_back(uniform(random) < 0.75F ? threshold : uniform(random));
        }
    }
    return columns;
}

TEST(RowMatrix, GivesItsColumnsBack) {
    const auto columns = thinned(500, 40, 0.2, 1);
    const RowMatrix matrix(500, columns);
    const auto back = matrix.unpacked();
    ASSERT_EQ(back.size(), columns.size());
    for (std::size_t c = 0; c < columns.size(); ++c) {
        std::vector<std::pair<std::uint32_t, float>> found, wanted;
        for (std::size_t e = 0; e < back[c].voxels.size(); ++e)
            found.emplace_back(back[c].voxels[e], back[c].gy_per_mu[e]);
        for (std::size_t e = 0; e < columns[c].voxels.size(); ++e)
            wanted.emplace_back(columns[c].voxels[e], columns[c].gy_per_mu[e]);
        EXPECT_EQ(found, wanted) << c;
    }
}

TEST(RowMatrix, TakesLessThanHalfOfPlainRows) {
    const RowMatrix matrix(2000, thinned(2000, 400, 0.3, 2));
    EXPECT_LT(static_cast<double>(matrix.bytes()), 0.5 * 8 * static_cast<double>(matrix.nonzeros()));
}

TEST(RowMatrix, RestrictedIsTheSameMatrixOfFewerRowsAndColumns) {
    const auto columns = thinned(300, 50, 0.3, 3);
    const RowMatrix matrix(300, columns);
    std::vector<std::uint32_t> rows, kept;
    for (std::uint32_t r = 0; r < 300; r += 1 + r % 3) rows.push_back(r);
    for (std::uint32_t c = 1; c < 50; c += 2) kept.push_back(c);
    const RowMatrix part = matrix.restricted(rows, kept);
    ASSERT_EQ(part.rows(), rows.size());
    ASSERT_EQ(part.columns(), kept.size());
    std::vector<float> weight(50, 0.0F), inner(kept.size()), all(300), some(rows.size());
    for (std::size_t c = 0; c < kept.size(); ++c) weight[kept[c]] = inner[c] = 1 + 0.1F * static_cast<float>(c);
    matrix.forward(weight, all);
    part.forward(inner, some);
    for (std::size_t r = 0; r < rows.size(); ++r) EXPECT_NEAR(some[r], all[rows[r]], 1e-5F * all[rows[r]]);
    std::vector<float> slope(rows.size()), slopes(300, 0.0F), of_part(kept.size()), of_all(50);
    for (std::size_t r = 0; r < rows.size(); ++r) slopes[rows[r]] = slope[r] = std::sin(static_cast<float>(r));
    part.transpose(slope, of_part);
    matrix.transpose(slopes, of_all);
    for (std::size_t c = 0; c < kept.size(); ++c) EXPECT_NEAR(of_part[c], of_all[kept[c]], 1e-4F);
}

TEST(RowMatrix, OwnEntriesAreThoseThatAreNotAtTheThreshold) {
    const RowMatrix matrix(5, std::vector<InfluenceColumn>{{{0, 1, 2, 3, 4}, {0.5F, 0.1F, 0.1F, 0.1F, 0.1F}}});
    const std::vector<std::uint32_t> rows{0, 1, 2, 3, 4}, column{0};
    const RowMatrix own = matrix.restricted(rows, column, RowMatrix::Entries::Own);
    EXPECT_EQ(own.nonzeros(), 1U);
    std::vector<float> dose(5), back(1);
    own.forward(std::vector<float>{2}, dose);
    EXPECT_EQ(dose, (std::vector<float>{1, 0, 0, 0, 0}));
    own.transpose(std::vector<float>{1, 10, 100, 1000, 10000}, back);
    EXPECT_EQ(back[0], 0.5F);
}

TEST(RowMatrix, HoldsMoreColumnsThanItsIndexCounts) {
    std::vector<InfluenceColumn> columns(70000);
    for (std::uint32_t c = 0; c < columns.size(); ++c) columns[c] = {{c % 7}, {1 + static_cast<float>(c % 5)}};
    const RowMatrix matrix(7, std::move(columns));
    std::vector<float> weight(70000, 0.0F), dose(7), slope(7, 0.0F), back(70000);
    weight[3] = 1, weight[69999] = 2;  // in two banks
    matrix.forward(weight, dose);
    EXPECT_EQ(dose[3], 1 + 3.0F);
    EXPECT_EQ(dose[69999 % 7], 2 * (1 + 69999 % 5));
    slope[69999 % 7] = 1;
    matrix.transpose(slope, back);
    EXPECT_EQ(back[69999], 1 + 69999 % 5);
    EXPECT_EQ(back[69998], 0);
    const std::uint32_t row = 69999 % 7, column = 69999;
    std::vector<float> one(1);
    matrix.restricted({&row, 1}, {&column, 1}).forward(std::vector<float>{1}, one);
    EXPECT_EQ(one[0], 1 + 69999 % 5);
}

TEST(RowMatrix, RefusesRowsThatItLacks) {
    const RowMatrix matrix(2, std::vector<InfluenceColumn>{{{0, 1}, {1, 2}}});
    const std::vector<std::uint32_t> two{0, 2}, falling{1, 0}, one{0};
    EXPECT_THROW(matrix.restricted(two, one), ContractError);
    EXPECT_THROW(matrix.restricted(falling, one), ContractError);
    EXPECT_THROW(matrix.restricted(one, two), ContractError);
}

}  // namespace
}  // namespace coutard
