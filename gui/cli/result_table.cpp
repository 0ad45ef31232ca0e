#include "gui/cli/result_table.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"

namespace coutard::gui {
namespace {

std::string number(double value, const char* format, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, format, digits, value);
    return text;
}

std::string shown(const ResultCell& cell, int digits) {
    if (const auto* words = std::get_if<std::string>(&cell)) return *words;
    if (const auto* value = std::get_if<double>(&cell)) return number(*value, "%.*f", digits);
    return "-";
}

/// Places on the terminal: UTF-8 continuation bytes take none.
std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width, bool right) {
    const std::string fill(width - std::min(width, width_of(text)), ' ');
    return right ? fill + text : text + fill;
}

std::string csv_cell(const ResultCell& cell) {
    if (const auto* value = std::get_if<double>(&cell)) return number(*value, "%.*g", 9);
    const auto* words = std::get_if<std::string>(&cell);
    if (!words || words->empty()) return "";
    // Names come from files; a spreadsheet must not take one for a formula.
    std::string text = std::string("=+-@\t\r").find(words->front()) != std::string::npos ? "'" + *words : *words;
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

}  // namespace

std::string text_of(const ResultTable& table) {
    std::string out;
    for (const auto& [label, value] : table.facts) out += label + ": " + shown(value, 3) + "\n";
    std::vector<std::size_t> widths;
    std::vector<bool> right;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        widths.push_back(width_of(table.columns[c].title));
        bool words = false;
        for (const auto& row : table.rows) {
            widths[c] = std::max(widths[c], width_of(shown(row[c], table.columns[c].digits)));
            words = words || std::holds_alternative<std::string>(row[c]);
        }
        right.push_back(!words);
    }
    const auto line = [&](const auto& text_at) {
        for (std::size_t c = 0; c < widths.size(); ++c)
            out += (c ? "  " : "") + padded(text_at(c), c + 1 == widths.size() && !right[c] ? 0 : widths[c], right[c]);
        out += "\n";
    };
    if (!table.rows.empty()) line([&](std::size_t c) { return table.columns[c].title; });
    for (const auto& row : table.rows) line([&](std::size_t c) { return shown(row[c], table.columns[c].digits); });
    for (auto note = table.notes.begin(); note != table.notes.end(); ++note)  // two images may say the same
        if (std::find(table.notes.begin(), note, *note) == note) out += "note: " + *note + "\n";
    return out;
}

std::string csv_of(const ResultTable& table) {
    std::string out;
    for (std::size_t c = 0; c < table.columns.size(); ++c) out += (c ? "," : "") + csv_cell(table.columns[c].key);
    out += "\r\n";
    for (const auto& row : table.rows) {
        for (std::size_t c = 0; c < row.size(); ++c) out += (c ? "," : "") + csv_cell(row[c]);
        out += "\r\n";
    }
    return out;
}

void show(const ResultTable& table, const std::filesystem::path& csv, const std::filesystem::path& json) {
    for (const auto& row : table.rows) expect(row.size() == table.columns.size(), "result table: one cell per column");
    if (!csv.empty()) write_text_atomically(csv, csv_of(table));
    if (!json.empty()) write_text_atomically(json, json_of(table));
    std::cout << text_of(table) << std::flush;
}

}  // namespace coutard::gui
