// What a network is given beside the CT: channels of a request, and what training makes of labels.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "contouring/pipeline/guide_channels.hpp"
#include "contouring/train/sampler.hpp"
#include "engine/base/error.hpp"
#include "tests/contouring/toy_patient.hpp"

namespace coutard::contouring {
namespace {
using coutard::test::toy_patient;
using coutard::test::toy_structures;

const Vec3 kSpacing{4, 4, 3};
const Size3 kSize{24, 20, 24};
constexpr std::size_t kCount = std::size_t{24} * 20 * 24;

double sum_of(const std::vector<float>& values, std::size_t first, std::size_t count) {
    return std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(first),
                           values.begin() + static_cast<std::ptrdiff_t>(first + count), 0.0);
}

double sum_of(std::span<const float> values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

/// The whole toy, unturned.
struct WholeToy {
    TrainingCase patient = toy_patient(toy_structures());
    Placement where{{0, 0, 0}, {{4, 0, 0}, {0, 4, 0}, {0, 0, 3}}, false};
    Patch patch = cut_patch(patient, kSize, where, {});
};

Mask ball_mask(const TrainingCase& c) {
    Mask mask(c.hu.grid());
    for (const std::uint32_t v : c.voxels[0]) mask[v] = 255;
    return mask;
}

TEST(GuideInput, CountsItsChannelsAndRefusesWhatCannotBe) {
    EXPECT_EQ((GuideInput{Guide::None, {}}.channels(7)), 0);
    EXPECT_EQ((GuideInput{Guide::Prior, {}}.channels(7)), 7);
    EXPECT_EQ((GuideInput{Guide::Prompts, {"A", "B"}}.channels(3)), 4);
    EXPECT_THROW((GuideInput{Guide::Prior, {"A"}}.check({"B"})), InputError);
    EXPECT_THROW((GuideInput{Guide::Prompts, {"A"}}.check({"A"})), InputError);
    EXPECT_EQ(guide_named("prompts"), Guide::Prompts);
    EXPECT_THROW(guide_named("priors"), InputError);
}

TEST(GuideChannels, PriorsByNameAndNothingWhereNoneIsGiven) {
    const WholeToy toy;
    ContourRequest request;
    request.prior = {{"Ball", ball_mask(toy.patient)}};
    const Grid& grid = toy.patient.hu.grid();
    const auto channels = guide_channels({Guide::Prior, {}}, toy_structures(), request, grid);
    ASSERT_EQ(channels.size(), 3U);
    for (std::size_t v = 0; v < grid.count(); ++v) ASSERT_EQ(channels[0][v] > 0, (toy.patient.labels[v] & 1) == 1) << v;
    EXPECT_EQ(sum_of(channels[1].values()), 0);
    EXPECT_EQ(guide_pairs({Guide::Prior, {}}, toy_structures()), mirror_pairs(toy_structures()));
}

TEST(GuideChannels, PromptsAreOrgansPointsAndARoughContour) {
    const WholeToy toy;
    const Grid& grid = toy.patient.hu.grid();
    ContourRequest request;
    request.organs = {{"Ball", ball_mask(toy.patient)}};
    request.points_mm = {grid.point(10, 10, 10)};
    request.rough = Mask(grid, 255);
    const auto channels = guide_channels({Guide::Prompts, {"Heart", "Ball"}}, {"PTV"}, request, grid);
    ASSERT_EQ(channels.size(), 4U);
    EXPECT_EQ(sum_of(channels[0].values()), 0);
    EXPECT_EQ(sum_of(channels[1].values()), double(toy.patient.voxels[0].size()));
    EXPECT_EQ(channels[2].at(10, 10, 10), 1);
    EXPECT_NEAR(channels[2].at(11, 10, 10), std::exp(-16.0 / 72), 1e-6);
    EXPECT_EQ(channels[2].at(20, 10, 10), 0);
    EXPECT_EQ(channels[3].at(0, 0, 0), 1);  // full everywhere
    request.points_mm = {{0, 0, 500}};
    EXPECT_THROW(guide_channels({Guide::Prompts, {}}, {"PTV"}, request, grid), InputError);
}

TEST(GuideChannels, APriorReachesAsFarAsItsErrorSays) {
    Mask half(Grid({40, 2, 2}, {0, 0, 0}, {2, 2, 2}));
    for (std::size_t v = 0; v < half.count(); ++v) half[v] = v % 40 < 20 ? 255 : 0;
    ContourRequest request;
    request.prior.emplace().push_back({"Ball", half});
    for (const double error : {1.0, 4.0}) {
        request.prior_error_mm = error;
        const auto channels = guide_channels({Guide::Prior, {}}, {"Ball"}, request, half.grid());
        EXPECT_NEAR(channels[0].at(18, 1, 1), 3 / (6 * error), 1e-6);
    }
    for (const double error : {0.5, 11.0, std::numeric_limits<double>::quiet_NaN()}) {
        request.prior_error_mm = error;
        EXPECT_THROW(guide_channels({Guide::Prior, {}}, {"Ball"}, request, half.grid()), InputError) << error;
    }
}

TEST(Wobble, SaysHowFarItMoves) {
    Random random(3);
    EXPECT_EQ(Wobble(kSize, kSpacing, {0, 0, 0, 0, 40, 1}, random).error_mm(), 0);
    double squares = 0;  // a shift alone: per axis its own deviation, over many draws
    for (int k = 0; k < 400; ++k)
        squares += std::pow(Wobble({2, 2, 2}, kSpacing, {4, 0, 0, 0, 40, 1}, random).error_mm(), 2);
    EXPECT_NEAR(std::sqrt(squares / 400), 4, 0.3);
}

TEST(DepthChannel, IsTheDistanceFromTheSurfaceInErrors) {
    Mask half(Grid({40, 2, 2}, {0, 0, 0}, {2, 2, 2}));
    for (std::size_t v = 0; v < half.count(); ++v) half[v] = v % 40 < 20 ? 255 : 0;
    for (const double error : {1.0, 3.0, 10.0}) {
        const auto depth = depth_channel(half, error);
        for (int i = 0; i < 40; ++i)
            EXPECT_NEAR(depth.at(i, 1, 1), std::clamp((39 - 2 * i) / (6 * error), -1.0, 1.0), 1e-6) << i;
    }
    const auto empty = depth_channel(Mask(half.grid()), 3);
    for (const float v : empty.values()) ASSERT_EQ(v, -1);
    EXPECT_THROW(depth_channel(half, 0.9), ContractError);
    EXPECT_THROW(depth_channel(half, 10.1), ContractError);
}

TEST(GuideInput, SaysWhatLogitsBeginFrom) {
    EXPECT_TRUE((GuideInput{Guide::None, {}}.starts(2, 3)).empty());
    EXPECT_EQ((GuideInput{Guide::Prior, {}}.starts(2, 3)), (std::vector<int>{2, 3, 4}));
    EXPECT_EQ((GuideInput{Guide::Prompts, {"A", "B"}}.starts(2, 3)), (std::vector<int>{5, -1, -1}));
}

TEST(Wobble, NothingMovesNothingAndAShiftMovesAll) {
    const WholeToy toy;
    Random random(1);
    const std::span<const std::uint8_t> ball(toy.patch.inside.data(), kCount);
    const auto same = Wobble(kSize, kSpacing, {0, 0, 0, 0, 40, 0}, random).moved(ball);
    for (std::size_t v = 0; v < kCount; ++v) ASSERT_FLOAT_EQ(same[v], static_cast<float>(ball[v]) / 255);
    // the volume stays under shift and turn, the place does not
    const auto moved = Wobble(kSize, kSpacing, {4, 3, 0, 0, 40, 1}, random).moved(ball);
    EXPECT_NEAR(sum_of(moved), sum_of(same), 0.02 * sum_of(same));
    EXPECT_GT(std::inner_product(same.begin(), same.end(), same.begin(), 0.0),
              1.02 * std::inner_product(same.begin(), same.end(), moved.begin(), 0.0));
}

TEST(Wobble, WhatTheBorderCutsGoesOnBeyondIt) {
    Random random(1);
    const std::vector<std::uint8_t> all(kCount, 255);
    for (const float v : Wobble(kSize, kSpacing, {12, 3, 0.04, 3, 40, 1}, random).moved(all)) ASSERT_FLOAT_EQ(v, 1);
}

TEST(SimulatedPrior, IsNearTheLabelAndAbsentWhereDrawnSo) {
    const WholeToy toy;
    PriorConfig config;
    config.none_share = config.absent_share = 0;
    Random random(2);
    const auto prior = simulated_prior(toy.patch, 3, kSpacing, config, random);
    ASSERT_EQ(prior.size(), 3 * kCount);
    for (std::size_t s = 0; s < 3; ++s) {
        double both = 0, of_label = 0, of_prior = 0;
        for (std::size_t v = s * kCount; v < (s + 1) * kCount; ++v) {
            const double label = toy.patch.inside[v] / 255.0;
            const double given = prior[v] > 0 ? 1 : 0;
            both += label * given, of_label += label, of_prior += given;
        }
        EXPECT_GT(2 * both / (of_label + of_prior), 0.4) << s;
    }
    config.absent_share = 1;
    EXPECT_EQ(sum_of(simulated_prior(toy.patch, 3, kSpacing, config, random)), 0);
    config.absent_share = 0;
    auto unknown = toy.patch;
    unknown.known = 0b101;  // what nobody contoured is not given, which is not the same as empty
    const auto given = simulated_prior(unknown, 3, kSpacing, config, random);
    EXPECT_EQ(sum_of(given, kCount, kCount), 0);
    EXPECT_LT(sum_of(given, 0, kCount), 0);
    config.none_share = 1;
    EXPECT_EQ(sum_of(simulated_prior(toy.patch, 3, kSpacing, config, random)), 0);
}

TEST(SimulatedPrior, IsDeepInUnitsOfTheErrorThatIsTold) {
    const WholeToy toy;
    PriorConfig known;
    known.none_share = known.absent_share = known.error_known_to = 0;
    const auto deepest = [&](double larger) {
        PriorConfig config = known;
        config.wobble.shift_mm *= larger, config.wobble.field_mm *= larger;
        config.wobble.least_share = 1;
        Random random(4);
        const auto prior = simulated_prior(toy.patch, 3, kSpacing, config, random);
        return *std::max_element(prior.begin(), prior.end());
    };
    EXPECT_GT(deepest(0.3), 1.5F * deepest(1));  // what is known better reaches further in units of its error
}

/// Prompts for the ball, the cubes given.
std::vector<float> prompts_of(const TrainingCase& c, const PromptConfig& config, std::uint64_t seed) {
    const WholeToy toy;
    Random random(seed);
    return simulated_prompts(c, depths_of(c), cut_patch(c, kSize, toy.where, {}), toy.where, 1, kSpacing, config,
                             random);
}

TEST(SimulatedPrompts, PointsAndScribblesLieInsideTheErodedTarget) {
    const auto c = toy_patient(toy_structures());
    PromptConfig config;
    config.none_share = config.organ_absent_share = 0, config.points_share = 1, config.scribble_share = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        if (seed == 10) config.points_share = 0, config.scribble_share = 1;
        const auto given = prompts_of(c, config, seed);
        ASSERT_EQ(given.size(), 4 * kCount);
        EXPECT_GT(sum_of(given, 0, kCount), 50);  // a cube
        const auto points = std::span(given).subspan(2 * kCount, kCount);
        EXPECT_EQ(*std::max_element(points.begin(), points.end()), 1);
        std::size_t v = 0;
        for (int z = 0; z < kSize.z; ++z)
            for (int y = 0; y < kSize.y; ++y)
                for (int x = 0; x < kSize.x; ++x, ++v)
                    if (points[v] >= 1) {
                        EXPECT_LE(norm(Vec3{4 * (x - 11.5), 4 * (y - 9.5), 3 * (z - 11.5)}), 14 - 2.0);
                    }
        EXPECT_EQ(sum_of(given, 3 * kCount, kCount), 0);
    }
}

TEST(SimulatedPrompts, ARoughContourIsSmallerThanItsTarget) {
    auto c = toy_patient(toy_structures());
    PromptConfig config;
    config.none_share = config.points_share = config.scribble_share = config.points_besides_share = 0;
    const auto given = prompts_of(c, config, 3);
    const auto rough = std::count_if(given.end() - kCount, given.end(), [](float v) { return v > 0; });
    EXPECT_GT(rough, 0.02 * double(c.voxels[0].size()));
    EXPECT_LT(rough, 0.9 * double(c.voxels[0].size()));
    EXPECT_EQ(sum_of(given, 2 * kCount, kCount), 0);
    config.none_share = 1;
    EXPECT_EQ(sum_of(prompts_of(c, config, 3), 2 * kCount, 2 * kCount), 0);
    config.none_share = 0;
    c.known = 0b110;  // a target that was not contoured is not hinted at
    EXPECT_EQ(sum_of(prompts_of(c, config, 3), 2 * kCount, 2 * kCount), 0);
}

TEST(SimulatedPrompts, PointsFollowAMirroredPatch) {
    auto c = toy_patient({"Cube_L", "Ball", "Cube_R"});
    c = make_case("m", Volume<float>(c.hu.grid()),
                  [&] {
                      Volume<std::uint16_t> bits(c.hu.grid());
                      const auto old = toy_patient(toy_structures());
                      for (std::size_t v = 0; v < bits.count(); ++v)
                          bits[v] = old.labels[v] >> 1 & 1;  // the left cube alone
                      return bits;
                  }(),
                  {"PTV"}, {});
    PromptConfig config;
    config.none_share = config.scribble_share = 0, config.points_share = 1;
    const Placement mirrored{{0, 0, 0}, {{-4, 0, 0}, {0, 4, 0}, {0, 0, 3}}, true};
    Random random(5);
    const auto given =
        simulated_prompts(c, depths_of(c), cut_patch(c, kSize, mirrored, {}), mirrored, 1, kSpacing, config, random);
    double right = 0, left = 0;  // halves of the patch by x
    for (std::size_t v = 0; v < kCount; ++v) (v % 24 < 12 ? right : left) += static_cast<double>(given[v]);
    EXPECT_GT(right, 10 * left);
}

TEST(PromptsFor, AreOfTheKindThatIsAskedFor) {
    const auto c = toy_patient(toy_structures());
    Random random(7);
    EXPECT_EQ(prompts_for(c, PromptKind::Point, 5, random).points_mm.size(), 1U);
    const auto five = prompts_for(c, prompt_named("points"), 5, random);
    ASSERT_EQ(five.points_mm.size(), 5U);
    for (const Vec3& p : five.points_mm) EXPECT_LE(norm(p), 14 - 3.0);
    EXPECT_GT(prompts_for(c, PromptKind::Scribble, 5, random).points_mm.size(), 2U);
    const auto rough = prompts_for(c, PromptKind::Rough, 5, random);
    ASSERT_TRUE(rough.rough && rough.points_mm.empty());
    std::size_t in_label = 0, all = 0;
    for (std::size_t v = 0; v < rough.rough->count(); ++v)
        if (inside(*rough.rough, v)) ++all, in_label += c.labels[v] & 1;
    EXPECT_EQ(in_label, all);
    EXPECT_LT(all, c.voxels[0].size() / 2);
    EXPECT_GT(all, 5U);
    const auto none = prompts_for(c, PromptKind::None, 5, random);
    EXPECT_TRUE(none.points_mm.empty() && !none.rough);
    EXPECT_THROW(prompt_named("click"), InputError);
}

TEST(Nest, LaterStructuresTakeInThoseBefore) {
    auto c = toy_patient(toy_structures());
    const auto ball = c.voxels[0].size(), left = c.voxels[1].size(), right = c.voxels[2].size();
    nest(c, 2);
    EXPECT_EQ(c.voxels[0].size(), ball);
    EXPECT_EQ(c.voxels[1].size(), ball + left);
    EXPECT_EQ(c.voxels[2].size(), right);
    EXPECT_EQ(c.known, 7);
    nest(c, 3);
    EXPECT_EQ(c.voxels[2].size(), ball + left + right);
}

TEST(GuidedSampler, AddsTheChannelsOfItsKind) {
    const std::vector<TrainingCase> pool{toy_patient(toy_structures())};
    SamplingConfig sampling;
    sampling.patch = {16, 16, 16};
    const std::size_t count = 16U * 16 * 16;
    GuideTraining guide;
    guide.input.kind = Guide::Prior;
    EXPECT_EQ(PatchSampler(pool, {}, toy_structures(), sampling, {}, guide).draw(1, 1).guide.size(), 3 * count);
    guide.input = {Guide::Prompts, {"Cube_L", "Cube_R"}};
    const PatchSampler prompted(pool, {}, {"Ball"}, sampling, {}, guide);
    EXPECT_EQ(prompted.draw(1, 1).guide.size(), 4 * count);
    EXPECT_EQ(prompted.draw(1, 1).guide, prompted.draw(1, 1).guide);
    EXPECT_TRUE(PatchSampler(pool, {}, toy_structures(), sampling, {}).draw(1, 1).guide.empty());
}

}  // namespace
}  // namespace coutard::contouring
