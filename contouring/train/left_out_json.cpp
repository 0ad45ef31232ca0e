#include <fstream>
#include <nlohmann/json.hpp>

#include "contouring/train/training_case.hpp"
#include "engine/base/error.hpp"
#include "engine/shape/tg263.hpp"

namespace coutard::contouring {

LeftOut read_left_out(const std::filesystem::path& json) {
    std::ifstream file(json);
    validate(file.good(), "list of left-out labels: cannot read " + json.string());
    try {
        LeftOut out;
        const auto list = nlohmann::json::parse(file);
        for (const auto& [patient, entries] : list.at("patients").items())
            for (const auto& [structure, reason] : entries.items()) {
                const auto known = standard_name(structure);
                validate(known.role != Role::None, json.string() + ": " + patient + ": structure", structure,
                         "a name that TG-263 or its synonyms know");
                out[patient].insert(known.name);
            }
        return out;
    } catch (const nlohmann::json::exception& e) {
        throw InputError(json.string() + ": expected {\"patients\": {patient: {structure: reason}}}: " + e.what());
    }
}

}  // namespace coutard::contouring
