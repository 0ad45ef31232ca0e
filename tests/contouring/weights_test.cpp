// The flat weights file and the model card.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <initializer_list>
#include <limits>

#include "contouring/net/model_card.hpp"
#include "contouring/net/sha256.hpp"
#include "contouring/net/weights.hpp"
#include "engine/base/error.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::contouring {
namespace {
namespace fs = std::filesystem;

NetWeights some_weights() {
    NetWeights w{{1, 1, {1, 1}, {1, 1}, {1}, false, 0, {}}, {}};
    w.tensors.push_back({"a", {2, 3}, {0, 1, -2, 0.5F, 65504, -0.000061035156F}});
    w.tensors.push_back({"b", {1}, {3}});
    const auto rest = w.net.parameters() - 7;
    w.tensors.push_back({"rest", {rest}, std::vector<float>(static_cast<std::size_t>(rest), 0.25F)});
    return w;
}

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
void write_text(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

std::string message_of(const fs::path& file) {
    try {
        read_weights(file);
    } catch (const InputError& e) {
        return e.what();
    }
    return "";
}

TEST(Half, KnownNumbersAndEveryHalfThereAndBack) {
    EXPECT_EQ(half_from(1), 0x3C00);
    EXPECT_EQ(half_from(-2), 0xC000);
    EXPECT_EQ(half_from(65504), 0x7BFF);
    EXPECT_EQ(half_from(65520), 0x7C00);           // infinity
    EXPECT_EQ(half_from(0x1.0p-24F), 0x0001);      // smallest
    EXPECT_EQ(half_from(0x1.0p-25F), 0x0000);      // half of it: to even
    EXPECT_EQ(half_from(1 + 0x1.0p-11F), 0x3C00);  // a tie: to even
    EXPECT_EQ(half_from(1 + 3 * 0x1.0p-11F), 0x3C02);
    EXPECT_EQ(half_from(1 - 0x1.0p-13F), 0x3C00);  // carries into the exponent
    EXPECT_TRUE(std::isnan(float_from(half_from(std::nanf("")))));
    for (unsigned h = 0; h < 0x10000; ++h) {
        const float value = float_from(static_cast<std::uint16_t>(h));
        EXPECT_TRUE(std::isnan(value) || half_from(value) == h) << h;
    }
}

TEST(Weights, ComeBackAsTheyWere) {
    const test::Scratch scratch;
    for (const Precision precision : {Precision::Float32, Precision::Float16}) {
        write_weights(scratch / "w.cnet", some_weights(), precision);
        EXPECT_EQ(read_weights(scratch / "w.cnet"), some_weights());
        auto begun = some_weights();
        begun.net.starts = {0};
        begun.tensors[1] = {"b", {2}, {3, 1}};
        write_weights(scratch / "w.cnet", begun, precision);
        EXPECT_EQ(read_weights(scratch / "w.cnet"), begun);
    }
}

TEST(Weights, EveryTruncationIsRefusedByName) {
    const test::Scratch scratch;
    write_weights(scratch / "w.cnet", some_weights(), Precision::Float16);
    const std::string whole = text_of(scratch / "w.cnet");
    for (std::size_t length = 0; length < whole.size(); length += 3) {
        write_text(scratch / "cut.cnet", whole.substr(0, length));
        EXPECT_NE(message_of(scratch / "cut.cnet").find("cut.cnet"), std::string::npos) << length;
    }
    write_text(scratch / "long.cnet", whole + "x");
    EXPECT_NE(message_of(scratch / "long.cnet").find("after the last tensor"), std::string::npos);
    EXPECT_NE(message_of(scratch / "none.cnet").find("cannot be read"), std::string::npos);
}

TEST(Weights, AnotherVersionOrKindIsRefusedByName) {
    const test::Scratch scratch;
    write_weights(scratch / "w.cnet", some_weights(), Precision::Float16);
    std::string bytes = text_of(scratch / "w.cnet");
    bytes[8] = 7;
    write_text(scratch / "v7.cnet", bytes);
    EXPECT_NE(message_of(scratch / "v7.cnet").find("version: found 7, expected 1"), std::string::npos);
    bytes[0] = 'X';
    write_text(scratch / "x.cnet", bytes);
    EXPECT_NE(message_of(scratch / "x.cnet").find("not a weights file"), std::string::npos);
    bytes = text_of(scratch / "w.cnet");
    bytes.replace(bytes.find("\"shape\":[2,3]"), 13, "\"shape\":[9,9]");
    write_text(scratch / "s.cnet", bytes);
    EXPECT_NE(message_of(scratch / "s.cnet"), "");
}

TEST(Weights, ASmallFileAsksForNoLargeNetwork) {
    const test::Scratch scratch;
    auto hostile = some_weights();
    hostile.net = {32, 256, {1024, 1024, 1024}, {16, 16, 16}, {8, 8}, true, 1, {}};
    write_weights(scratch / "w.cnet", hostile, Precision::Float16);
    EXPECT_NE(message_of(scratch / "w.cnet").find("weights in the file: found"), std::string::npos)
        << message_of(scratch / "w.cnet");
}

TEST(Weights, WhatIsNotFiniteIsNeitherWrittenNorRead) {
    const test::Scratch scratch;
    auto large = some_weights();
    large.tensors[1].values[0] = 1e6F;  // infinity as float16
    EXPECT_THROW(write_weights(scratch / "w.cnet", large, Precision::Float16), OutputError);
    EXPECT_FALSE(fs::exists(scratch / "w.cnet"));
    write_weights(scratch / "w.cnet", large, Precision::Float32);
    std::string bytes = text_of(scratch / "w.cnet");
    bytes.replace(bytes.size() - 4, 4, std::string("\x00\x00\xC0\x7F", 4));  // NaN
    write_text(scratch / "nan.cnet", bytes);
    EXPECT_NE(message_of(scratch / "nan.cnet").find("tensor rest: a weight is not finite"), std::string::npos);
}

TEST(Sha256, PublishedExamples) {  // FIPS 180-4 examples
    EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Card, ComesBackAndRefusesOthers) {
    const test::Scratch scratch;
    ModelCard card;
    card.name = "toy", card.weights_file = "toy.cnet", card.weights_sha256 = sha256("x");
    card.structures = {"Brainstem", "SpinalCord"};
    card.windows = {{-160, 240}};
    card.data = {{"OpenKBP", "MIT", "Babier 2021", 169}};
    card.usual_cm3["Brainstem"] = {20, 35};
    card.usual_image["noise_HU"] = {6.5, 15};
    card.doubts["Brainstem"] = {{2, -0.5}, -0.25, 1.25};
    card.scores = {{"Brainstem", 28, 0.81, 0.5, 0.83, 3.5, 0}, {"SpinalCord", 3, 0.7, 0.6, 0.7, {}, 1}};
    write_card(scratch / "toy.json", card);
    const ModelCard back = read_card(scratch / "toy.json");
    EXPECT_EQ(back.structures, card.structures);
    EXPECT_EQ(back.windows, card.windows);
    EXPECT_EQ(back.usual_cm3, card.usual_cm3);
    EXPECT_EQ(back.usual_image, card.usual_image);
    EXPECT_EQ(back.doubts, card.doubts);
    ASSERT_EQ(back.scores.size(), 2U);
    EXPECT_DOUBLE_EQ(back.scores[0].dice, 0.81);
    EXPECT_FALSE(back.scores[1].hd95_mm.has_value());
    EXPECT_EQ(back.data[0].cases, 169);
    std::string text = text_of(scratch / "toy.json");
    text.replace(text.find("\"version\": 1"), 12, "\"version\": 9");
    write_text(scratch / "v9.json", text);
    EXPECT_THROW(read_card(scratch / "v9.json"), InputError);
    card.usual_image["noise_HU"] = {15, 6.5};
    write_card(scratch / "i.json", card);
    EXPECT_THROW(read_card(scratch / "i.json"), InputError);
    card.usual_image.clear();
    card.windows = {{240, -160}};
    write_card(scratch / "w.json", card);
    EXPECT_THROW(read_card(scratch / "w.json"), InputError);
    write_text(scratch / "no.json", "{}");
    EXPECT_THROW(read_card(scratch / "no.json"), InputError);
    card.windows = {{-160, 240}};
    for (const auto& [name, spoil] : std::initializer_list<std::pair<const char*, void (*)(ModelCard&)>>{
             {"elsewhere", [](ModelCard& c) { c.weights_file = "../toy.cnet"; }},
             {"volume",
              [](ModelCard& c) {
                  c.usual_cm3["Brainstem"] = {35, 20};
              }},
             {"twice", [](ModelCard& c) { c.structures[1] = c.structures[0]; }}}) {
        ModelCard spoilt = card;
        spoil(spoilt);
        write_card(scratch / (std::string(name) + ".json"), spoilt);
        EXPECT_THROW(read_card(scratch / (std::string(name) + ".json")), InputError) << name;
    }
    text = text_of(scratch / "toy.json");
    text.replace(text.find("48", text.find("\"block\"")), 2, "48.9");
    write_text(scratch / "part.json", text);
    EXPECT_THROW(read_card(scratch / "part.json"), InputError);
    EXPECT_THROW(read_card(scratch / "absent.json"), InputError);
}

}  // namespace
}  // namespace coutard::contouring
