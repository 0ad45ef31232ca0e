// RFA300 ASCII dump of the BDS format (docs/formats/measurements.md).
#include <cmath>

#include "dose/commissioning/scan_blocks.hpp"

namespace coutard::dose {
namespace {

constexpr BlockWords format{"%BMT", "%PTS", "%FSZ", ":MSR", ":EOM", ":EOF"};

struct Block {
    MeasuredCurve curve;
    BlockClaims claims;
    std::string scan;
};

void read_key(const CurveText& text, std::size_t i, Block& into) {
    const std::string line = text.line(i).substr(0, text.line(i).find('#'));
    const auto words = words_of(line);
    const std::string& key = words.front();
    const auto one = [&] {
        if (words.size() < 2) text.refuse(i, key, "nothing", "a value");
        return words[1];
    };
    if (key == "%SCN") into.scan = one();
    if (key == "%BMT") into.claims.beam = one();
    if (key == "%TYP" && one() != "SCN") text.refuse(i, key, one(), "SCN: scans only");
    if (key == "%PTS") into.claims.points = text.whole(i, key, one());
    if (key == "%SSD") into.curve.ssd_mm = text.number(i, key, one());
    for (const char* open : {"%WEG", "%GPO", "%CPO"})
        if (key == open && text.number(i, key, one()) != 0)
            text.refuse(i, key, one(), "0: open fields, gantry and collimator at 0");
    if (key == "%FSZ") {
        const auto sides = text.numbers(i, key, line.substr(key.size()));
        if (sides.size() != 2) text.refuse(i, key, "'" + line + "'", "two sides [mm]");
        into.curve.field_y_mm = sides[0];  // inline first, as the points
        into.curve.field_x_mm = sides[1];
    }
}

void read_point(const CurveText& text, std::size_t i, Block& into) {
    const auto v = text.numbers(i, "point", std::string_view(text.line(i)).substr(1));
    if (v.size() != 4) text.refuse(i, "point", std::to_string(v.size()) + " numbers", "x, y, z, dose");
    into.curve.points.push_back({{v[1], v[0], v[2]}, v[3], 0, static_cast<int>(i) + 1});
}

MeasuredCurve curve_of(const CurveText& text, std::size_t first, std::size_t last, Block block) {
    check_block(text, format, first, last, block.curve, block.claims);
    MeasuredCurve& c = block.curve;
    if (block.scan == "DPT")
        c.kind = CurveKind::DepthDose;
    else if (block.scan == "PRO" || block.scan == "DIA")
        c.kind = CurveKind::Profile;
    else
        text.refuse(first, "%SCN", block.scan.empty() ? "nothing" : block.scan, "DPT, PRO or DIA");
    if (c.kind == CurveKind::Profile) {
        const Vec3 way = c.points.back().at_mm - c.points.front().at_mm;
        const double x = std::abs(way.x), y = std::abs(way.y);
        if (std::max(x, y) <= std::abs(way.z))
            text.refuse(first, "profile", "a way along z", "x or y (are columns swapped?)");
        if (block.scan == "DIA")
            c.axis = way.x * way.y < 0 ? 'e' : 'd';
        else
            c.axis = x > y ? 'x' : 'y';
    }
    return checked(std::move(c), text, first);
}

}  // namespace

std::vector<MeasuredCurve> read_rfa300_curves(const CurveText& text) {
    std::vector<MeasuredCurve> out;
    FileEnd end;
    std::size_t first = 0;
    Block block;
    for (std::size_t i = 0; i < text.lines(); ++i) {
        const std::string& line = text.line(i);
        if (line.starts_with(":MSR"))
            end.promised = text.whole(i, ":MSR", line.substr(4, line.find('#') - 4));
        else if (line.starts_with(":EOM")) {
            if (!end.inside) text.refuse(i, ":EOM", "an end", "a measurement before it");
            out.push_back(curve_of(text, first, i, std::move(block)));
            end.inside = false;
        } else if (line.starts_with(":EOF"))
            end.ended = true;
        else if (line.starts_with('%') || line.starts_with('=')) {
            if (!end.inside) {
                block = {};
                first = i;
                end.inside = true;
            }
            line.front() == '%' ? read_key(text, i, block) : read_point(text, i, block);
        }
    }
    end.scans = out.size();
    check_end(text, format, end);
    return out;
}

}  // namespace coutard::dose
