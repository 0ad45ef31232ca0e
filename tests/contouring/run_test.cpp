// A training run from files to files: log, checkpoint, card, scores.
#include <gtest/gtest.h>

#include <fstream>

#include "contouring/train/score_markdown.hpp"
#include "contouring/train/stress_table.hpp"
#include "contouring/train/train_run.hpp"
#include "engine/base/error.hpp"
#include "engine/store/nifti.hpp"
#include "tests/contouring/toy_patient.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::contouring {
namespace {
using coutard::test::toy_patient;
using coutard::test::toy_structures;

void write_case(const std::filesystem::path& folder) {
    const auto c = toy_patient(toy_structures());
    std::filesystem::create_directories(folder);
    write_nifti(folder / "ct.nii.gz",
                Volume<float>(c.hu.grid(), std::vector<float>(c.hu.values().begin(), c.hu.values().end())));
    write_nifti(folder / "labels.nii.gz",
                Volume<std::uint16_t>(c.labels.grid(),
                                      std::vector<std::uint16_t>(c.labels.values().begin(), c.labels.values().end())));
    std::ofstream(folder / "labels.json") << R"({"bits": [{"bit": 0, "structure": "Ball"},
        {"bit": 1, "structure": "Cube_L"}, {"bit": 2, "structure": "Cube_R"}]})";
}

TrainConfig small_config() {
    TrainConfig c;
    c.name = "small", c.structures = toy_structures(), c.windows = {{-100, 500}};
    c.net = {1, 3, {4, 8}, {1, 1}, {1}, false, 0};
    c.sampling.patch = {16, 16, 16};
    return c;
}

std::size_t lines_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::size_t count = 0;
    for (std::string line; std::getline(in, line);) ++count;
    return count;
}

TEST(TrainRun, LeavesLogCheckpointWeightsAndCardAndResumes) {
    const test::Scratch scratch;
    write_case(scratch / "data/toy_2");
    write_case(scratch / "data/toy_10");
    write_case(scratch / "extra/toy_1");
    TrainOptions o;
    o.data = scratch / "data", o.extra = {scratch / "extra"}, o.out = scratch / "out";
    o.device = "cpu", o.compute = Compute::Float32;
    EXPECT_THROW(train_contour(small_config(), o, {}), InputError);  // no limit
    o.steps = 3;
    const auto first = train_contour(small_config(), o, {});
    EXPECT_EQ(first.steps, 3);
    EXPECT_EQ(first.cases, 2U);
    EXPECT_EQ(first.extra_cases, 1U);
    EXPECT_EQ(lines_of(scratch / "out/log.csv"), 2U);
    EXPECT_THROW(train_contour(small_config(), o, {}), InputError);  // would overwrite a run
    o.resume = true, o.steps = 5;
    auto exchanged = small_config();
    exchanged.structures = {"Ball", "Cube_R", "Cube_L"};
    EXPECT_THROW(train_contour(exchanged, o, {}), InputError);  // the checkpoint's heads would change their meaning
    o.start = scratch / "out/small.cnet";
    EXPECT_THROW(train_contour(small_config(), o, {}), InputError);
    o.start.clear();
    EXPECT_EQ(train_contour(small_config(), o, {}).steps, 5);
    EXPECT_EQ(lines_of(scratch / "out/log.csv"), 3U);
    const auto card = read_card(scratch / "out/small.json");
    EXPECT_EQ(card.steps, 5);
    EXPECT_EQ(card.data.size(), 2U);
    EXPECT_NEAR(card.usual_cm3.at("Ball").first, 11.5, 2);
    o.out = scratch / "elsewhere";
    EXPECT_THROW(train_contour(small_config(), o, {}), InputError);  // nothing to resume
    const NetworkContourer model(scratch / "out/small.json", {"cpu", 1, Compute::Float32, Quality::Fast});
    const auto table = score_contours(model, scratch / "data", {}, {});
    EXPECT_EQ(table.patients, 2U);
    EXPECT_EQ(table.cases.size(), 6U);
    EXPECT_NE(scores_json(table).find("\"structure\": \"Cube_R\""), std::string::npos);
    EXPECT_NE(scores_json(table).find("\"patients\": 2"), std::string::npos);
    EXPECT_EQ(score_contours(model, scratch / "data", {{"toy_2", {"Ball"}}}, {}).cases.size(), 5U);
    ScoreOptions of_one;
    of_one.patients = 1;
    EXPECT_EQ(score_contours(model, scratch / "data", {}, {}, of_one).patients, 1U);
    const auto stressed =
        stress_table(model, scratch / "data", {}, {{Spoil::Noise, 0}, {Spoil::Streaks, 500}}, 1, 1, {});
    ASSERT_EQ(stressed.size(), 2U);
    EXPECT_EQ(stressed[0].patients, 1);
    EXPECT_NEAR(stressed[0].lost, 0, 1e-9);  // nothing was spoilt
    EXPECT_EQ(stressed[0].fallen + stressed[0].false_alarms, 0);
    EXPECT_EQ(stressed[1].patients, 0);  // no mandible, no filling
    ScoreOptions prompted;
    prompted.prompt = PromptKind::Point;
    EXPECT_THROW(score_contours(model, scratch / "data", {}, {}, prompted), InputError);  // it takes none
    const auto margin = score_margin("Ball", scratch / "data", {}, {}, {});
    ASSERT_EQ(margin.cases.size(), 2U);
    EXPECT_GT(margin.organs[0].dice, 0.9);  // a ball made smaller and larger again
}

TEST(ScoreMarkdown, HoldsWhatWasScored) {
    ScoreTable table;
    table.patients = 3;
    for (const double dice : {0.9, 0.7, 0.2})
        table.cases.push_back({"p", "Larynx", dice, 4.0, 20, 21, 0.8, 0.9, 0.5, 1});
    table.organs = organ_scores(table.cases, {"Larynx"});
    table.mean_dice = 0.6;
    const auto text = scores_markdown(table);
    EXPECT_NE(text.find("| Larynx | 3 | 0.600 | 0.700 | 0.200 | 4.0 | 0.800 | 0.900 | 1 | 0 |"), std::string::npos)
        << text;
    EXPECT_NE(text.find("Mean DSC over structures 0.600; 3 patients"), std::string::npos) << text;
    EXPECT_EQ(text.find("Calibration"), std::string::npos);  // nothing is known of it
    table.doubts.push_back({"Larynx", {{1.5, -0.5}, 0, 1}, 0.08, 0.03, 0.6, 3});
    EXPECT_NE(scores_markdown(table).find("| Larynx | 3 | 0.080 | 0.030 | 1.50 | -0.50 | 0.60 |"), std::string::npos);
    const auto prompts = prompts_markdown({"Larynx", "PTV_7000"}, {{"a point", table}});
    EXPECT_NE(prompts.find("| a point | 0.600 | 0.800 | 0.900 | - | - | - |"), std::string::npos) << prompts;
}

TEST(ReadCase, TakesLabelsByNameAndNotByPosition) {
    const test::Scratch scratch;
    write_case(scratch / "toy_1");
    const auto truth = toy_patient(toy_structures());
    const auto c = read_case(scratch / "toy_1", {"Cube_R", "Ball", "Heart"}, {});
    EXPECT_EQ(c.voxels[0], truth.voxels[2]);
    EXPECT_EQ(c.voxels[1], truth.voxels[0]);
    EXPECT_EQ(c.known, 0b011);  // the heart was not contoured
    const auto names = [&](const char* text) { std::ofstream(scratch / "toy_1/labels.json") << text; };
    names(R"({"bits": [{"bit": 2, "structure": "LeftParotid"}]})");  // a synonym
    EXPECT_EQ(read_case(scratch / "toy_1", {"Parotid_L"}, {}).voxels[0], truth.voxels[2]);
    for (const char* bad : {"{}", "[", R"({"bits": [{"bit": 16, "structure": "Ball"}]})",
                            R"({"bits": [{"bit": 0, "structure": "Cord"}, {"bit": 1, "structure": "SpinalCord"}]})"}) {
        names(bad);
        EXPECT_THROW(read_case(scratch / "toy_1", {"Ball"}, {}), InputError) << bad;
    }
    std::filesystem::remove(scratch / "toy_1/labels.json");
    EXPECT_EQ(read_case(scratch / "toy_1", {"Brainstem", "SpinalCord"}, {}).voxels[1], truth.voxels[1]);
    EXPECT_EQ(read_case(scratch / "toy_1", {"SpinalCord", "PTV_7000"}, {}).voxels[0], truth.voxels[1]);
    EXPECT_THROW(read_case(scratch / "toy_1", {"Ball"}, {}), InputError);
}

/// A ball of 400 HU in a large box of water in air.
TrainingCase large_toy() {
    const Grid grid({40, 40, 40}, {-117, -117, -117}, {6, 6, 6});
    Volume<float> ct(grid, -1000);
    Volume<std::uint16_t> bits(grid);
    for (int k = 0; k < 40; ++k)
        for (int j = 0; j < 40; ++j)
            for (int i = 0; i < 40; ++i) {
                const Vec3 p = grid.point(i, j, k);
                const bool ball = norm(p) < 45;
                if (std::abs(p.x) < 105 && std::abs(p.y) < 105 && std::abs(p.z) < 105) ct.at(i, j, k) = ball ? 400 : 0;
                bits.at(i, j, k) = ball ? 1 : 0;
            }
    return make_case("large", ct, bits, {"Ball"}, {});
}

TEST(OtherDay, ImageAndLabelsMoveTogether) {
    const auto before = large_toy();
    const auto day = other_day_of(before, 3);
    EXPECT_NE(day.voxels[0], before.voxels[0]);
    EXPECT_EQ(day.known, 1);
    std::size_t agree = 0, dense = 0;
    for (std::size_t v = 0; v < day.hu.count(); ++v) {
        const bool ball = day.hu[v] > 200;
        dense += ball ? 1 : 0, agree += ball && (day.labels[v] & 1) != 0 ? 1 : 0;
    }
    EXPECT_GT(2.0 * static_cast<double>(agree) / static_cast<double>(dense + day.voxels[0].size()), 0.95);
    EXPECT_EQ(other_day_of(before, 3).voxels[0], day.voxels[0]);
    EXPECT_NE(other_day_of(before, 4).voxels[0], day.voxels[0]);
}

TEST(FindCases, NaturalOrderAndNothingRefused) {
    const test::Scratch scratch;
    for (const char* name : {"pt_10", "pt_9", "pt_1"}) write_case(scratch / "a" / name);
    const auto found = find_cases(scratch / "a");
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[1].filename(), "pt_9");
    EXPECT_THROW(find_cases(scratch / "absent"), InputError);
    std::filesystem::create_directories(scratch / "empty");
    EXPECT_THROW(find_cases(scratch / "empty"), InputError);
}

TEST(OrganScores, MeansCountTheUndrawnAsZero) {
    const std::vector<CaseScore> cases{{"a", "Larynx", 0.8, 3.0, 30, 31, 0.9, 1, 0.9},
                                       {"b", "Larynx", 0, {}, 30, 0, 0, 0, 0},
                                       {"a", "Cord", 0.4, 0.0, 9, 9, 1, 1, 0.6}};
    const auto organs = organ_scores(cases, {"Brainstem", "Larynx", "Cord"});
    ASSERT_EQ(organs.size(), 2U);
    EXPECT_DOUBLE_EQ(organs[0].dice, 0.4);
    EXPECT_DOUBLE_EQ(organs[0].dice_median, 0.4);
    EXPECT_DOUBLE_EQ(organs[0].dice_low, 0);
    EXPECT_EQ(organs[0].not_found, 1);
    EXPECT_EQ(organs[0].failures, 1);
    EXPECT_EQ(organs[1].failures, 1);
    EXPECT_DOUBLE_EQ(organs[0].surface_dice_3mm, 0.45);
    EXPECT_DOUBLE_EQ(organs[0].surface_dice_5mm, 0.5);
    EXPECT_EQ(organs[0].patients, 2);
    EXPECT_DOUBLE_EQ(*organs[0].hd95_mm, 3);
}

}  // namespace
}  // namespace coutard::contouring
