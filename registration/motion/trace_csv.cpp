#include <charconv>
#include <cmath>
#include <fstream>
#include <string_view>

#include "engine/base/error.hpp"
#include "registration/motion/trace.hpp"

namespace coutard::registration {
namespace {

/// Where a complaint points to.
struct Place {
    const std::filesystem::path& file;
    std::size_t line;

    [[noreturn]] void refuse(const std::string& what) const {
        throw InputError(file.string() + ": line " + std::to_string(line) + ": " + what);
    }
};

std::vector<std::string_view> cells_of(std::string_view row) {
    if (!row.empty() && row.back() == '\r') row.remove_suffix(1);
    std::vector<std::string_view> cells;
    for (;;) {
        const auto comma = row.find(',');
        cells.push_back(row.substr(0, comma));
        if (comma == std::string_view::npos) return cells;
        row.remove_prefix(comma + 1);
    }
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string name_of_column(std::size_t column) {
    if (column == 0) return "t_s";
    return "m" + std::to_string((column - 1) / 3 + 1) + "_" + "xyz"[(column - 1) % 3] + "_mm";
}

/// Number of columns of a valid header.
std::size_t check_header(std::string_view row, const Place& place) {
    const auto cells = cells_of(row);
    for (std::size_t c = 0; c < cells.size(); ++c)
        if (trimmed(cells[c]) != name_of_column(c))
            place.refuse("column " + std::to_string(c + 1) + ": found header '" + std::string(cells[c]) +
                         "', expected '" + name_of_column(c) + "'");
    if (cells.size() < 4 || cells.size() % 3 != 1)
        place.refuse("found " + std::to_string(cells.size()) + " columns, expected t_s and x, y, z of each marker");
    return cells.size();
}

double number(std::string_view cell, std::size_t column, const Place& place) {
    auto text = trimmed(cell);
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);  // from_chars knows no plus
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        place.refuse("column " + std::to_string(column + 1) + " (" + name_of_column(column) + "): found '" +
                     std::string(cell) + "', expected a finite number");
    return value;
}

}  // namespace

BreathingTrace read_trace(const std::filesystem::path& csv) {
    std::ifstream in(csv, std::ios::binary);
    validate(in.is_open() && !std::filesystem::is_directory(csv),
             csv.string() + ": cannot be read, expected a CSV file of marker positions");
    std::string row;
    Place place{csv, 1};
    if (!std::getline(in, row)) place.refuse("empty file, expected a header 't_s,m1_x_mm,...'");
    const std::size_t columns = check_header(row, place);
    std::vector<double> t_s, position_mm;
    while (std::getline(in, row)) {
        ++place.line;
        if (trimmed(row).empty() || row == "\r") continue;
        const auto cells = cells_of(row);
        if (cells.size() != columns)
            place.refuse("found " + std::to_string(cells.size()) + " columns, expected " + std::to_string(columns));
        const double t = number(cells[0], 0, place);
        if (!t_s.empty() && t <= t_s.back())
            place.refuse("column 1 (t_s): found " + std::string(trimmed(cells[0])) +
                         " s, expected later than the line before");
        t_s.push_back(t);
        for (std::size_t c = 1; c < columns; ++c) position_mm.push_back(number(cells[c], c, place));
    }
    if (t_s.size() < 2) place.refuse("found " + std::to_string(t_s.size()) + " samples, expected at least two");
    return {std::move(t_s), std::move(position_mm), static_cast<int>((columns - 1) / 3)};
}

}  // namespace coutard::registration
