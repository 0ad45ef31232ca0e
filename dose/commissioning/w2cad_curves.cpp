// W2CAD: blocks of % keys and <x y z dose> lines between $STOM and $ENOM (docs/formats/measurements.md).
#include "dose/commissioning/curve_reader.hpp"

namespace coutard::dose {
namespace {

struct Block {
    MeasuredCurve curve;
    std::string type, beam, axis;
    int promised = -1;
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
    if (key == "%BMTY") into.beam = one();
    if (key == "%AXIS") into.axis = one();
    if (key == "%PNTS") into.promised = text.whole(i, key, one());
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
    if (block.beam != "PHO")
        text.refuse(first, "%BMTY", block.beam.empty() ? "nothing" : block.beam, "PHO: photon beams only");
    MeasuredCurve& c = block.curve;
    if (block.type == "OPD")
        c.kind = CurveKind::DepthDose;
    else if (block.type == "OPP" || block.type == "DPR")
        c.kind = CurveKind::Profile;
    else
        text.refuse(first, "%TYPE", block.type.empty() ? "nothing" : block.type,
                    "OPD, OPP or DPR: depth doses, profiles and diagonals of open fields");
    if (block.promised < 0) text.refuse(first, "%PNTS", "nothing", "the number of points");
    if (static_cast<int>(c.points.size()) != block.promised)
        text.refuse(last, "points", std::to_string(c.points.size()),
                    std::to_string(block.promised) + " as %PNTS promised (is the file cut short?)");
    if (c.field_x_mm <= 0) text.refuse(first, "%FLSZ", "nothing", "the field's size");
    if (c.points.empty()) text.refuse(first, "points", "none", "at least one");
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
    int promised = -1;
    bool inside = false, ended = false;
    std::size_t first = 0;
    Block block;
    for (std::size_t i = 0; i < text.lines(); ++i) {
        const std::string& line = text.line(i);
        if (line.starts_with("$NUMS"))
            promised = text.whole(i, "$NUMS", line.substr(5));
        else if (line.starts_with("$STOM")) {
            if (inside) text.refuse(i, "$STOM", "a new measurement", "$ENOM of the one before");
            block = {};
            first = i;
            inside = true;
        } else if (line.starts_with("$ENOM")) {
            if (!inside) text.refuse(i, "$ENOM", "an end", "$STOM before it");
            out.push_back(curve_of(text, first, i, std::move(block)));
            inside = false;
        } else if (line.starts_with("$ENOF"))
            ended = true;
        else if (inside && line.starts_with('%'))
            read_key(text, i, block);
        else if (inside && line.starts_with('<'))
            read_point(text, i, block);
    }
    const std::size_t end = text.lines() - 1;
    if (inside) text.refuse(end, "measurement", "the end of the file", "$ENOM (is the file cut short?)");
    if (promised != static_cast<int>(out.size()))
        text.refuse(end, "measurements", std::to_string(out.size()),
                    std::to_string(promised) + " as $NUMS promised (is the file cut short?)");
    if (!ended) text.refuse(end, "file", "no $ENOF", "$ENOF at its end (is the file cut short?)");
    return out;
}

}  // namespace coutard::dose
