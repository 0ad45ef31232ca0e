#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "contouring/train/training_case.hpp"
#include "engine/base/error.hpp"
#include "engine/shape/tg263.hpp"

namespace coutard::contouring {
namespace {

namespace fs = std::filesystem;
constexpr int kMapBits = 16;

/// Bit by TG-263 name. \throws InputError not {"bits": [{"bit": 0, "structure": "Brainstem"}, ...]}
std::map<std::string, int> named_bits(const fs::path& json) {
    std::ifstream file(json);
    validate(file.good(), "names of labels: cannot read " + json.string());
    try {
        std::map<std::string, int> bits;
        const auto all = nlohmann::json::parse(file);
        for (const auto& entry : all.at("bits")) {
            const int bit = entry.at("bit");
            validate(bit >= 0 && bit < kMapBits, json.string() + ": bit", bit, "0 to 15");
            const auto name = standard_name(entry.at("structure").get<std::string>()).name;
            validate(bits.emplace(name, bit).second, json.string() + ": " + name + " stands there twice");
        }
        return bits;
    } catch (const nlohmann::json::exception& e) {
        throw InputError(json.string() +
                         ": expected {\"bits\": [{\"bit\": 0, \"structure\": \"Brainstem\"}, ...]}: " + e.what());
    }
}

}  // namespace

std::vector<int> label_bits(const fs::path& folder, const std::vector<std::string>& structures) {
    const fs::path json = folder / "labels.json";
    std::vector<int> bits;
    if (fs::exists(json)) {
        const auto named = named_bits(json);
        for (const std::string& structure : structures) {
            const auto at = named.find(standard_name(structure).name);
            bits.push_back(at == named.end() ? -1 : at->second);
        }
        return bits;
    }
    auto known = openkbp_structures();
    for (const char* target : {"PTV_5600", "PTV_6300", "PTV_7000"}) known.emplace_back(target);
    for (const std::string& structure : structures) {
        const auto at = std::find(known.begin(), known.end(), structure);
        validate(at != known.end(), folder.string() + ": no labels.json says which bit is " + structure +
                                        ", and the OpenKBP label files have none for it");
        bits.push_back(static_cast<int>(at - known.begin()));
    }
    return bits;
}

}  // namespace coutard::contouring
