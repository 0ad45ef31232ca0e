// The network and its training: masked loss, bit-equal resume, NaN, a toy learnt by heart, inference.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <fstream>
#include <limits>

#include "contouring/net/label_map.hpp"
#include "contouring/net/network_contourer.hpp"
#include "contouring/net/sha256.hpp"
#include "contouring/net/unet_torch.hpp"
#include "contouring/net/weights_torch.hpp"
#include "contouring/train/loss_torch.hpp"
#include "contouring/train/trainer.hpp"
#include "tests/contouring/toy_patient.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::contouring {
namespace {
using coutard::test::toy_patient;
using coutard::test::toy_structures;

TrainConfig toy_config() {
    TrainConfig c;
    c.structures = toy_structures();
    c.windows = {{-100, 500}};
    c.net = {1, 3, {8, 16}, {1, 1}, {1}, false, 0};
    c.sampling.patch = {24, 20, 24};
    c.sampling.anywhere_share = 0;
    c.augment = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    c.learning_rate = 0.05;
    c.warmup_steps = 5;
    c.ema = 0.8;
    return c;
}

struct Toy {
    TrainConfig config;
    std::vector<TrainingCase> pool;
    PatchSampler sampler;
    explicit Toy(TrainConfig c = toy_config())
        : config(std::move(c)),
          pool{toy_patient(config.structures)},
          sampler(pool, {}, config.structures, config.sampling, config.augment, config.guide) {
        torch::set_num_threads(1);
    }
    Trainer trainer() const { return Trainer(config, sampler, "cpu", Compute::Float32); }
};

TEST(MaskedLoss, MissingLabelsHaveNoLossAndNoGradient) {
    torch::manual_seed(1);
    auto logits = torch::randn({1, 3, 4, 4, 4}).set_requires_grad(true);
    auto coarse = torch::randn({1, 3, 2, 2, 2}).set_requires_grad(true);
    const auto inside = (torch::rand({1, 3, 4, 4, 4}) > 0.5).to(torch::kFloat);
    const auto known = torch::tensor({{1.0F, 0.0F, 1.0F}});
    masked_loss({logits, coarse}, inside, known).backward();
    EXPECT_EQ(logits.grad()[0][1].abs().max().item<float>(), 0);
    EXPECT_EQ(coarse.grad()[0][1].abs().max().item<float>(), 0);
    EXPECT_GT(logits.grad()[0][0].abs().min().item<float>(), 0);
    auto other = inside.clone();
    other[0][1] = 1 - other[0][1];  // whatever stands there changes nothing
    EXPECT_EQ(masked_loss({logits, coarse}, inside, known).item<float>(),
              masked_loss({logits, coarse}, other, known).item<float>());
    EXPECT_EQ(masked_loss({logits}, inside, torch::zeros({1, 3})).item<float>(), 0);
}

TEST(MaskedLoss, PerfectIsNearZeroAndAgreesWithTheFormula) {
    auto inside = torch::zeros({1, 1, 4, 4, 4});
    inside.slice(2, 0, 2) = 1;  // 32 of 64 voxels
    const auto known = torch::ones({1, 1});
    EXPECT_LT(masked_loss({(inside - 0.5) * 100}, inside, known).item<float>(), 1e-5);
    // p = 1/2 everywhere: entropy ln 2; Dice 1 - (2 * 16 + 10) / (32 + 32 + 10)
    const double expected = 5 * std::log(2.0) + 1 - 42.0 / 74;
    EXPECT_NEAR(masked_loss({torch::zeros({1, 1, 4, 4, 4})}, inside, known).item<float>(), expected, 1e-5);
    // absent: cross-entropy alone
    EXPECT_NEAR(masked_loss({torch::zeros({1, 1, 4, 4, 4})}, torch::zeros_like(inside), known).item<float>(),
                5 * std::log(2.0), 1e-5);
}

TEST(UNet, ShapesAndCoarseHeads) {
    UNet net(NetConfig{2, 5, {4, 8, 16}, {2, 4, 2}, {1, 1}, true, 1});
    const auto image = torch::randn({2, 2, 8, 12, 16});
    const auto logits = net->forward(image, torch::kFloat);
    ASSERT_EQ(logits.size(), 2U);
    EXPECT_EQ(logits[0].sizes(), (torch::IntArrayRef{2, 5, 8, 12, 16}));
    EXPECT_EQ(logits[1].sizes(), (torch::IntArrayRef{2, 5, 4, 6, 8}));
    net->eval();
    EXPECT_EQ(net->forward(image, torch::kFloat).size(), 1U);
    EXPECT_THROW(net->forward(torch::randn({1, 2, 9, 12, 16}), torch::kFloat), ContractError);
    EXPECT_THROW(UNet(NetConfig{2, 5, {4}, {1}, {}, false, 0}), InputError);
}

TEST(UNet, HasAsManyNumbersAsItsShapeSays) {
    for (const NetConfig& shape : {NetConfig{2, 5, {4, 8, 16}, {2, 4, 2}, {1, 1}, true, 1, {}},
                                   NetConfig{3, 2, {4, 4}, {1, 3}, {2}, false, 0, {2, -1}},
                                   NetConfig{4, 3, {4, 6, 6, 8}, {2, 2, 4, 2}, {1, 2, 1}, true, 2, {1, 2, 3}}}) {
        std::int64_t numbers = 0;
        for (const auto& p : UNet(shape)->parameters()) numbers += p.numel();
        EXPECT_EQ(shape.parameters(), numbers);
    }
}

TEST(UNet, LogitsBeginFromWhatIsGiven) {
    UNet net(NetConfig{3, 2, {4, 8, 8}, {1, 1, 1}, {1, 1}, false, 1, {2, -1}});
    const torch::NoGradGuard guard;
    auto parameters = net->named_parameters();
    for (const auto& p : parameters)
        if (p.key().starts_with("head") || p.key().starts_with("bias")) p.value().zero_();
    const auto image = torch::randn({1, 3, 8, 8, 8});
    const auto logits = net->forward(image, torch::kFloat);
    EXPECT_TRUE(torch::allclose(logits[0].select(1, 0), 10 * image.select(1, 2)));
    EXPECT_EQ(logits[0].select(1, 1).abs().max().item<float>(), 0);
    EXPECT_TRUE(torch::allclose(logits[1].select(1, 0), 10 * torch::avg_pool3d(image, 2).select(1, 2), 1e-4, 1e-5));
    parameters["gain"].fill_(0.5);
    EXPECT_TRUE(torch::allclose(net->forward(image, torch::kFloat)[0].select(1, 0), 5 * image.select(1, 2)));
    EXPECT_THROW(UNet(NetConfig{3, 2, {4, 8}, {1, 1}, {1}, false, 0, {3, -1}}), InputError);
    EXPECT_THROW(UNet(NetConfig{3, 2, {4, 8}, {1, 1}, {1}, false, 0, {2}}), InputError);
}

TEST(UNet, AResidualPairThatAddsNothingPassesItsInput) {
    torch::manual_seed(4);
    const torch::NoGradGuard guard;
    ConvBlock block(3, 3, 4, true);
    auto parameters = block->named_parameters();
    parameters["scale1"].zero_(), parameters["scale3"].zero_();
    const auto x = torch::rand({1, 3, 4, 4, 4});
    EXPECT_TRUE(torch::equal(block->forward(x), x));
    parameters["scale1"].fill_(1);
    EXPECT_GT((block->forward(x) - x).abs().max().item<float>(), 0.1);
    ConvBlock wider(3, 5, 2, true);
    EXPECT_TRUE(wider->named_parameters().contains("project"));
    EXPECT_THROW(ConvBlock(3, 3, 3, true), ContractError);
    EXPECT_THROW(UNet(NetConfig{2, 5, {4, 8}, {1, 2}, {1}, true, 0}), InputError);
}

TEST(UNet, BFloat16SaysNearlyTheSame) {
    torch::manual_seed(3);
    UNet net(NetConfig{1, 3, {8, 16}, {1, 1}, {1}, false, 0});
    net->eval();
    const torch::NoGradGuard guard;
    const auto image = torch::randn({1, 1, 16, 16, 16});
    const auto exact = net->forward(image, torch::kFloat)[0], quick = net->forward(image, torch::kBFloat16)[0];
    EXPECT_LT((exact - quick).abs().max().item<float>(), 0.05);
}

TEST(Trainer, LearnsAToyByHeart) {
    Toy toy;
    auto trainer = toy.trainer();
    const double first = trainer.step(0);
    double last = first;
    for (int k = 1; k < 80; ++k) last = trainer.step(k / 80.0);
    EXPECT_LT(last, 0.35 * first);
}

TEST(Trainer, ResumeRepeatsAnUnbrokenRunBitForBit) {
    const test::Scratch scratch;
    auto config = toy_config();
    config.augment = {};  // with all its randomness
    Toy toy(config);
    auto unbroken = toy.trainer();
    for (int k = 0; k < 4; ++k) unbroken.step(k / 8.0);
    unbroken.save(scratch / "c.pt");
    double expected = 0;
    for (int k = 4; k < 8; ++k) expected = unbroken.step(k / 8.0);
    auto resumed = toy.trainer();
    resumed.load(scratch / "c.pt");
    EXPECT_EQ(resumed.steps_done(), 4);
    double found = 0;
    for (int k = 4; k < 8; ++k) found = resumed.step(k / 8.0);
    EXPECT_EQ(found, expected);
    EXPECT_EQ(resumed.weights(), unbroken.weights());
    EXPECT_EQ(resumed.averaged_weights(), unbroken.averaged_weights());
    std::filesystem::resize_file(scratch / "c.pt", 1000);
    EXPECT_THROW(resumed.load(scratch / "c.pt"), InputError);
    EXPECT_THROW(resumed.load(scratch / "absent.pt"), InputError);
}

TEST(Trainer, StartsFromGivenWeights) {
    Toy toy;
    auto first = toy.trainer(), second = toy.trainer();
    for (int k = 0; k < 3; ++k) first.step(0);
    second.start_from(first.averaged_weights());
    EXPECT_EQ(second.averaged_weights(), first.averaged_weights());
    EXPECT_EQ(second.weights(), first.averaged_weights());
    auto guided = toy_config();
    guided.guide.input.kind = Guide::Prior, guided.net.inputs = 4, guided.net.starts = {1, 2, 3};
    const Toy with_prior(guided);
    auto fourth = with_prior.trainer();
    fourth.start_from(first.weights());  // the same answer until the prior is learnt to weigh something
    const auto narrow = first.weights(), wide = fourth.weights();
    for (const WeightTensor& tensor : narrow.tensors) {
        const auto same = std::find_if(wide.tensors.begin(), wide.tensors.end(),
                                       [&](const WeightTensor& t) { return t.name == tensor.name; });
        ASSERT_NE(same, wide.tensors.end());
        if (tensor.name == "head0" || tensor.name == "bias0") {  // the prior decides at first
            for (std::size_t v = 0; v < tensor.values.size(); ++v)
                EXPECT_FLOAT_EQ(same->values[v], 0.1F * tensor.values[v]);
            continue;
        }
        if (tensor.name != "down0.weight0") {
            EXPECT_EQ(tensor, *same);
            continue;
        }
        const auto& few = tensor.values;
        const auto& many = same->values;  // shape (8, 4, 3, 3, 3): 27 of each 108 are the image's
        for (std::size_t v = 0; v < many.size(); ++v)
            ASSERT_EQ(many[v], v % 108 < 27 ? few[v / 108 * 27 + v % 108] : 0);
    }
    EXPECT_THROW(toy.trainer().start_from(wide), InputError);  // fewer inputs
    auto twice = first.weights();
    twice.tensors[1] = twice.tensors[0];
    auto empty = toy.trainer();
    EXPECT_THROW(empty.start_from(twice), InputError);
    UNet net(twice.net);
    EXPECT_THROW(load_weights(*net, twice), InputError);  // the one left out would stay at random
    auto bent = first.weights();
    bent.tensors[0].shape = {static_cast<std::int64_t>(bent.tensors[0].values.size())};
    EXPECT_THROW(with_prior.trainer().start_from(bent), InputError);
    auto other = toy_config();
    other.net.channels = {8, 8};
    Toy elsewhere(other);
    auto third = elsewhere.trainer();
    EXPECT_THROW(third.start_from(first.weights()), InputError);
}

TEST(Trainer, StopsAtNaNAndKeepsItsWeights) {
    const test::Scratch scratch;
    Toy good;
    auto trainer = good.trainer();
    trainer.step(0);
    trainer.save(scratch / "c.pt");
    auto config = toy_config();
    config.windows = {{-std::numeric_limits<float>::infinity(), 240}};  // every voxel becomes inf / inf
    Toy bad(config);
    auto sick = bad.trainer();
    sick.load(scratch / "c.pt");
    EXPECT_THROW(sick.step(0), TrainingDiverged);
    EXPECT_EQ(sick.steps_done(), 1);
    EXPECT_EQ(sick.weights(), trainer.weights());
}

/// The weights of a toy network with its card in a folder.
void write_model(const test::Scratch& scratch, const Trainer& trainer, const TrainConfig& config) {
    write_weights(scratch / "toy.cnet", trainer.averaged_weights(), Precision::Float16);
    ModelCard card;
    card.name = "toy", card.weights_file = "toy.cnet", card.weights_sha256 = sha256_of_file(scratch / "toy.cnet");
    card.structures = config.structures, card.windows = config.windows, card.block = config.sampling.patch;
    card.guide = config.guide.input, card.nested = config.nested;
    write_card(scratch / "toy.json", card);
}

/// A trained toy network with its card in a folder.
std::filesystem::path toy_model(const test::Scratch& scratch, int steps, const TrainConfig& config = toy_config()) {
    Toy toy(config);
    auto trainer = toy.trainer();
    for (int k = 0; k < steps; ++k) trainer.step(static_cast<double>(k) / steps);
    write_model(scratch, trainer, config);
    return scratch / "toy.json";
}

CtImage toy_ct() {
    const auto c = toy_patient(toy_structures());
    CtImage ct;
    ct.hu = Volume<float>(c.hu.grid(), std::vector<float>(c.hu.values().begin(), c.hu.values().end()));
    return ct;
}

double dice(const Mask& drawn, int structure) {
    const auto truth = toy_patient(toy_structures());
    double both = 0, sum = 0;
    for (std::size_t v = 0; v < truth.labels.count(); ++v) {
        const bool a = (truth.labels[v] >> structure & 1) != 0, b = inside(drawn, v);
        both += a && b ? 2 : 0, sum += (a ? 1 : 0) + (b ? 1 : 0);
    }
    return both / sum;
}

bool says(const std::vector<std::string>& warnings, const std::string& words) {
    return std::any_of(warnings.begin(), warnings.end(),
                       [&](const std::string& w) { return w.find(words) != std::string::npos; });
}

TEST(NetworkContourer, DrawsTheToyWhereItIs) {
    const test::Scratch scratch;
    const auto card = toy_model(scratch, 150);
    const NetworkContourer model(card, {"cpu", 1, Compute::Float32, Quality::Fast});
    const auto proposal = model.contour(toy_ct(), {}, {});
    ASSERT_EQ(proposal.masks.size(), 4U);
    EXPECT_EQ(proposal.masks[3].name, "External");  // by rule, not by the network
    ASSERT_EQ(proposal.structures.structures.size(), 4U);
    for (std::size_t s = 0; s < 3; ++s) {
        EXPECT_GT(dice(proposal.masks[s].mask, static_cast<int>(s)), 0.8) << toy_structures()[s];
        EXPECT_FALSE(proposal.structures.structures[s].contours.empty());
    }
    EXPECT_TRUE(proposal.warnings.empty());
    EXPECT_EQ(model.contour(toy_ct(), {{"Ball"}, {}}, {}).masks.size(), 1U);
    EXPECT_EQ(model.contour(toy_ct(), {{"External"}, {}}, {}).masks.size(), 1U);
    EXPECT_THROW(model.contour(toy_ct(), {{"Heart"}, {}}, {}), InputError);
    Chances raw;
    model.masks(toy_ct().hu, {}, {}, &raw);
    const auto bits = model.uncertainty(raw, {}, toy_ct().hu.grid());
    const float most = *std::max_element(bits.values().begin(), bits.values().end());
    EXPECT_LE(most, 1);
    EXPECT_GT(most, 0.5);  // every surface has a voxel that is nearly undecided
    const auto of_ball = model.uncertainty(raw, {{"Ball"}, {}}, toy_ct().hu.grid());
    EXPECT_FALSE(std::ranges::equal(of_ball.values(), bits.values()));
    ContourRequest pointed;
    pointed.points_mm.push_back({});
    EXPECT_THROW(model.contour(toy_ct(), pointed, {}), InputError);  // takes none
    CtImage air = toy_ct();
    for (float& hu : air.hu.values()) hu = -1000;
    EXPECT_THROW(model.contour(air, {{"External"}, {}}, {}), InputError);
}

TEST(NetworkContourer, TheMirroredAnswerKeepsTheSides) {
    const test::Scratch scratch;
    auto config = toy_config();
    config.augment.mirror_share = 0.5;  // a network that knows both
    const NetworkContourer model(toy_model(scratch, 200, config), {"cpu", 1, Compute::Float32, Quality::Best});
    const auto drawn = model.masks(toy_ct().hu, {}, {});
    ASSERT_EQ(drawn.masks.size(), 3U);
    for (int s = 0; s < 3; ++s)
        EXPECT_GT(dice(drawn.masks[static_cast<std::size_t>(s)].mask, s), 0.7)
            << toy_structures()[static_cast<std::size_t>(s)];
}

TEST(NetworkContourer, APriorKeepsWholeWhatItMeetsAndDropsTheRest) {
    const test::Scratch scratch;
    const NetworkContourer model(toy_model(scratch, 150), {"cpu", 1, Compute::Float32, Quality::Fast});
    const auto ct = toy_ct();
    const auto one_voxel = [&](const Vec3& point_mm) {
        Mask mask(ct.hu.grid());
        const Vec3 at = ct.hu.grid().index(point_mm);
        mask.at(static_cast<int>(std::lround(at.x)), static_cast<int>(std::lround(at.y)),
                static_cast<int>(std::lround(at.z))) = 255;
        return mask;
    };
    const auto without = model.masks(ct.hu, {{"Ball"}, {}}, {});
    // 34 mm below the ball's middle: the box grown by 30 mm ends inside the ball, which stays whole
    const auto near = model.masks(ct.hu, {{"Ball"}, {{{"Ball", one_voxel({0, 0, -34})}}}}, {});
    EXPECT_GT(dice(near.masks[0].mask, 0), 0.8);
    for (std::size_t v = 0; v < ct.hu.count(); ++v) ASSERT_EQ(near.masks[0].mask[v], without.masks[0].mask[v]);
    EXPECT_TRUE(says(near.warnings, "overlaps little"));
    const auto far =
        model.masks(ct.hu, {{"Ball"}, {{{"Ball", one_voxel({46, 38, 34})}, {"PTV_7000", one_voxel({0, 0, 0})}}}}, {});
    EXPECT_TRUE(says(far.warnings, "Ball: not found"));
    EXPECT_TRUE(says(far.warnings, "far from the prior contour were left out"));
    EXPECT_TRUE(says(far.warnings, "this model does not draw PTV_7000"));
}

TEST(NetworkContourer, AGuidedModelSeesWhatIsGiven) {
    const test::Scratch scratch;
    auto config = toy_config();
    config.guide.input.kind = Guide::Prior;
    config.guide.prior.none_share = config.guide.prior.absent_share = 0;
    config.guide.prior.wobble = {0, 0, 0, 0, 40, 0};
    config.net.inputs = 4, config.net.starts = {1, 2, 3};
    config.augment.hu_shift = 300;  // the image says little, yesterday's contour all
    const NetworkContourer model(toy_model(scratch, 120, config), {"cpu", 1, Compute::Float32, Quality::Fast});
    const auto truth = toy_patient(toy_structures());
    ContourRequest request;
    request.prior.emplace();
    for (std::size_t s = 0; s < 3; ++s) {
        Mask mask(truth.hu.grid());
        for (const std::uint32_t v : truth.voxels[s]) mask[v] = 255;
        request.prior->push_back({toy_structures()[s], mask});
    }
    const auto with = model.masks(toy_ct().hu, request, {}), without = model.masks(toy_ct().hu, {}, {});
    for (std::size_t s = 0; s < 3; ++s) {
        EXPECT_GT(dice(with.masks[s].mask, static_cast<int>(s)), 0.8) << toy_structures()[s];
        EXPECT_LT(dice(without.masks[s].mask, static_cast<int>(s)), dice(with.masks[s].mask, static_cast<int>(s)) - 0.2)
            << toy_structures()[s];
    }
    const Size3 n = truth.hu.grid().size();
    Mask moved(truth.hu.grid());
    for (int k = 2; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) moved.at(i, j, k) = (*request.prior)[0].mask.at(i, j, k - 2);
    request.prior = {{"Ball", moved}};
    const auto followed = model.masks(toy_ct().hu, request, {});
    double both = 0, sum = 0;
    for (std::size_t v = 0; v < moved.count(); ++v) {
        both += inside(moved, v) && inside(followed.masks[0].mask, v);
        sum += inside(moved, v) + inside(followed.masks[0].mask, v);
    }
    EXPECT_GT(2 * both / sum, 0.8);
}

TEST(NetworkContourer, NestedStructuresAreDrawnWithoutThoseBefore) {
    const test::Scratch scratch;
    auto config = toy_config();
    config.nested = true;
    std::vector<TrainingCase> pool{toy_patient(config.structures)};
    nest(pool[0], 3);
    const PatchSampler sampler(pool, {}, config.structures, config.sampling, config.augment);
    torch::set_num_threads(1);
    Trainer trainer(config, sampler, "cpu", Compute::Float32);
    for (int k = 0; k < 150; ++k) trainer.step(k / 150.0);
    write_model(scratch, trainer, config);
    const NetworkContourer model(scratch / "toy.json", {"cpu", 1, Compute::Float32, Quality::Fast});
    const auto drawn = model.masks(toy_ct().hu, {}, {});
    for (std::size_t s = 0; s < 3; ++s)
        EXPECT_GT(dice(drawn.masks[s].mask, static_cast<int>(s)), 0.7) << toy_structures()[s];
    for (std::size_t v = 0; v < toy_ct().hu.count(); ++v)
        ASSERT_LE(int(inside(drawn.masks[0].mask, v)) + int(inside(drawn.masks[1].mask, v)) +
                      int(inside(drawn.masks[2].mask, v)),
                  1);
}

TEST(NetworkContourer, RefusesAnAnswerThatIsNotFinite) {
    const test::Scratch scratch;
    const auto file = toy_model(scratch, 1);
    auto weights = read_weights(scratch / "toy.cnet");
    for (auto& tensor : weights.tensors)
        for (float& v : tensor.values) v = 1e38F;  // finite each, infinite together
    write_weights(scratch / "toy.cnet", weights, Precision::Float32);
    auto card = read_card(file);
    card.weights_sha256 = sha256_of_file(scratch / "toy.cnet");
    write_card(file, card);
    const NetworkContourer model(file, {"cpu", 1, Compute::Float32, Quality::Fast});
    EXPECT_THROW(model.masks(toy_ct().hu, {}, {}), InputError);
}

TEST(LabelMap, HoldsWhatWasDrawnAndSaysWhatWasNot) {
    const Grid grid({3, 1, 1}, {}, {10, 10, 10});
    ContourProposal proposal;
    Mask organ(grid);
    organ[1] = 255;
    proposal.masks = {{"Cube_R", organ}, {"Ball", Mask(grid)}, {"External", Mask(grid, 255)}};
    const auto bits = label_map(toy_structures(), proposal);
    EXPECT_EQ(bits[1], 4);
    EXPECT_EQ(bits[0], 0);
    const auto text = label_map_json(toy_structures(), proposal);
    const auto drawn = [&](const std::string& structure) {
        const auto at = text.find("\"drawn\"", text.find("\"structure\": \"" + structure));
        return text.substr(at + 9, 4);
    };
    EXPECT_EQ(drawn("Cube_R"), "true");
    EXPECT_EQ(drawn("Ball"), "fals");    // asked for, not found: volume 0
    EXPECT_EQ(drawn("Cube_L"), "fals");  // not asked for: no volume
    EXPECT_NE(text.find("\"Ball\": 0"), std::string::npos);
    EXPECT_EQ(text.find("\"Cube_L\": "), std::string::npos);
    proposal.masks.erase(proposal.masks.begin(), proposal.masks.begin() + 2);
    EXPECT_THROW(label_map(toy_structures(), proposal), InputError);
    EXPECT_THROW(label_map(toy_structures(), {}), InputError);
}

TEST(NetworkContourer, RefusesWeightsThatAreNotTheCards) {
    const test::Scratch scratch;
    const auto card = toy_model(scratch, 1);
    const auto complaint = [&] {
        try {
            open_contourer(card);
        } catch (const InputError& e) {
            return std::string(e.what());
        }
        return std::string();
    };
    auto other = read_card(card);
    other.block.x += 1;
    write_card(card, other);
    EXPECT_NE(complaint().find("block: found 25, expected a multiple of 2"), std::string::npos);
    other.block.x -= 1;
    write_card(card, other);
    EXPECT_EQ(complaint(), "");
    const auto size = std::filesystem::file_size(scratch / "toy.cnet");
    {
        std::fstream file(scratch / "toy.cnet", std::ios::binary | std::ios::in | std::ios::out);
        file.seekg(static_cast<std::streamoff>(size) - 2);  // low byte of the last half: still a good number
        const char byte = static_cast<char>(file.get() ^ 1);
        file.seekp(static_cast<std::streamoff>(size) - 2);
        file.put(byte);
    }
    EXPECT_NE(complaint().find("SHA-256 differs"), std::string::npos);
    std::filesystem::resize_file(scratch / "toy.cnet", 500);
    EXPECT_NE(complaint().find("truncated"), std::string::npos);
    other.weights_file = "absent.cnet";
    write_card(card, other);
    EXPECT_THROW(open_contourer(card), InputError);
    EXPECT_THROW(open_contourer(scratch / "absent.json"), InputError);
    EXPECT_THROW(find_card(scratch.path(), "absent"), InputError);
    EXPECT_THROW(open_contourer(card, {"abacus", 1, Compute::Auto, Quality::Fast}), InputError);
}

}  // namespace
}  // namespace coutard::contouring
