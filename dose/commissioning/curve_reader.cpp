#include "dose/commissioning/curve_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "engine/base/error.hpp"

namespace coutard::dose {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

std::string text_of(double value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

std::vector<MeasuredCurve> read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    validate(in.good(), file.string() + ": cannot be read");
    const CurveText text(file.string(), std::string{std::istreambuf_iterator<char>(in), {}});
    for (std::size_t i = 0; i < text.lines(); ++i) {
        const std::string& line = text.line(i);
        if (line.starts_with("$NUMS")) return read_w2cad_curves(text);
        if (line.starts_with(":MSR")) return read_rfa300_curves(text);
        if (line.starts_with("kind,")) return read_csv_curves(text);
        if (!line.empty() && line.front() != '#')
            text.refuse(i, "format", "'" + line.substr(0, 40) + "'",
                        "CSV (kind,field_x_cm,...), W2CAD ($NUMS) or RFA300 (:MSR)");
    }
    throw InputError(file.string() + ": found no measurement, expected CSV, W2CAD or RFA300");
}

}  // namespace

std::vector<std::string> words_of(std::string_view text, std::string_view between) {
    const std::string all = std::string(blanks) + std::string(between);
    std::vector<std::string> out;
    for (std::size_t at = text.find_first_not_of(all); at != std::string_view::npos;) {
        const auto end = std::min(text.find_first_of(all, at), text.size());
        out.emplace_back(text.substr(at, end - at));
        at = text.find_first_not_of(all, end);
    }
    return out;
}

CurveText::CurveText(std::string name, std::string_view text) : name_(std::move(name)) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines_.push_back(trimmed(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

void CurveText::refuse(std::size_t i, std::string_view what, std::string_view found, std::string_view expected) const {
    std::ostringstream out;
    out << name_ << ", line " << i + 1 << ": " << what << ": found " << found << ", expected " << expected;
    throw InputError(out.str());
}

double CurveText::number(std::size_t i, std::string_view what, std::string_view text) const {
    std::string clean = trimmed(text);
    if (clean.starts_with('+')) clean.erase(0, 1);
    double value = 0;
    const auto [end, error] = std::from_chars(clean.data(), clean.data() + clean.size(), value);
    if (clean.empty() || error != std::errc{} || end != clean.data() + clean.size() || !std::isfinite(value))
        refuse(i, what, "'" + std::string(text) + "'", "a number");
    return value;
}

int CurveText::whole(std::size_t i, std::string_view what, std::string_view text) const {
    const double value = number(i, what, text);
    if (value != std::floor(value) || value < 0 || value > 1e6)
        refuse(i, what, "'" + std::string(text) + "'", "a whole number");
    return static_cast<int>(value);
}

std::vector<double> CurveText::numbers(std::size_t i, std::string_view what, std::string_view text,
                                       std::string_view between) const {
    std::vector<double> out;
    for (const auto& word : words_of(text, between)) out.push_back(number(i, what, word));
    return out;
}

double MeasuredCurve::place_mm(const MeasuredPoint& point) const {
    const Vec3& p = point.at_mm;
    switch (axis) {
        case 'x':
            return p.x;
        case 'y':
            return p.y;
        case 'd':
            return (p.x + p.y) / std::sqrt(2.0);
        case 'e':
            return (p.x - p.y) / std::sqrt(2.0);
        default:
            return p.z;
    }
}

std::string MeasuredCurve::field() const {
    return text_of(0.1 * field_x_mm) + "x" + text_of(0.1 * field_y_mm);
}

std::string MeasuredCurve::title() const {
    const std::string depth = text_of(0.1 * depth_mm());
    const std::string what = kind == CurveKind::DepthDose ? "depth dose"
                             : kind == CurveKind::Output
                                 ? "output at " + depth + " cm"
                                 : std::string("profile along ") + axis + " at " + depth + " cm";
    return what + ", " + field() + " cm, SSD " + text_of(0.1 * ssd_mm) + " cm";
}

MeasuredCurve checked(MeasuredCurve curve, const CurveText& text, std::size_t first) {
    constexpr double widest_mm = 600, smallest_field_mm = 5, largest_field_mm = 400;
    if (curve.points.empty()) text.refuse(first, "measurement", "no points", "at least one");
    for (const auto& [name, side] : {std::pair{"field x", curve.field_x_mm}, std::pair{"field y", curve.field_y_mm}})
        if (!(side >= smallest_field_mm && side <= largest_field_mm))
            text.refuse(first, name, side > 0 ? text_of(0.1 * side) + " cm" : "none", "a side of 0.5 to 40 cm");
    if (!(curve.ssd_mm >= 500 && curve.ssd_mm <= 1500))
        text.refuse(first, "SSD", curve.ssd_mm > 0 ? text_of(0.1 * curve.ssd_mm) + " cm" : "none", "50 to 150 cm");
    const std::size_t least = curve.kind == CurveKind::Output ? 1 : 3;
    if (curve.points.size() < least)
        text.refuse(first, "points of a scan", std::to_string(curve.points.size()), "at least 3");
    auto& points = curve.points;
    const double way = curve.place_mm(points.back()) - curve.place_mm(points.front());
    double most = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto& p = points[i];
        const auto line = static_cast<std::size_t>(p.line - 1);
        if (i > 0 && (curve.place_mm(p) - curve.place_mm(points[i - 1])) * way <= 0)
            text.refuse(
                line, std::string("position along ") + curve.axis,
                text_of(0.1 * curve.place_mm(p)) + " cm after " + text_of(0.1 * curve.place_mm(points[i - 1])) + " cm",
                "positions that rise or fall from point to point (are columns swapped?)");
        if (!(p.at_mm.z >= -0.01)) text.refuse(line, "depth", text_of(0.1 * p.at_mm.z) + " cm", "not negative");
        if (std::max({std::abs(p.at_mm.x), std::abs(p.at_mm.y), p.at_mm.z}) > widest_mm)
            text.refuse(line, "position",
                        text_of(0.1 * std::max({std::abs(p.at_mm.x), std::abs(p.at_mm.y), p.at_mm.z})) + " cm",
                        "at most 60 cm (are columns swapped?)");
        if (!(p.value >= 0))
            text.refuse(line, "relative dose", text_of(p.value), "not negative (are columns swapped?)");
        if (!(p.uncertainty >= 0)) text.refuse(line, "uncertainty", text_of(p.uncertainty), "not negative");
        most = std::max(most, p.value);
    }
    if (!(most > 0)) text.refuse(first, "relative doses", "none above 0", "a measured curve");
    if (way < 0) std::reverse(points.begin(), points.end());
    // a scan in field and out of it has its highest values inside: else dose and position have changed places
    if (curve.kind == CurveKind::Profile) {
        double centre = 0;
        for (const auto& p : points)
            if (std::abs(curve.place_mm(p)) < 0.3 * std::min(curve.field_x_mm, curve.field_y_mm))
                centre = std::max(centre, p.value);
        if (centre < 0.5 * most)
            text.refuse(first, "profile", "its highest values outside of the field", "a field around the axis");
    }
    curve.file = text.name();
    curve.line = static_cast<int>(first) + 1;
    return curve;
}

MeasurementSet read_measurements(const std::filesystem::path& folder) {
    validate(std::filesystem::is_directory(folder), folder.string() + ": is not a folder of measurements");
    static const std::set<std::string> endings{".csv", ".asc", ".cdp", ".dat", ".txt"};
    MeasurementSet out;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::string ending = entry.path().extension().string();
        std::transform(ending.begin(), ending.end(), ending.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (endings.contains(ending))
            files.push_back(entry.path());
        else
            out.ignored.push_back(entry.path().filename().string());
    }
    std::sort(files.begin(), files.end());
    std::sort(out.ignored.begin(), out.ignored.end());
    validate(!files.empty(),
             folder.string() + ": found no measurements, expected files .csv, .asc, .cdp, .dat or .txt");
    for (const auto& file : files) {
        auto curves = read_file(file);
        out.curves.insert(out.curves.end(), std::make_move_iterator(curves.begin()),
                          std::make_move_iterator(curves.end()));
        out.files.push_back(file.filename().string());
    }
    return out;
}

}  // namespace coutard::dose
