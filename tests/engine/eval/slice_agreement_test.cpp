#include "engine/eval/slice_agreement.hpp"

#include <gtest/gtest.h>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

/// Row j = 0 of a slice filled from one voxel to another.
void row(Mask& mask, int k, int from, int to) {
    for (int i = from; i <= to; ++i) mask.at(i, 0, k) = 255;
}

TEST(SliceAgreement, WorstFirstAndEmptySlicesLeftOut) {
    const Grid grid({10, 2, 6}, {}, {1, 1, 3});
    Mask a(grid), b(grid);
    row(a, 0, 0, 3), row(b, 0, 0, 3);  // alike
    row(a, 1, 0, 3), row(b, 1, 2, 5);  // half
    row(a, 3, 0, 0);                   // one voxel, alone
    row(b, 4, 0, 5);                   // six, alone
    a.at(9, 1, 5) = 127;               // less than half inside: not drawn
    const auto slices = slices_by_agreement(a, b);
    ASSERT_EQ(slices.size(), 4U);
    EXPECT_EQ(slices[0].k, 4);
    EXPECT_EQ(slices[0].apart, 6);
    EXPECT_EQ(slices[1].k, 3);
    EXPECT_EQ(slices[1].dice, 0);
    EXPECT_EQ(slices[2].k, 1);
    EXPECT_DOUBLE_EQ(slices[2].dice, 0.5);
    EXPECT_EQ(slices[2].apart, 4);
    EXPECT_EQ(slices[3].k, 0);
    EXPECT_DOUBLE_EQ(slices[3].dice, 1);
    EXPECT_TRUE(slices_by_agreement(Mask(grid), Mask(grid)).empty());
    EXPECT_THROW(slices_by_agreement(a, Mask(Grid({10, 2, 5}, {}, {1, 1, 3}))), ContractError);
}

}  // namespace
}  // namespace coutard
