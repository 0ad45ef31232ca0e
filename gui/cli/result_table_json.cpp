#include <nlohmann/json.hpp>

#include "engine/base/version.hpp"
#include "gui/cli/result_table.hpp"

namespace coutard::gui {
namespace {

using nlohmann::ordered_json;

ordered_json value_of(const ResultCell& cell) {
    if (const auto* words = std::get_if<std::string>(&cell)) return *words;
    if (const auto* value = std::get_if<double>(&cell)) return *value;
    return nullptr;
}

}  // namespace

std::string json_of(const ResultTable& table) {
    ordered_json j = ordered_json::object();
    for (const auto& [label, value] : table.facts) j[label] = value_of(value);
    j["rows"] = ordered_json::array();
    for (const auto& row : table.rows) {
        ordered_json one = ordered_json::object();
        for (std::size_t c = 0; c < row.size(); ++c) one[table.columns[c].key] = value_of(row[c]);
        j["rows"].push_back(std::move(one));
    }
    j["notes"] = table.notes;
    j["coutard"] = std::string(version);
    j["disclaimer"] = std::string(disclaimer);
    return j.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";  // names may be broken UTF-8
}

}  // namespace coutard::gui
