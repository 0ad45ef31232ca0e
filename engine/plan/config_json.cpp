#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/base/error.hpp"
#include "engine/plan/config.hpp"

namespace coutard {
namespace {

using nlohmann::json;

std::string shown(const json& value) {
    const std::string text = value.dump();
    return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

std::string shown(Range range) {
    std::ostringstream text;
    text << "a number from " << range.low << " to " << range.high;
    return text.str();
}

}  // namespace

struct Config::Node {
    std::shared_ptr<const json> whole;  // keeps the tree alive
    const json* at = nullptr;
    std::string file, path;

    const json* find(std::string_view key) const {
        const auto it = at->find(std::string(key));
        return it == at->end() ? nullptr : &*it;
    }
    std::string name(std::string_view key) const {
        return path.empty() ? std::string(key) : path + "." + std::string(key);
    }
};

Config Config::read(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) throw InputError(file.string() + ": cannot be opened, expected a JSON file");
    std::ostringstream text;
    text << in.rdbuf();
    return parse(text.str(), file.string());
}

Config Config::parse(std::string_view text, const std::string& name) {
    auto node = std::make_shared<Node>();
    try {
        node->whole = std::make_shared<const json>(json::parse(text));
    } catch (const json::parse_error& problem) {
        throw InputError(name + ": not JSON: " + problem.what());
    }
    node->at = node->whole.get();
    node->file = name;
    if (!node->at->is_object()) throw InputError(name + ": found " + shown(*node->at) + ", expected a JSON object");
    return Config(node);
}

void Config::refuse(std::string_view key, std::string_view found, std::string_view expected) const {
    throw InputError(node_->file + ": " + node_->name(key) + ": found " + std::string(found) + ", expected " +
                     std::string(expected));
}

void Config::only(std::initializer_list<std::string_view> keys) const {
    std::string known;
    for (const auto key : keys) known += (known.empty() ? "" : ", ") + std::string(key);
    for (const auto& [key, value] : node_->at->items()) {
        if (key == "note" || std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
        refuse(key, "an unknown key", "one of " + known);
    }
}

bool Config::has(std::string_view key) const {
    return node_->find(key) != nullptr;
}

double Config::number(std::string_view key, Range range) const {
    const json* value = node_->find(key);
    if (!value) refuse(key, "nothing", shown(range));
    if (!value->is_number()) refuse(key, shown(*value), shown(range));
    const double number = value->get<double>();
    if (!(number >= range.low && number <= range.high)) refuse(key, shown(*value), shown(range));
    return number;
}

double Config::number_or(std::string_view key, double otherwise, Range range) const {
    return has(key) ? number(key, range) : otherwise;
}

int Config::integer(std::string_view key, Range range) const {
    const double value = number(key, range);
    if (value != static_cast<int>(value)) refuse(key, shown(*node_->find(key)), "a whole number");
    return static_cast<int>(value);
}

int Config::integer_or(std::string_view key, int otherwise, Range range) const {
    return has(key) ? integer(key, range) : otherwise;
}

bool Config::flag_or(std::string_view key, bool otherwise) const {
    const json* value = node_->find(key);
    if (!value) return otherwise;
    if (!value->is_boolean()) refuse(key, shown(*value), "true or false");
    return value->get<bool>();
}

std::string Config::text(std::string_view key) const {
    const json* value = node_->find(key);
    if (!value) refuse(key, "nothing", "a text");
    if (!value->is_string() || value->get<std::string>().empty())
        refuse(key, shown(*value), "a text that is not empty");
    return value->get<std::string>();
}

std::string Config::text_or(std::string_view key, std::string otherwise) const {
    return has(key) ? text(key) : std::move(otherwise);
}

std::vector<double> Config::numbers(std::string_view key, Range range) const {
    const json* value = node_->find(key);
    if (!value) refuse(key, "nothing", "a list of numbers");
    if (!value->is_array()) refuse(key, shown(*value), "a list of numbers");
    std::vector<double> result;
    for (const auto& one : *value) {
        if (!one.is_number() || !(one.get<double>() >= range.low && one.get<double>() <= range.high))
            refuse(std::string(key) + "[" + std::to_string(result.size()) + "]", shown(one), shown(range));
        result.push_back(one.get<double>());
    }
    return result;
}

std::vector<std::string> Config::texts_or_none(std::string_view key) const {
    std::vector<std::string> result;
    const json* value = node_->find(key);
    if (!value) return result;
    if (!value->is_array()) refuse(key, shown(*value), "a list of texts");
    for (const auto& one : *value) {
        if (!one.is_string())
            refuse(std::string(key) + "[" + std::to_string(result.size()) + "]", shown(one), "a text");
        result.push_back(one.get<std::string>());
    }
    return result;
}

Config Config::object(std::string_view key) const {
    const json* value = node_->find(key);
    if (!value) refuse(key, "nothing", "an object");
    if (!value->is_object()) refuse(key, shown(*value), "an object");
    return Config(std::make_shared<const Node>(Node{node_->whole, value, node_->file, node_->name(key)}));
}

std::vector<Config> Config::list(std::string_view key) const {
    const json* value = node_->find(key);
    if (!value) refuse(key, "nothing", "a list of objects");
    if (!value->is_array()) refuse(key, shown(*value), "a list of objects");
    std::vector<Config> result;
    for (const auto& one : *value) {
        const std::string name = std::string(key) + "[" + std::to_string(result.size()) + "]";
        if (!one.is_object()) refuse(name, shown(one), "an object");
        result.push_back(
            Config(std::make_shared<const Node>(Node{node_->whole, &one, node_->file, node_->name(name)})));
    }
    return result;
}

std::vector<Config> Config::list_or_none(std::string_view key) const {
    return has(key) ? list(key) : std::vector<Config>{};
}

}  // namespace coutard
