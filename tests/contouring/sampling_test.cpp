// Patches, augmentation and balanced drawing.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <numeric>

#include "contouring/train/sampler.hpp"
#include "contouring/train/train_config.hpp"
#include "tests/contouring/toy_patient.hpp"
#include "tests/harness/scratch.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::contouring {
namespace {
using coutard::test::toy_patient;
using coutard::test::toy_structures;

constexpr Size3 kSize{24, 20, 24};
constexpr std::size_t kCount = 24 * 20 * 24;

Placement straight() {
    return {{0, 0, 0}, {{4, 0, 0}, {0, 4, 0}, {0, 0, 3}}, false};
}

double centre_x(const Patch& patch, std::size_t structure) {
    double sum = 0, mass = 0;
    for (std::size_t v = 0; v < kCount; ++v) {
        mass += patch.inside[structure * kCount + v];
        sum += static_cast<double>(v % 24) * patch.inside[structure * kCount + v];
    }
    return sum / mass;
}

TEST(Patch, RunsAlongLpsWhateverTheFilesAxes) {
    const auto c = toy_patient(toy_structures());
    const auto patch = cut_patch(c, kSize, straight(), mirror_pairs(toy_structures()));
    EXPECT_GT(centre_x(patch, 1), 16);  // Cube_L lies at +x: patient left
    EXPECT_LT(centre_x(patch, 2), 8);
    EXPECT_EQ(patch.known, 7);
    // the same lattice turned: voxel values and labels are the file's own, reversed in x and y
    EXPECT_FLOAT_EQ(patch.hu[static_cast<std::size_t>((12 * 20 + 9) * 24 + 5)], c.hu.at(18, 10, 12));
    std::size_t inside = 0;
    for (std::size_t v = 0; v < kCount; ++v) inside += patch.inside[v] == 255 ? 1U : 0U;
    EXPECT_EQ(inside, c.voxels[0].size());
}

TEST(Patch, MirrorTurnsTheImageAndExchangesPairs) {
    auto c = toy_patient(toy_structures());
    c.known = 0b011;  // Cube_R was not contoured
    const auto pairs = mirror_pairs(toy_structures());
    Placement mirrored = straight();
    mirrored.axes.cx = -mirrored.axes.cx, mirrored.mirrored = true;
    const auto plain = cut_patch(c, kSize, straight(), pairs), turned = cut_patch(c, kSize, mirrored, pairs);
    EXPECT_EQ(turned.known, 0b101);      // the unknown one is now on the other side
    EXPECT_GT(centre_x(turned, 1), 16);  // what is drawn at +x is still called left
    for (std::size_t v = 0; v < kCount; ++v) {
        const std::size_t w = v - v % 24 + (23 - v % 24);
        EXPECT_FLOAT_EQ(plain.hu[v], turned.hu[w]);
        EXPECT_EQ(plain.inside[kCount + v], turned.inside[2 * kCount + w]);
        EXPECT_EQ(plain.inside[v], turned.inside[w]);
    }
}

TEST(Patch, OutsideTheImageIsBlankWithoutLabel) {
    const auto c = toy_patient(toy_structures());
    Placement far = straight();
    far.centre_mm = {0, 0, 500};
    const auto patch = cut_patch(c, kSize, far, {});
    EXPECT_EQ(std::accumulate(patch.inside.begin(), patch.inside.end(), 0), 0);
    for (const float hu : patch.hu) EXPECT_EQ(hu, -1000);
}

TEST(Augment, BlankStaysBlankAndACutTakesItsLabels) {
    const auto c = toy_patient(toy_structures());
    auto patch = cut_patch(c, kSize, straight(), {});
    AugmentConfig always;
    always.noise_share = 1, always.blur_share = 0, always.blank_share = 1;
    Random random = random_stream(1, 1);
    vary_intensity(patch, always, random);
    EXPECT_EQ(patch.hu[0], -1000);
    EXPECT_NE(patch.hu[(12 * 20 + 10) * 24 + 12], -1000);
    const auto before = patch;
    vary_coverage(patch, always, random);
    EXPECT_NE(patch.hu, before.hu);
    EXPECT_NE(patch.inside, before.inside);
    for (std::size_t v = 0; v < kCount; ++v)
        for (std::size_t s = 0; s < 3; ++s) EXPECT_TRUE(patch.hu[v] != -1000 || patch.inside[s * kCount + v] == 0);
}

TEST(Augment, TubesLeaveTheContoursVisible) {
    const auto c = toy_patient(toy_structures());
    auto patch = cut_patch(c, kSize, straight(), {});
    const auto before = patch;
    AugmentConfig tube;
    tube.blank_share = 0, tube.tube_share = 1;
    Random random = random_stream(3, 5);
    vary_coverage(patch, tube, random);
    EXPECT_EQ(patch.inside, before.inside);
    std::size_t blanked = 0;
    for (std::size_t v = 0; v < kCount; ++v) {
        if (patch.hu[v] != before.hu[v]) ++blanked;
        for (std::size_t s = 0; s < 3; ++s)
            EXPECT_TRUE(before.inside[s * kCount + v] <= 128 || patch.hu[v] == before.hu[v]);
    }
    EXPECT_GT(blanked, 0U);
}

TEST(Sampler, DependsOnSeedAndStepAlone) {
    const std::vector<TrainingCase> pool{toy_patient(toy_structures())};
    SamplingConfig sampling;
    sampling.patch = {16, 16, 16};
    const PatchSampler sampler(pool, {}, toy_structures(), sampling, {});
    EXPECT_EQ(sampler.draw(1, 7).hu, sampler.draw(1, 7).hu);
    EXPECT_NE(sampler.draw(1, 7).hu, sampler.draw(1, 8).hu);
    EXPECT_NE(sampler.draw(2, 7).hu, sampler.draw(1, 7).hu);
}

TEST(Sampler, ARareStructureIsSeenAsOftenAsACommonOne) {
    std::vector<TrainingCase> pool;
    for (int k = 0; k < 9; ++k) {
        pool.push_back(toy_patient(toy_structures(), "toy_" + std::to_string(k)));
        if (k > 0) pool.back().known = 0b001;  // the cubes were contoured in one patient of nine
    }
    SamplingConfig sampling;
    sampling.patch = {8, 8, 8};
    sampling.anywhere_share = 0;
    const PatchSampler sampler(pool, {}, toy_structures(), sampling, {});
    int with_cubes = 0;
    for (std::uint64_t step = 0; step < 300; ++step) with_cubes += sampler.draw(4, step).known == 7 ? 1 : 0;
    EXPECT_NEAR(with_cubes, 300 * (2.0 / 3 + 1.0 / 27), 4 * std::sqrt(300 * 0.7 * 0.3));
}

TEST(Sampler, RefusesAPoolWithoutLabels) {
    std::vector<TrainingCase> pool{toy_patient(toy_structures())};
    pool[0].known = 0;
    EXPECT_THROW(PatchSampler(pool, {}, toy_structures(), {}, {}), InputError);
}

TEST(TrainConfig, ReadsAndRefusesUnknownEntries) {
    const test::Scratch scratch;
    const auto write = [&](const std::string& text) { std::ofstream(scratch / "c.json") << text; };
    write(R"({"net": {"channels": [8, 16], "encoder_convs": [1, 1], "decoder_convs": [1], "deep_supervision": 0},
              "sampling": {"patch": [16, 16, 16]}, "structures": ["A", "B"], "windows_HU": [[-100, 100]]})");
    const auto config = read_train_config(scratch / "c.json");
    EXPECT_EQ(config.net.outputs, 2);
    EXPECT_EQ(config.net.inputs, 1);
    EXPECT_EQ(config.sampling.patch, (Size3{16, 16, 16}));
    for (const char* bad : {R"({"learning_rat": 1})", R"({"learning_rate": "fast"})",
                            R"({"sampling": {"patch": [17, 16, 16]}})", R"({"net": {"channels": [8]}})", "[]", "{"}) {
        write(bad);
        EXPECT_THROW(read_train_config(scratch / "c.json"), InputError) << bad;
    }
    EXPECT_THROW(read_train_config(scratch / "absent.json"), InputError);
    const std::string one_sided = R"({"structures": ["Brainstem", "Parotid_L"], "augment": {"mirror_share": )";
    write(one_sided + "0.5}}");  // half of the left parotids would be learnt on the right
    EXPECT_THROW(read_train_config(scratch / "c.json"), InputError);
    write(one_sided + "0}}");
    EXPECT_EQ(read_train_config(scratch / "c.json").structures.size(), 2U);
}

TEST(TrainConfig, CountsTheChannelsOfItsGuide) {
    const test::Scratch scratch;
    const auto read = [&](const std::string& guide) {
        std::ofstream(scratch / "c.json")
            << R"({"structures": ["PTV_7000", "PTV_6300", "PTV_5600"], )" +
                   std::string(guide.starts_with("\"nested\"") ? "" : R"("nested": true, )") + guide + "}";
        return read_train_config(scratch / "c.json");
    };
    const auto targets = read(R"("guide": {"kind": "prompts", "organs": ["Brainstem", "SpinalCord", "Parotid_R",
        "Parotid_L", "Esophagus", "Larynx", "Bone_Mandible"], "prompts": {"none_share": 0.5, "rough": {"shift_mm": 1}}})");
    EXPECT_EQ(targets.net.inputs, 2 + 7 + 2);
    EXPECT_EQ(targets.net.outputs, 3);
    EXPECT_EQ(targets.read_structures().size(), 10U);
    EXPECT_TRUE(targets.nested);
    EXPECT_EQ(targets.guide.prompts.none_share, 0.5);
    EXPECT_EQ(targets.guide.prompts.rough.shift_mm, 1);
    EXPECT_THROW(read(R"("guide": {"kind": "prior"})"), InputError);  // of nested structures
    EXPECT_EQ(read(R"("nested": false, "guide": {"kind": "prior", "prior": {"absent_share": 0}})").net.inputs, 2 + 3);
    for (const char* bad :
         {R"("guide": {"kind": "click"})", R"("guide": {"kind": "prior", "organs": ["Larynx"]})",
          R"("guide": {"kind": "prompts", "organs": ["PTV_7000"]})", R"("guide": {"prompt": {}})",
          R"("guide": {"prior": {"wobble": {"node_mm": 0}}})", R"("augment": {"scale": 0.8})",
          R"("augment": {"blank_share": 0.7, "tube_share": 0.7})", R"("clip_norm": -1)", R"("weight_decay": -1)",
          R"("sampling": {"anywhere_share": 2})", R"("guide": {"prompts": {"least_mm": 9, "most_mm": 3}})"})
        EXPECT_THROW(read(bad), InputError) << bad;
    // a left organ that is given without its partner would be learnt on the wrong side as well
    EXPECT_THROW(read(R"("guide": {"kind": "prompts", "organs": ["Parotid_L"]})"), InputError);
}

TEST(LeftOut, TheCommittedListIsReadAndTakesLabelsAway) {
    const auto list = read_left_out(test::repository("data/nets/openkbp_left_out.json"));
    EXPECT_TRUE(list.at("pt_215").contains("SpinalCord"));
    auto c = toy_patient(toy_structures());
    Volume<float> ct(c.hu.grid());
    Volume<std::uint16_t> bits(c.hu.grid(), 7);
    const auto without = make_case("x", ct, bits, toy_structures(), {{"x", {"Cube_L"}}});
    EXPECT_EQ(without.known, 0b101);
    EXPECT_EQ(without.labels[0], 0b101);  // nor is it given to anybody as a label
    EXPECT_TRUE(without.voxels[1].empty());
    const test::Scratch scratch;
    std::ofstream(scratch / "l.json") << R"({"patients": {"pt_1": {"RightParotid": "wrong"}}})";
    EXPECT_TRUE(read_left_out(scratch / "l.json").at("pt_1").contains("Parotid_R"));
    std::ofstream(scratch / "l.json") << R"({"patients": {"pt_1": {"Larinx": "misspelt"}}})";
    EXPECT_THROW(read_left_out(scratch / "l.json"), InputError);
}

TEST(OpenKbp, APatientReadsWithRightOnTheRight) {
    const auto shared = test::shared_data();
    if (!shared || !std::filesystem::exists(*shared / "openkbp/validation/pt_201"))
        GTEST_SKIP() << "no openkbp/validation/pt_201 in the shared data";
    const auto c = read_case(*shared / "openkbp/validation/pt_201", openkbp_structures(), {});
    ASSERT_TRUE(c.knows(2) && c.knows(3));
    const auto x = [&](std::size_t s) {
        double sum = 0;
        for (const auto v : c.voxels[s])
            sum += c.hu.grid().point(static_cast<int>(v % static_cast<std::size_t>(c.hu.grid().size().x)), 0, 0).x;
        return sum / static_cast<double>(c.voxels[s].size());
    };
    EXPECT_LT(x(2), x(3));  // LPS: the right parotid has the smaller x
}

}  // namespace
}  // namespace coutard::contouring
