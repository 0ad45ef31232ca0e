// Our own CSV of measurements (docs/formats/measurements.md).
#include <algorithm>
#include <cmath>
#include <optional>

#include "dose/commissioning/curve_reader.hpp"

namespace coutard::dose {
namespace {

const std::vector<std::string> required{"kind",     "field_x_cm", "field_y_cm",  "ssd_cm",
                                        "depth_cm", "axis",       "position_cm", "value"};

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at <= line.size();) {
        const auto end = std::min(line.find(',', at), line.size());
        const auto words = words_of(line.substr(at, end - at));
        out.push_back(words.empty() ? "" : words.front());
        at = end + 1;
    }
    return out;
}

/// What all rows of one curve share.
struct Row {
    MeasuredCurve curve;  ///< without points
    double depth_mm = 0;
    MeasuredPoint point;
};

Row row_of(const CurveText& text, std::size_t i, const std::vector<std::string>& cell, bool with_uncertainty) {
    const auto number = [&](std::size_t column) {
        if (cell[column].empty()) text.refuse(i, required[column], "nothing", "a number");
        return text.number(i, required[column], cell[column]);
    };
    Row out;
    MeasuredCurve& c = out.curve;
    if (cell[0] == "pdd")
        c.kind = CurveKind::DepthDose;
    else if (cell[0] == "profile")
        c.kind = CurveKind::Profile;
    else if (cell[0] == "output")
        c.kind = CurveKind::Output;
    else
        text.refuse(i, "kind", "'" + cell[0] + "'", "pdd, profile or output");
    c.field_x_mm = 10 * number(1);
    c.field_y_mm = 10 * number(2);
    c.ssd_mm = 10 * number(3);
    out.point.value = number(7);
    out.point.line = static_cast<int>(i) + 1;
    if (with_uncertainty && !cell[8].empty()) out.point.uncertainty = text.number(i, "uncertainty", cell[8]);
    if (c.kind == CurveKind::DepthDose) {
        if (cell[5] != "z" && !cell[5].empty()) text.refuse(i, "axis", "'" + cell[5] + "'", "z or nothing for a pdd");
        out.point.at_mm = {0, 0, 10 * number(6)};
        return out;
    }
    out.depth_mm = 10 * number(4);
    out.point.at_mm = {0, 0, out.depth_mm};
    if (c.kind == CurveKind::Output) return out;
    static const std::string axes = "xyde";
    if (cell[5].size() != 1 || axes.find(cell[5][0]) == std::string::npos)
        text.refuse(i, "axis", "'" + cell[5] + "'", "x, y, d (x = y) or e (x = -y)");
    c.axis = cell[5][0];
    const double place = 10 * number(6), part = c.axis == 'd' || c.axis == 'e' ? std::sqrt(0.5) : 1;
    if (c.axis != 'y') out.point.at_mm.x = part * place;
    if (c.axis != 'x') out.point.at_mm.y = c.axis == 'e' ? -part * place : part * place;
    return out;
}

bool same_curve(const Row& a, const Row& b) {
    return a.curve.kind != CurveKind::Output && a.curve.kind == b.curve.kind && a.curve.axis == b.curve.axis &&
           a.curve.field_x_mm == b.curve.field_x_mm && a.curve.field_y_mm == b.curve.field_y_mm &&
           a.curve.ssd_mm == b.curve.ssd_mm && a.depth_mm == b.depth_mm;
}

}  // namespace

std::vector<MeasuredCurve> read_csv_curves(const CurveText& text) {
    std::vector<MeasuredCurve> out;
    std::optional<Row> last;
    std::optional<std::pair<std::size_t, int>> promised;  // line and rows
    std::size_t first = 0, columns = 0;
    int rows = 0;
    const auto close = [&] {
        if (last) out.push_back(checked(std::move(last->curve), text, first));
        last.reset();
    };
    for (std::size_t i = 0; i < text.lines(); ++i) {
        const std::string& line = text.line(i);
        if (line.starts_with("# rows:")) promised = {i, text.whole(i, "rows", line.substr(7))};
        if (line.empty() || line.front() == '#') continue;
        const auto cell = cells_of(line);
        if (columns == 0) {
            columns = cell.size();
            for (std::size_t k = 0; k < required.size(); ++k)
                if (k >= columns || cell[k] != required[k])
                    text.refuse(i, "column " + std::to_string(k + 1), k < columns ? "'" + cell[k] + "'" : "nothing",
                                "'" + required[k] + "'");
            if (columns > 9 || (columns == 9 && cell[8] != "uncertainty"))
                text.refuse(i, "column 9", "'" + cell[8] + "'", "'uncertainty' or nothing");
            continue;
        }
        if (cell.size() != columns)
            text.refuse(i, "columns", std::to_string(cell.size()),
                        std::to_string(columns) + ", as in the header (is the file cut short?)");
        Row row = row_of(text, i, cell, columns == 9);
        ++rows;
        if (last && same_curve(*last, row)) {
            last->curve.points.push_back(row.point);
            continue;
        }
        close();
        first = i;
        last = std::move(row);
        last->curve.points.push_back(last->point);
    }
    close();
    if (promised && promised->second != rows)
        text.refuse(promised->first, "rows", std::to_string(rows),
                    std::to_string(promised->second) + " as promised (is the file cut short?)");
    if (out.empty()) text.refuse(text.lines() - 1, "measurements", "none", "rows below the header");
    return out;
}

}  // namespace coutard::dose
