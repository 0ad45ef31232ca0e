#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "contouring/net/model_card.hpp"
#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"

namespace coutard::contouring {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* kFormat = "coutard model card";
constexpr int kVersion = 1;

double rounded(double value) {
    return std::round(value * 1e4) / 1e4;
}

Json json_of(const OrganScore& s) {
    Json j{{"structure", s.structure},           {"patients", s.patients},
           {"dice_mean", rounded(s.dice)},       {"dice_median", rounded(s.dice_median)},
           {"dice_lowest", rounded(s.dice_low)}, {"not_found", s.not_found}};
    j["hd95_mm"] = s.hd95_mm ? Json(rounded(*s.hd95_mm)) : Json(nullptr);
    j["failures"] = s.failures;
    j["surface_dice_3mm"] = rounded(s.surface_dice_3mm), j["surface_dice_5mm"] = rounded(s.surface_dice_5mm);
    return j;
}

OrganScore score_of(const Json& j) {
    OrganScore s;
    s.structure = j.at("structure"), s.patients = j.at("patients"), s.not_found = j.at("not_found");
    s.dice = j.at("dice_mean"), s.dice_low = j.at("dice_lowest"), s.dice_median = j.at("dice_median");
    s.failures = j.value("failures", s.not_found);
    s.surface_dice_3mm = j.value("surface_dice_3mm", 0.0), s.surface_dice_5mm = j.value("surface_dice_5mm", 0.0);
    if (!j.at("hd95_mm").is_null()) s.hd95_mm = j.at("hd95_mm").get<double>();
    return s;
}

Json json_of(const ModelCard& c) {
    Json j{{"format", kFormat}, {"version", kVersion}, {"name", c.name}, {"description", c.description}};
    j["not_a_medical_device"] = true;
    j["weights"] = {{"file", c.weights_file}, {"sha256", c.weights_sha256}};
    j["structures"] = c.structures;
    j["spacing_mm"] = {c.spacing_mm.x, c.spacing_mm.y, c.spacing_mm.z};
    j["block"] = {c.block.x, c.block.y, c.block.z};
    for (const HuWindow& w : c.windows) j["windows_HU"].push_back({w.low, w.high});
    if (c.guide.kind != Guide::None) j["guide"] = {{"kind", name_of(c.guide.kind)}, {"organs", c.guide.organs}};
    if (c.nested) j["nested"] = true;
    for (const TrainingData& d : c.data)
        j["training"]["data"].push_back(
            {{"name", d.name}, {"cases", d.cases}, {"licence", d.licence}, {"citation", d.citation}});
    j["training"]["seed"] = c.seed;
    j["training"]["steps"] = c.steps;
    j["training"]["minutes"] = rounded(c.minutes);
    j["training"]["machine"] = c.machine;
    for (const auto& [name, range] : c.usual_cm3)
        j["usual_volume_cm3"][name] = {rounded(range.first), rounded(range.second)};
    for (const auto& [name, range] : c.usual_image)
        j["usual_image"][name] = {rounded(range.first), rounded(range.second)};
    for (const auto& [name, d] : c.doubts)
        j["doubts"][name] = {{"temperature", rounded(d.calibration.temperature)},
                             {"shift", rounded(d.calibration.shift)},
                             {"dice_offset", rounded(d.offset)},
                             {"dice_slope", rounded(d.slope)}};
    j["scored_on"] = c.scored_on;
    j["scores"] = Json::array();
    for (const OrganScore& s : c.scores) j["scores"].push_back(json_of(s));
    return j;
}

ModelCard card_of(const Json& j) {
    ModelCard c;
    validate(j.value("format", "") == kFormat, "format", j.value("format", "nothing"), kFormat);
    validate(j.at("version") == kVersion, "version", j.at("version").dump(),
             std::to_string(kVersion) + " (made by another release)");
    c.name = j.at("name"), c.description = j.at("description");
    c.weights_file = j.at("weights").at("file"), c.weights_sha256 = j.at("weights").at("sha256");
    j.at("structures").get_to(c.structures);
    const auto spacing = j.at("spacing_mm").get<std::array<double, 3>>();
    const auto numbers = j.at("block").get<std::array<double, 3>>();
    for (const double n : numbers)
        validate(n == std::floor(n) && n >= 4 && n <= 512, "block", n, "a whole number, 4 to 512");
    const std::array<int, 3> block{static_cast<int>(numbers[0]), static_cast<int>(numbers[1]),
                                   static_cast<int>(numbers[2])};
    c.spacing_mm = {spacing[0], spacing[1], spacing[2]}, c.block = {block[0], block[1], block[2]};
    for (const auto& w : j.at("windows_HU")) c.windows.push_back({w.at(0).get<float>(), w.at(1).get<float>()});
    if (j.contains("guide"))
        c.guide = {guide_named(j.at("guide").at("kind")), j.at("guide").at("organs").get<std::vector<std::string>>()};
    c.guide.check(c.structures);
    c.nested = j.value("nested", false);
    const Json& training = j.at("training");
    for (const auto& d : training.value("data", Json::array()))
        c.data.push_back({d.at("name"), d.at("licence"), d.at("citation"), d.at("cases")});
    c.seed = training.at("seed"), c.steps = training.at("steps"), c.minutes = training.at("minutes");
    c.machine = training.at("machine");
    const Json volumes = j.value("usual_volume_cm3", Json::object()), image = j.value("usual_image", Json::object());
    for (const auto& [name, range] : volumes.items()) {
        c.usual_cm3[name] = {range.at(0), range.at(1)};
        const auto& [low, high] = c.usual_cm3[name];
        validate(low >= 0 && low <= high, "usual_volume_cm3: " + name + ": low", low, "0 to high");
    }
    for (const auto& [name, range] : image.items()) {
        c.usual_image[name] = {range.at(0), range.at(1)};
        validate(c.usual_image[name].first <= c.usual_image[name].second, "usual_image: " + name + ": low",
                 c.usual_image[name].first, "no more than high");
    }
    const Json doubts = j.value("doubts", Json::object());
    for (const auto& [name, d] : doubts.items()) {
        const Calibration calibration{d.at("temperature"), d.value("shift", 0.0)};
        c.doubts[name] = {calibration, d.at("dice_offset"), d.at("dice_slope")};
        validate(calibration.temperature > 0, name + ": temperature", calibration.temperature, "above 0");
    }
    c.scored_on = j.value("scored_on", "");
    for (const auto& s : j.value("scores", Json::array())) c.scores.push_back(score_of(s));
    validate(!c.structures.empty() && c.structures.size() <= 16, "structures: how many", c.structures.size(),
             "1 to 16");
    for (int k = 0; k < 3; ++k)
        validate(c.spacing_mm[k] > 0.1 && c.spacing_mm[k] < 50, "spacing_mm", c.spacing_mm[k], "0.1 to 50");
    for (const HuWindow& w : c.windows) validate(w.low < w.high, "windows_HU: low", w.low, "below high");
    for (std::size_t s = 1; s < c.structures.size(); ++s)
        validate(std::find(c.structures.begin(), c.structures.begin() + static_cast<std::ptrdiff_t>(s),
                           c.structures[s]) == c.structures.begin() + static_cast<std::ptrdiff_t>(s),
                 "structures: " + c.structures[s] + " stands there twice");
    const std::filesystem::path weights = c.weights_file;
    validate(!weights.empty() && weights == weights.filename() && weights != "." && weights != "..", "weights: file",
             c.weights_file, "the name of a file beside the card");
    return c;
}

}  // namespace

ModelCard read_card(const std::filesystem::path& path) {
    std::ifstream file(path);
    validate(file.good(), "model card: cannot read " + path.string());
    try {
        return card_of(Json::parse(file));
    } catch (const Json::exception& e) {
        throw InputError("model card " + path.string() + ": " + e.what());
    } catch (const InputError& e) {
        throw InputError("model card " + path.string() + ": " + e.what());
    }
}

void write_card(const std::filesystem::path& path, const ModelCard& card) {
    write_text_atomically(path, json_of(card).dump(2) + "\n");
}

}  // namespace coutard::contouring
