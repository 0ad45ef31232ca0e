#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace coutard::gui {

/// One table of figures, shown on the terminal and written as CSV and JSON from the same values.
struct ResultColumn {
    std::string key;    ///< in JSON and CSV, with its unit: "mean_Gy"
    std::string title;  ///< on the terminal: "Dmean [Gy]"
    int digits = 2;     ///< after the point on the terminal; files keep nine significant figures
};
/// Nothing, words or a number; nothing reads "-" on the terminal, is empty in CSV and null in JSON.
using ResultCell = std::variant<std::monostate, std::string, double>;

struct ResultTable {
    std::vector<ResultColumn> columns;
    std::vector<std::vector<ResultCell>> rows;
    /// What the figures hold for (files, criteria, summary): above the table and at the top of the JSON.
    std::vector<std::pair<std::string, ResultCell>> facts;
    std::vector<std::string> notes;  ///< what a reader must know
};

inline ResultCell cell(std::optional<double> value) {
    return value ? ResultCell(*value) : ResultCell();
}

std::string text_of(const ResultTable& table);
std::string csv_of(const ResultTable& table);   ///< RFC 4180; cells that a spreadsheet would run are quoted with '
std::string json_of(const ResultTable& table);  ///< {facts..., "rows": [{...}], "notes": [...]}

/// Print the table; write the files whose names are not empty. \throws OutputError
void show(const ResultTable& table, const std::filesystem::path& csv, const std::filesystem::path& json);

}  // namespace coutard::gui
