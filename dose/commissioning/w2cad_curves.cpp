// W2CAD: blocks of % keys and <x y z dose> lines between $STOM and $ENOM (docs/formats/measurements.md).
#include "dose/commissioning/scan_blocks.hpp"

namespace coutard::dose {
namespace {

constexpr BlockWords format{"%BMTY", "%PNTS", "%FLSZ", "$NUMS", "$ENOM", "$ENOF"};

struct Block {
    MeasuredCurve curve;
    BlockClaims claims;
    std::string type, axis;
    double depth_mm = -1;
};

void read_key(const CurveText& text, std::size_t i, Block& into) {
    const auto words = words_of(text.line(i));
    const std::string& key = words.front();
    const std::string rest = text.line(i).substr(key.size());
    const auto one = [&] {
        if (words.size() < 2) text.refuse(i, key, "nothing", "a value");
        return words[1];
    };
    if (key == "%TYPE") into.type = one();
    if (key == "%BMTY") into.claims.beam = one();
    if (key == "%AXIS") into.axis = one();
    if (key == "%PNTS") into.claims.points = text.whole(i, key, one());
    if (key == "%SSD") into.curve.ssd_mm = text.number(i, key, one());
    if (key == "%DPTH") into.depth_mm = text.number(i, key, one());
    if (key == "%FLSZ") {
        const auto sides = text.numbers(i, key, rest, "*");
        if (sides.size() != 2) text.refuse(i, key, "'" + rest + "'", "two sides, as 100*100 [mm]");
        into.curve.field_x_mm = sides[0];
        into.curve.field_y_mm = sides[1];
    }
}

void read_point(const CurveText& text, std::size_t i, Block& into) {
    const std::string& line = text.line(i);
    if (line.back() != '>') text.refuse(i, "point", "'" + line + "'", "<x y z dose>");
    const auto v = text.numbers(i, "point", std::string_view(line).substr(1, line.size() - 2));
    if (v.size() != 4) text.refuse(i, "point", std::to_string(v.size()) + " numbers", "x, y, z, dose");
    into.curve.points.push_back({{v[0], v[1], v[2]}, v[3], 0, static_cast<int>(i) + 1});
}

MeasuredCurve curve_of(const CurveText& text, std::size_t first, std::size_t last, Block block) {
    check_block(text, format, first, last, block.curve, block.claims);
    MeasuredCurve& c = block.curve;
    if (block.type == "OPD")
        c.kind = CurveKind::DepthDose;
    else if (block.type == "OPP" || block.type == "DPR")
        c.kind = CurveKind::Profile;
    else
        text.refuse(first, "%TYPE", block.type.empty() ? "nothing" : block.type,
                    "OPD, OPP or DPR: depth doses, profiles and diagonals of open fields");
    if (c.kind == CurveKind::DepthDose) {
        if (block.axis != "Z" && !block.axis.empty()) text.refuse(first, "%AXIS", block.axis, "Z for a depth dose");
        return checked(std::move(c), text, first);
    }
    const Vec3 way = c.points.back().at_mm - c.points.front().at_mm;
    if (block.type == "DPR" || block.axis == "D")
        c.axis = way.x * way.y < 0 ? 'e' : 'd';
    else if (block.axis == "X")
        c.axis = 'x';
    else if (block.axis == "Y")
        c.axis = 'y';
    else
        text.refuse(first, "%AXIS", block.axis.empty() ? "nothing" : block.axis, "X, Y or D for a profile");
    for (const auto& p : c.points)
        if (block.depth_mm >= 0 && std::abs(p.at_mm.z - block.depth_mm) > 1)
            text.refuse(static_cast<std::size_t>(p.line - 1), "depth z", std::to_string(p.at_mm.z),
                        std::to_string(block.depth_mm) + " mm as %DPTH says (are columns swapped?)");
    return checked(std::move(c), text, first);
}

}  // namespace

std::vector<MeasuredCurve> read_w2cad_curves(const CurveText& text) {
    std::vector<MeasuredCurve> out;
    FileEnd end;
    std::size_t first = 0;
    Block block;
    for (std::size_t i = 0; i < text.lines(); ++i) {
        const std::string& line = text.line(i);
        if (line.starts_with("$NUMS"))
            end.promised = text.whole(i, "$NUMS", line.substr(5));
        else if (line.starts_with("$STOM")) {
            if (end.inside) text.refuse(i, "$STOM", "a new measurement", "$ENOM of the one before");
            block = {};
            first = i;
            end.inside = true;
        } else if (line.starts_with("$ENOM")) {
            if (!end.inside) text.refuse(i, "$ENOM", "an end", "$STOM before it");
            out.push_back(curve_of(text, first, i, std::move(block)));
            end.inside = false;
        } else if (line.starts_with("$ENOF"))
            end.ended = true;
        else if (end.inside && line.starts_with('%'))
            read_key(text, i, block);
        else if (end.inside && line.starts_with('<'))
            read_point(text, i, block);
    }
    end.scans = out.size();
    check_end(text, format, end);
    return out;
}

}  // namespace coutard::dose
