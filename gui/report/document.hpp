#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gui/report/canvas.hpp"
#include "gui/report/report_model.hpp"

namespace coutard::gui::report {

/// A report laid out as a list of blocks: what HTML and PDF both draw.
enum class Tone { Normal, Strong, Muted, Good, Bad, Unknown };

struct Cell {
    std::string text;
    Tone tone = Tone::Normal;
    std::optional<Colour> swatch;  ///< a small square before the text
};
struct Column {
    std::string title;
    Align align = Align::Left;
    bool wraps = false;  ///< gives way when the table is too wide
};

struct Heading {
    std::string text;
};
struct Paragraph {
    std::string text;
    Tone tone = Tone::Normal;
};
/// A box that cannot be overlooked.
struct Notice {
    std::string title;
    std::vector<std::string> lines;
    Tone tone = Tone::Bad;
};
/// Short verdicts side by side: "11 pass".
struct Verdicts {
    std::vector<Cell> cells;
};
struct FactGrid {
    std::vector<Fact> facts;
};
struct Table {
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows;
    std::string note;
};
struct Picture {
    Figure figure;
    std::string caption;
    /// The same for another height limit [pt], from `least_height` on: a page gives it the room that is left.
    std::function<Figure(double)> refit = {};
    double least_height = 0;
};
struct Bullets {
    std::vector<std::string> items;
};

using Block = std::variant<Heading, Paragraph, Notice, Verdicts, FactGrid, Table, Picture, Bullets>;

struct Document {
    std::string title, subtitle, disclaimer;
    std::vector<Block> blocks;
};

/// Width of the text on a page and in HTML [pt]; figures are made for it.
inline constexpr double text_width = 515;

/// Put a report in reading order: verdict, warnings, patient, goals, histograms, isodoses, statistics,
/// plan, gamma, limits, versions; the adaptation, when there is one, comes before the goals.
Document compose(const Report& report);

}  // namespace coutard::gui::report
