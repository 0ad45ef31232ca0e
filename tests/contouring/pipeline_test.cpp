// The pipeline without a network: blocks, blending, regions, drawing, doubts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "contouring/pipeline/components.hpp"
#include "contouring/pipeline/input_check.hpp"
#include "contouring/pipeline/mirror.hpp"
#include "contouring/pipeline/network_frame.hpp"
#include "contouring/pipeline/plausibility.hpp"
#include "contouring/pipeline/prior.hpp"
#include "contouring/pipeline/sliding_window.hpp"
#include "contouring/pipeline/slivers.hpp"
#include "contouring/pipeline/take_over.hpp"
#include "contouring/pipeline/upsample.hpp"

namespace coutard::contouring {
namespace {

Volume<float> tissue_with_waves(Size3 n) {
    Volume<float> hu(Grid(n, {}, {4, 4, 3}));
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i)
                hu.at(i, j, k) = static_cast<float>(100 * std::sin(0.7 * i + 0.4 * j + 0.9 * k));
    return hu;
}

TEST(Intensity, WindowMapsItsEndsToPlusMinusOneAndClips) {
    const HuWindow window{-160, 240};
    EXPECT_FLOAT_EQ(windowed(-160, window), -1);
    EXPECT_FLOAT_EQ(windowed(40, window), 0);
    EXPECT_FLOAT_EQ(windowed(240, window), 1);
    EXPECT_FLOAT_EQ(windowed(-1000, window), -1);
    EXPECT_FLOAT_EQ(windowed(3000, window), 1);
    const std::vector<float> hu{-160, 240};
    const std::vector<HuWindow> two{window, {-1000, 1000}};
    EXPECT_EQ(windowed(hu, two).size(), 4U);
    EXPECT_FLOAT_EQ(windowed(hu, two)[2], -0.16F);
    EXPECT_THROW(windowed(hu, std::vector<HuWindow>{{5, 5}}), ContractError);
}

TEST(Blocks, CoverTheAxisFromEndToEnd) {
    EXPECT_EQ(block_starts(10, 16, 0.5), std::vector<int>{0});
    EXPECT_EQ(block_starts(16, 16, 0.5), std::vector<int>{0});
    for (int extent = 17; extent < 90; ++extent) {
        const auto starts = block_starts(extent, 16, 0.5);
        EXPECT_EQ(starts.front(), 0);
        EXPECT_EQ(starts.back() + 16, extent);
        for (std::size_t k = 1; k < starts.size(); ++k) EXPECT_LE(starts[k] - starts[k - 1], 8);
    }
    EXPECT_THROW(block_starts(10, 16, 0), ContractError);
}

/// A predictor that looks one voxel left and right: what a block says of a voxel more than one voxel inside
/// equals what the whole image says.
std::vector<float> neighbours(const std::vector<float>& block, Size3 n, float edge) {
    std::vector<float> out(block.size());
    for (std::size_t v = 0; v < block.size(); ++v) {
        const auto x = v % static_cast<std::size_t>(n.x);
        const bool at_edge = x == 0 || x + 1 == static_cast<std::size_t>(n.x);
        out[v] = at_edge ? edge : 0.25F * (block[v - 1] + 2 * block[v] + block[v + 1]);
    }
    return out;
}

TEST(SlidingWindow, EqualsTheWholeImageForALocalPredictor) {
    const auto hu = tissue_with_waves({37, 21, 29});
    const std::vector<HuWindow> windows{{-200, 200}};
    const auto predictor = [](Size3 n) { return [n](const std::vector<float>& b) { return neighbours(b, n, b[0]); }; };
    const auto whole = slide(hu, {}, {{37, 21, 29}, 0.5, windows, 1}, predictor({37, 21, 29}), {});
    // the Gaussian weight of a block's edge is exp(-8): what it says there moves the blend by some 1e-3
    const auto parts = slide(hu, {}, {{16, 16, 16}, 0.5, windows, 1}, predictor({16, 16, 16}), {});
    for (int k = 0; k < 29; ++k)
        for (int j = 0; j < 21; ++j)
            for (int i = 2; i < 35; ++i)
                EXPECT_NEAR(parts.values[hu.grid().flat(i, j, k)], whole.values[hu.grid().flat(i, j, k)], 5e-3);
    const auto pointwise = [](const std::vector<float>& b) { return b; };  // exact, wherever the blocks lie
    const auto exact = slide(hu, {}, {{16, 8, 12}, 0.4, windows, 1}, pointwise, {});
    for (std::size_t v = 0; v < hu.count(); ++v) EXPECT_NEAR(exact.values[v], windowed(hu[v], windows[0]), 1e-5);
}

TEST(SlidingWindow, SkipsAirAndPadsWithBlank) {
    Volume<float> hu(Grid({40, 8, 8}, {}, {4, 4, 3}), -1000);
    hu.at(3, 4, 4) = 50;
    int calls = 0;
    const auto count = [&](const std::vector<float>& block) {
        ++calls;
        EXPECT_EQ(block.size(), 16U * 16 * 16);
        EXPECT_FLOAT_EQ(block.back(), -1);  // beyond the image
        return block;
    };
    slide(hu, {}, {{16, 16, 16}, 0.5, {{-160, 240}}, 1}, count, {});
    EXPECT_EQ(calls, 1);
    const auto wrong = [](const std::vector<float>&) { return std::vector<float>(3); };
    EXPECT_THROW(slide(hu, {}, {{16, 16, 16}, 0.5, {{-160, 240}}, 1}, wrong, {}), ContractError);
}

TEST(SlidingWindow, WhatIsGivenGoesOnBeyondTheImage) {
    const auto hu = tissue_with_waves({8, 8, 8});
    const std::vector<Volume<float>> guides{Volume<float>(hu.grid(), -1)};
    int calls = 0;
    const auto look = [&](const std::vector<float>& block) {
        ++calls;
        for (std::size_t v = 16U * 16 * 16; v < block.size(); ++v) EXPECT_EQ(block[v], -1);
        return std::vector<float>(block.begin(), block.begin() + 16 * 16 * 16);
    };
    slide(hu, guides, {{16, 16, 16}, 0.5, {{-160, 240}}, 1}, look, {});
    EXPECT_EQ(calls, 1);
}

TEST(SlidingWindow, StopsWhenAsked) {
    std::stop_source stop;
    stop.request_stop();
    const auto hu = tissue_with_waves({8, 8, 8});
    const auto same = [](const std::vector<float>& b) { return b; };
    EXPECT_THROW(slide(hu, {}, {{8, 8, 8}, 0.5, {{-1, 1}}, 1}, same, Progress(nullptr, stop.get_token())), Interrupted);
}

TEST(Components, CornersTouchAndTheLargestComesFirst) {
    std::vector<std::uint8_t> inside(4 * 4 * 4);
    inside[0] = inside[1 + 4 + 16] = 1;                              // (0,0,0) and (1,1,1) touch at a corner
    inside[3 + 12] = inside[3 + 12 + 16] = inside[3 + 12 + 32] = 1;  // a column of three
    const auto regions = components(inside, {4, 4, 4});
    ASSERT_EQ(regions.size(), 2U);
    EXPECT_EQ(regions[0].size(), 3U);
    EXPECT_EQ(regions[1], (std::vector<std::size_t>{0, 21}));
}

Chances two_cubes() {
    Chances chances(Grid({20, 10, 10}, {}, {4, 4, 3}), 1);
    for (int k = 3; k < 7; ++k)
        for (int j = 3; j < 7; ++j) {
            for (int i = 2; i < 6; ++i) chances.of(0)[chances.grid.flat(i, j, k)] = 1;
            if (j < 5 && k < 5) chances.of(0)[chances.grid.flat(15, j, k)] = 1;
        }
    return chances;
}

TEST(KeepLargest, DropsTheSmallerRegionAndSaysSo) {
    auto chances = two_cubes();
    const Found found = keep_largest(chances, 0, 2, {});
    EXPECT_NEAR(found.volume_cm3, 64 * 0.048, 1e-9);
    EXPECT_EQ(found.second_part, 0);  // it is not there any more
    EXPECT_NEAR(found.left_out_part, 4.0 / 64, 1e-9);
    EXPECT_NEAR(found.left_out_cm3, 4 * 0.048, 1e-9);
    EXPECT_FALSE(found.at_edge);
    EXPECT_NEAR(found.centre_mm.x, 3.5 * 4, 1e-9);
    EXPECT_LT(chances.of(0)[chances.grid.flat(15, 3, 3)], 0.5F);
    auto both = two_cubes();  // 40 mm beside the first: no continuation of a tube
    EXPECT_NEAR(keep_largest(both, 0, 0.05, {}).volume_cm3, 64 * 0.048, 1e-9);
    auto tube = two_cubes();  // 9 mm below it: one
    tube.of(0)[tube.grid.flat(4, 4, 0)] = tube.of(0)[tube.grid.flat(3, 4, 0)] = 1;
    const Found pieces = keep_largest(tube, 0, 0.01, {});
    EXPECT_NEAR(pieces.volume_cm3, 66 * 0.048, 1e-9);
    EXPECT_NEAR(pieces.second_part, 2.0 / 64, 1e-9);
    EXPECT_NEAR(pieces.left_out_part, 4.0 / 64, 1e-9);
    auto beside = two_cubes();  // 12 mm beside it, at its height: no tube does that
    for (int k = 3; k < 7; ++k) beside.of(0)[beside.grid.flat(8, 4, k)] = 1;
    EXPECT_NEAR(keep_largest(beside, 0, 0.01, {}).volume_cm3, 64 * 0.048, 1e-9);
    Chances nothing(Grid({4, 4, 4}, {}, {4, 4, 3}), 1);
    EXPECT_EQ(keep_largest(nothing, 0, 2, {}).volume_cm3, 0);
}

TEST(KeepParts, KeepsEveryPartThatIsLargeEnough) {
    Chances chances(Grid({20, 10, 10}, {}, {10, 10, 10}), 1);
    const auto fill = [&](int from, int to) {
        for (int i = from; i <= to; ++i) chances.values[chances.grid.flat(i, 5, 5)] = 0.9F;
    };
    fill(0, 3), fill(8, 9), fill(15, 15);
    const Found found = keep_parts(chances, 0, 2, {-1e3, 1e3});
    EXPECT_DOUBLE_EQ(found.volume_cm3, 6);
    EXPECT_DOUBLE_EQ(found.left_out_cm3, 1);
    EXPECT_EQ(found.second_part, 0);  // parts are no doubt of a target
    EXPECT_LT(chances.values[chances.grid.flat(15, 5, 5)], 0.5F);
    EXPECT_GT(chances.values[chances.grid.flat(8, 5, 5)], 0.5F);
    EXPECT_EQ(keep_parts(chances, 0, 100, {-1e3, 1e3}).volume_cm3, 0);
}

TEST(KeepLargest, AnOrganAtTheLastSliceOfTheScanReachesItsEnd) {
    Volume<float> hu(Grid({10, 10, 12}, {0, 0, 100}, {4, 4, 3}), 0);  // tissue from the first slice to the last
    const Grid lattice = network_grid(hu, {4, 4, 3});
    const ScanEnds scan = scan_ends(hu);
    EXPECT_DOUBLE_EQ(scan.low_mm, 100);
    EXPECT_DOUBLE_EQ(scan.high_mm, 133);
    EXPECT_EQ(scan.empty_below_mm, 0);
    const int n = lattice.size().z;
    const auto at_edge = [&](int first, int last) {
        Chances chances(lattice, 1);
        for (int k = first; k <= last; ++k) chances.of(0)[lattice.flat(5, 5, k)] = 1;
        return keep_largest(chances, 0, 2, scan).at_edge;
    };
    EXPECT_TRUE(at_edge(2, 6));  // the lattice begins two voxels below the scan
    EXPECT_TRUE(at_edge(3, 6));
    EXPECT_FALSE(at_edge(5, n - 6));
    EXPECT_TRUE(at_edge(6, n - 3));
}

TEST(ScanEnds, EmptySlicesAreNoPartOfTheScan) {
    Volume<float> hu(Grid({6, 6, 12}, {0, 0, 100}, {4, 4, 3}, Mat3{{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}), -1000);
    for (int k = 2; k < 8; ++k) hu.at(3, 3, k) = 0;  // slices run downwards: 94 to 79 mm of 100 to 67
    const ScanEnds scan = scan_ends(hu);
    EXPECT_DOUBLE_EQ(scan.low_mm, 79);
    EXPECT_DOUBLE_EQ(scan.high_mm, 94);
    EXPECT_DOUBLE_EQ(scan.empty_below_mm, 12);
    EXPECT_DOUBLE_EQ(scan.empty_above_mm, 6);
}

TEST(MaskOf, FindsTheSurfaceBetweenVoxelsThatAreSure) {
    Chances chances(Grid({8, 1, 1}, {}, {4, 4, 4}), 1);
    const double surface_mm = 13;  // between the voxels at 12 and 16 mm
    for (int i = 0; i < 8; ++i)
        chances.values[static_cast<std::size_t>(i)] = static_cast<float>(1 / (1 + std::exp(2 * (4 * i - surface_mm))));
    const Mask mask = mask_of(chances, 0, Grid({29, 1, 1}, {}, {1, 4, 4}));
    for (int i = 0; i < 29; ++i) EXPECT_EQ(mask.at(i, 0, 0) == 255, i <= surface_mm) << i;
}

TEST(MaskOf, DrawsABallOfTheRightVolumeOnAnotherGrid) {
    const Grid coarse({20, 20, 24}, {-38, -38, -34.5}, {4, 4, 3});
    Chances chances(coarse, 2);
    std::size_t v = 0;
    for (int k = 0; k < 24; ++k)
        for (int j = 0; j < 20; ++j)
            for (int i = 0; i < 20; ++i)  // a linear ramp through one half at the surface
                chances.of(1)[v++] =
                    static_cast<float>(std::clamp(0.5 + (25 - norm(coarse.point(i, j, k))) / 10, 0.0, 1.0));
    const Grid fine({80, 80, 70}, {40, 40, -35}, {1, 1, 1}, Mat3{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}});  // RAS axes
    const Mask ball = mask_of(chances, 1, fine);
    double voxels = 0;
    for (const auto value : ball.values()) voxels += value == 255 ? 1 : 0;
    const double exact = 4.0 / 3 * 3.14159265 * 25 * 25 * 25;
    EXPECT_NEAR(voxels / exact, 1, 0.02);
    const Mask none = mask_of(chances, 0, fine);
    EXPECT_EQ(*std::max_element(none.values().begin(), none.values().end()), 0);
}

TEST(Entropy, IsOneBitAtOneHalf) {
    Chances chances(Grid({3, 3, 3}, {}, {4, 4, 3}), 2);
    chances.of(0)[13] = 0.5F;
    chances.of(1)[13] = 1;
    const auto bits = entropy_of(chances, {0, 1}, chances.grid);
    EXPECT_FLOAT_EQ(bits[13], 1);
    EXPECT_FLOAT_EQ(bits[0], 0);
}

TEST(NetworkGrid, HoldsTheBodyWhateverTheAxes) {
    const Mat3 ras{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}};
    Volume<float> hu(Grid({50, 50, 20}, {49, 49, -30}, {2, 2, 3}, ras), -1000);
    hu.at(10, 20, 5) = 0;
    hu.at(30, 25, 8) = 700;
    const Grid grid = network_grid(hu, {4, 4, 3});
    EXPECT_EQ(grid.direction(), Mat3{});
    for (const Vec3& p : {hu.grid().point(10, 20, 5), hu.grid().point(30, 25, 8)}) {
        const Vec3 at = grid.index(p);
        EXPECT_GE(std::min({at.x, at.y, at.z}), 1.99);
        EXPECT_LE(at.x, grid.size().x - 2);
        EXPECT_LE(at.y, grid.size().y - 2);
        EXPECT_LE(at.z, grid.size().z - 2);
    }
    EXPECT_LE(grid.size().x, 16);
    EXPECT_THROW(network_grid(Volume<float>(hu.grid(), -1000), {4, 4, 3}), InputError);
    hu[7] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THROW(network_grid(hu, {4, 4, 3}), InputError);
}

TEST(Mirror, PairsExchangeAndRowsReverse) {
    const auto pairs = mirror_pairs({"SpinalCord", "Parotid_R", "Parotid_L", "Eye_L"});
    ASSERT_EQ(pairs.size(), 1U);
    EXPECT_EQ(pairs[0], std::make_pair(2, 1));
    std::vector<float> channels{0, 1, 2, 3, 4, 5};
    exchange_pairs(channels, pairs, 2);
    EXPECT_EQ(channels, (std::vector<float>{0, 1, 4, 5, 2, 3}));
    reverse_x(channels, {2, 1, 1});
    EXPECT_EQ(channels, (std::vector<float>{1, 0, 5, 4, 3, 2}));
}

TEST(Mirror, AnOrganWithoutPartnerIsNotAveragedWithTheOtherSide) {
    EXPECT_TRUE(without_partner({"Parotid_R", "Parotid_L", "SpinalCord"}).empty());
    EXPECT_EQ(without_partner({"Eye_L", "SpinalCord", "Lens_R"}), (std::vector<int>{0, 2}));
    std::vector<float> chance{1, 0, 1, 0};  // Eye_L and SpinalCord, two voxels each
    average_mirrored(chance, {0, 0, 0, 1}, {2, 1, 1}, {"Eye_L", "SpinalCord"});
    EXPECT_EQ(chance, (std::vector<float>{1, 0, 1, 0}));  // the eye as it was; the cord agrees with its reflection
    std::vector<float> pair{1, 0, 0, 0};
    average_mirrored(pair, {0, 0, 0, 1}, {2, 1, 1}, {"Parotid_L", "Parotid_R"});
    EXPECT_EQ(pair, (std::vector<float>{1, 0, 0, 0}));  // the mirrored right one, at the other end, is the left one
}

StructureSet set_of(const std::vector<std::pair<std::string, std::size_t>>& names_and_contours) {
    StructureSet set;
    for (const auto& [name, contours] : names_and_contours) {
        Structure& s = set.structures.emplace_back();
        s.name = name, s.number = static_cast<int>(set.structures.size());
        s.contours.resize(contours);
    }
    return set;
}

TEST(TakeOver, TheGivenOrganStandsInWhereNothingWasDrawn) {
    auto drawn = set_of({{"Brainstem", 3}, {"Parotid_L", 0}});
    const auto said =
        take_over(drawn, set_of({{"Brainstem", 8}, {"LeftParotid", 5}, {"PTV70", 4}, {"PTV_7000", 2}, {"Areola", 0}}),
                  "physician.dcm");
    ASSERT_EQ(drawn.structures.size(), 4U);
    EXPECT_EQ(drawn.structures[0].contours.size(), 3U);
    EXPECT_EQ(drawn.structures[1].name, "LeftParotid");  // a synonym of what the network did not find
    EXPECT_EQ(drawn.structures[1].contours.size(), 5U);
    EXPECT_EQ(drawn.structures[2].name, "PTV70");  // both given: they do not stand in each other's way
    EXPECT_EQ(drawn.structures[3].name, "PTV_7000");
    for (int s = 0; s < 4; ++s) EXPECT_EQ(drawn.structures[static_cast<std::size_t>(s)].number, s + 1);
    ASSERT_EQ(said.size(), 2U);
    EXPECT_EQ(said[0], "Brainstem: drawn already; the one of physician.dcm is left out");
    EXPECT_EQ(said[1], "Parotid_L: nothing was drawn; the one of physician.dcm takes its place");
}

/// A square of some voxels in a slice.
void put_square(Mask& mask, int k, int i, int j, int side) {
    for (int y = j; y < j + side; ++y)
        for (int x = i; x < i + side; ++x) mask.at(x, y, k) = 255;
}

TEST(Slivers, GoBesideLargerRegionsAndAtTheEnds) {
    Mask mask(Grid({12, 12, 6}, {}, {1, 1, 2.5}));
    put_square(mask, 0, 3, 3, 2);  // the end: 4 mm2
    put_square(mask, 1, 3, 3, 4);
    put_square(mask, 1, 9, 9, 2);  // beside the larger
    put_square(mask, 2, 3, 3, 2);  // a waist: without it the structure would come apart
    put_square(mask, 3, 3, 3, 3);
    put_square(mask, 3, 9, 9, 3);  // 9 mm2: a second region
    Mask expected = mask;
    for (int y = 9; y < 11; ++y)
        for (int x = 9; x < 11; ++x) expected.at(x, y, 1) = 0;
    for (int y = 3; y < 5; ++y)
        for (int x = 3; x < 5; ++x) expected.at(x, y, 0) = 0;
    drop_slivers(mask, 7.6);
    EXPECT_TRUE(std::ranges::equal(mask.values(), expected.values()));
}

TEST(Slivers, OfAWaistOfTwoRegionsLeaveTheLarger) {
    Mask mask(Grid({16, 16, 3}, {}, {1, 1, 3}));
    put_square(mask, 0, 3, 3, 4), put_square(mask, 2, 3, 3, 4);
    put_square(mask, 1, 3, 3, 2), put_square(mask, 1, 9, 9, 1);
    drop_slivers(mask, 7.6);
    EXPECT_EQ(mask.at(3, 3, 1), 255);
    EXPECT_EQ(mask.at(9, 9, 1), 0);
}

TEST(Slivers, OfOtherThanAxialSlicesStay) {
    Mask sagittal(Grid({16, 16, 2}, {}, {1, 1, 3}, Mat3{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}}));
    put_square(sagittal, 0, 3, 3, 4), put_square(sagittal, 1, 3, 3, 4), put_square(sagittal, 1, 9, 9, 1);
    const Mask before = sagittal;
    drop_slivers(sagittal, 7.6);
    EXPECT_TRUE(std::ranges::equal(sagittal.values(), before.values()));
}

TEST(Slivers, AreKeptWhereThereIsNothingElseOrAVoxelIsLarger) {
    Mask tiny(Grid({4, 4, 2}, {}, {1, 1, 3}));
    put_square(tiny, 1, 1, 1, 2);
    const Mask before = tiny;
    drop_slivers(tiny, 7.6);
    EXPECT_TRUE(std::ranges::equal(tiny.values(), before.values()));
    Mask coarse(Grid({4, 4, 2}, {}, {4, 4, 3}));
    put_square(coarse, 0, 1, 1, 1), put_square(coarse, 1, 1, 1, 2);
    drop_slivers(coarse, 7.6);
    EXPECT_EQ(coarse.at(1, 1, 0), 255);
}

TEST(Doubts, NameWhatAPersonShouldLookAt) {
    const std::vector<std::string> names{"Brainstem", "Parotid_L", "Parotid_R"};
    const std::map<std::string, std::pair<double, double>> usual{{"Brainstem", {20, 35}}};
    std::vector<Found> found(3);
    found[0] = {25, 0, 0, 0, false, {}};
    found[1] = {30, 0, 0, 0, false, {50, 0, 0}};
    found[2] = {30, 0, 0, 0, false, {-50, 0, 0}};
    EXPECT_TRUE(doubts(names, found, usual).empty());
    std::swap(found[1], found[2]);
    ASSERT_EQ(doubts(names, found, usual).size(), 1U);
    EXPECT_NE(doubts(names, found, usual)[0].find("to the right of"), std::string::npos);
    found[0] = {5, 0.5, 0, 0, true, {}};
    EXPECT_EQ(doubts(names, found, usual).size(), 4U);
    found[0] = {25, 0, 0.4, 10.04, false, {}};
    EXPECT_EQ(doubts(names, found, usual)[0],
              "Brainstem: a second part of 10.0 cm3 was left out: add it if it belongs");
    found[0] = {};
    EXPECT_EQ(doubts(names, found, usual)[0], "Brainstem: not found on this CT");
}

TEST(Doubts, SayWhenFrontAndBackOrAboveAndBelowAreExchanged) {
    const std::vector<std::string> names{"SpinalCord", "Bone_Mandible", "Brainstem", "Larynx"};
    std::vector<Found> found(4);
    found[0] = {20, 0, 0, 0, false, {0, 60, -40}};
    found[1] = {60, 0, 0, 0, false, {0, -20, 0}};
    found[2] = {25, 0, 0, 0, false, {0, 40, 60}};
    found[3] = {25, 0, 0, 0, false, {0, 0, -60}};
    EXPECT_TRUE(doubts(names, found, {}).empty());
    for (Found& f : found) f.centre_mm.y = -f.centre_mm.y;  // a patient on his face, said to lie on his back
    const auto prone = doubts(names, found, {});
    ASSERT_EQ(prone.size(), 2U);
    EXPECT_EQ(prone[0], "SpinalCord lies in front of Bone_Mandible: check the patient's orientation");
    for (Found& f : found) f.centre_mm = {f.centre_mm.x, -f.centre_mm.y, -f.centre_mm.z};
    const auto upside_down = doubts(names, found, {});
    ASSERT_EQ(upside_down.size(), 1U);
    EXPECT_NE(upside_down[0].find("Brainstem lies below Larynx"), std::string::npos);
    found[3].volume_cm3 = 0;  // what was not found says nothing of the others
    EXPECT_EQ(doubts(names, found, {}).size(), 1U);
}

TEST(MirrorDoubt, IsAnOesophagusToTheRightOfTheCord) {
    const Grid grid({20, 20, 10}, {}, {2, 2, 8});
    std::vector<MaskedStructure> drawn{{"SpinalCord", Mask(grid)}, {"Esophagus", Mask(grid)}};
    for (int k = 0; k < 10; ++k) put_square(drawn[0].mask, k, 9, 12, 3);
    for (int k = 0; k < 6; ++k) put_square(drawn[1].mask, k, 10, 4, 3);
    EXPECT_DOUBLE_EQ(left_of(drawn[1].mask, drawn[0].mask).value(), 2);  // +x is the patient's left
    EXPECT_FALSE(mirror_doubt(drawn));
    for (int k = 0; k < 6; ++k) put_square(drawn[1].mask, k, 6, 4, 3);
    EXPECT_EQ(
        mirror_doubt(drawn).value_or(""),
        "Esophagus lies 2.0 mm to the right of SpinalCord, in nine of ten people to the left: is the image mirrored?");
    for (int k = 0; k < 2; ++k)
        for (int v = 0; v < 400; ++v) drawn[1].mask[static_cast<std::size_t>(400 * k + v)] = 0;
    EXPECT_FALSE(mirror_doubt(drawn));  // too little of it to tell
    const Grid coronal({20, 20, 20}, {}, {4, 4, 4}, {{1, 0, 0}, {0, 0, -1}, {0, 1, 0}});
    const Mask all(coronal, 255);
    EXPECT_FALSE(left_of(all, all));
    drawn.pop_back();
    EXPECT_FALSE(mirror_doubt(drawn));
}

/// A box of tissue in air with some bone.
Volume<float> plain_ct(const Size3& n = {30, 30, 60}, const Vec3& spacing = {3, 3, 3}) {
    Volume<float> hu(Grid(n, {}, spacing), -1000);
    for (int k = 0; k < n.z; ++k)
        for (int j = 5; j < n.y - 5; ++j)
            for (int i = 5; i < n.x - 5; ++i) hu.at(i, j, k) = i < 7 ? 600.0F : 30.0F;
    return hu;
}

bool says(const std::vector<std::string>& words, const std::string& part) {
    return std::any_of(words.begin(), words.end(), [&](const auto& w) { return w.find(part) != std::string::npos; });
}

TEST(InputCheck, SaysWhatIsOddAboutAnImage) {
    EXPECT_TRUE(odd_about(plain_ct()).empty());
    EXPECT_TRUE(says(odd_about(plain_ct({30, 30, 3})), "3 slices cover 9 mm"));
    EXPECT_TRUE(says(odd_about(plain_ct({30, 30, 500})), "covers 1500 mm"));
    auto low = plain_ct();
    for (int k = 0; k < 5; ++k)
        for (int j = 0; j < 30; ++j)
            for (int i = 0; i < 30; ++i) low.at(i, j, k) = -1000;
    EXPECT_TRUE(says(odd_about(low), "empty over the lowest 15 mm"));
    EXPECT_TRUE(says(odd_about(plain_ct({30, 30, 30}, {3, 3, 8})), "8.0 mm apart"));
    EXPECT_TRUE(says(odd_about(plain_ct({30, 30, 60}, {3, 2, 3})), "3.00 x 2.00 mm are not square"));
    auto hu = plain_ct();
    for (float& v : hu.values()) v = v > 500 ? 30.0F : v;
    EXPECT_TRUE(says(odd_about(hu), "hardly any bone"));
    for (float& v : hu.values()) v = v > -500 ? v + 1000 : v;  // the rescaling was forgotten in the body
    EXPECT_TRUE(says(odd_about(hu), "check the rescaling"));
    for (float& v : hu.values()) v = std::max(v, -300.0F);
    EXPECT_TRUE(says(odd_about(hu), "no air (lowest -300 HU)"));
}

TEST(InputCheck, CountsSlicesAlongThePatientWhateverTheAxes) {
    const auto axial = plain_ct({30, 13, 80}, {3, 2, 3});
    const Volume<float> coronal(Grid({30, 13, 80}, {}, {3, 2, 3}, Mat3{{1, 0, 0}, {0, 0, 1}, {0, -1, 0}}),
                                std::vector<float>(axial.values().begin(), axial.values().end()));
    EXPECT_FALSE(says(odd_about(axial), "cover"));
    EXPECT_TRUE(says(odd_about(axial), "3.00 x 2.00 mm are not square"));
    EXPECT_TRUE(says(odd_about(coronal), "13 slices cover 26 mm"));
    EXPECT_FALSE(says(odd_about(coronal), "not square"));
}

TEST(InputCheck, RefusesAnMr) {
    auto mr = plain_ct();
    for (float& v : mr.values()) v = std::max(0.0F, v);
    try {
        odd_about(mr);
        FAIL() << "an image without a value below 0 is no CT";
    } catch (const InputError& e) {
        EXPECT_NE(std::string(e.what()).find("no CT"), std::string::npos) << e.what();
    }
}

TEST(Prior, KeepsWhatIsNearYesterday) {
    auto chances = two_cubes();
    Mask prior(chances.grid);
    EXPECT_EQ(keep_near(chances, 0, prior, 5), 0);  // empty: nothing happens
    EXPECT_EQ(chances.of(0)[chances.grid.flat(15, 3, 3)], 1);
    prior.at(3, 3, 3) = 255;
    EXPECT_NEAR(keep_near(chances, 0, prior, 5), 4 * 0.048, 1e-9);
    for (int k = 3; k < 7; ++k)  // the box ends at (4, 4, 4): the region is not cut there
        EXPECT_EQ(chances.of(0)[chances.grid.flat(5, 6, k)], 1);
    EXPECT_EQ(chances.of(0)[chances.grid.flat(15, 3, 3)], 0);
    EXPECT_DOUBLE_EQ(overlap(prior, prior), 1);
    EXPECT_DOUBLE_EQ(overlap(prior, Mask(chances.grid)), 0);
}

}  // namespace
}  // namespace coutard::contouring
