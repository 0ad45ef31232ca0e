#include "gui/report/table_layout.hpp"

#include <algorithm>
#include <numeric>

namespace coutard::gui::report {
namespace {

double sum(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

double natural_width(const Canvas& canvas, const Table& table, std::size_t column, const TextStyle& head,
                     const TextStyle& body) {
    double most = canvas.measure(table.columns[column].title, head).width;
    for (const auto& row : table.rows) {
        auto style = body;
        style.bold = row[column].tone != Tone::Normal && row[column].tone != Tone::Muted;
        const double extra = row[column].swatch ? 11 : row[column].tone >= Tone::Good ? 8 : 0;
        most = std::max(most, canvas.measure(row[column].text, style).width + extra);
    }
    return most;
}

}  // namespace

std::vector<double> column_widths(const Canvas& canvas, const Table& table, double width, const TextStyle& head,
                                  const TextStyle& body, double padding) {
    std::vector<double> widths;
    std::vector<std::size_t> wrapping;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        widths.push_back(natural_width(canvas, table, c, head, body) + 2 * padding + 0.5);
        if (table.columns[c].wraps) wrapping.push_back(c);
    }
    const double spare = width - sum(widths);
    if (spare >= 0) {  // the last wrapping column takes the room, else all do
        if (!wrapping.empty())
            widths[wrapping.back()] += spare;
        else
            for (double& w : widths) w += spare / static_cast<double>(widths.size());
        return widths;
    }
    double wrapped = 0, least = 0;
    for (const auto c : wrapping) wrapped += widths[c], least += std::min(widths[c], 44.0);
    const double target = std::max(wrapped + spare, least);
    for (const auto c : wrapping) widths[c] = std::max(std::min(widths[c], 44.0), widths[c] * target / wrapped);
    const double over = width / sum(widths);
    if (over < 1)
        for (double& w : widths) w *= over;
    return widths;
}

}  // namespace coutard::gui::report
