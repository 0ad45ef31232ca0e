#include "dose/physics/table.hpp"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <sstream>

#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> cells;
    std::string cell;
    for (char c : line) {
        if (c == ',') {
            cells.push_back(std::move(cell));
            cell.clear();
        } else if (c != '\r') {
            cell += c;
        }
    }
    cells.push_back(std::move(cell));
    return cells;
}

double number(const std::string& cell) {
    char* end = nullptr;
    const double value = std::strtod(cell.c_str(), &end);
    return end != cell.c_str() && *end == '\0' ? value : std::numeric_limits<double>::quiet_NaN();
}

/// Text of a file, plain or packed by gzip.
std::string unpacked(const std::filesystem::path& file) {
    const std::unique_ptr<gzFile_s, decltype(&gzclose)> stream(gzopen(file.c_str(), "rb"), gzclose);
    validate(stream != nullptr && !std::filesystem::is_directory(file), file.string() + ": cannot be read");
    std::string out, part(1U << 16, '\0');
    int got = 0;
    while ((got = gzread(stream.get(), part.data(), static_cast<unsigned>(part.size()))) > 0)
        out.append(part, 0, static_cast<std::size_t>(got));
    int state = Z_OK;
    gzerror(stream.get(), &state);
    validate(got == 0 && state == Z_OK, file.string() + ": is cut off or no gzip file");
    return out;
}

}  // namespace

Table::Table(const std::filesystem::path& file) : file_(file.string()) {
    std::istringstream in(unpacked(file));
    std::string line;
    validate(static_cast<bool>(std::getline(in, line)), file_ + ": is empty, expected a header line");
    names_ = split(line);
    columns_.resize(names_.size());
    cells_.resize(names_.size());
    for (int row = 2; std::getline(in, line); ++row) {
        if (line.empty()) continue;
        auto cells = split(line);
        validate(cells.size() == names_.size(), file_ + ": cells in line " + std::to_string(row), cells.size(),
                 std::to_string(names_.size()));
        for (std::size_t c = 0; c < cells.size(); ++c) {
            columns_[c].push_back(number(cells[c]));
            cells_[c].push_back(std::move(cells[c]));
        }
    }
}

bool Table::has(std::string_view name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
}

std::size_t Table::index(std::string_view name) const {
    const auto at = std::find(names_.begin(), names_.end(), name);
    validate(at != names_.end(), file_ + ": column '" + std::string(name) + "' is missing");
    return static_cast<std::size_t>(at - names_.begin());
}

const std::vector<double>& Table::column(std::string_view name) const {
    return columns_[index(name)];
}
const std::vector<double>& Table::numbers(std::string_view name) const {
    const std::size_t c = index(name);
    for (std::size_t r = 0; r < columns_[c].size(); ++r)
        validate(std::isfinite(columns_[c][r]), file_ + ": " + std::string(name) + " in row " + std::to_string(r + 1),
                 "'" + cells_[c][r] + "'", "a number");
    return columns_[c];
}
const std::vector<std::string>& Table::text(std::string_view name) const {
    return cells_[index(name)];
}

double interpolate_log_log(const std::vector<double>& xs, const std::vector<double>& ys, double x) {
    if (x <= xs.front()) return ys.front();
    if (x >= xs.back()) return ys.back();
    const auto k = static_cast<std::size_t>(std::upper_bound(xs.begin(), xs.end(), x) - xs.begin());
    if (ys[k - 1] <= 0 || ys[k] <= 0) return 0;
    const double f = std::log(x / xs[k - 1]) / std::log(xs[k] / xs[k - 1]);
    return ys[k - 1] * std::pow(ys[k] / ys[k - 1], f);
}

double interpolate_linear(const std::vector<double>& xs, const std::vector<double>& ys, double x) {
    if (x <= xs.front()) return ys.front();
    if (x >= xs.back()) return ys.back();
    const auto k = static_cast<std::size_t>(std::upper_bound(xs.begin(), xs.end(), x) - xs.begin());
    return ys[k - 1] + (ys[k] - ys[k - 1]) * (x - xs[k - 1]) / (xs[k] - xs[k - 1]);
}

}  // namespace coutard::dose
