#include "dose/commissioning/scan_blocks.hpp"

namespace coutard::dose {
namespace {

std::string promised_by(int count, const std::string& key) {
    return std::to_string(count) + " as " + key + " promised (is the file cut short?)";
}

}  // namespace

void check_block(const CurveText& text, const BlockWords& words, std::size_t first, std::size_t last,
                 const MeasuredCurve& curve, const BlockClaims& claims) {
    if (claims.beam != "PHO")
        text.refuse(first, words.beam, claims.beam.empty() ? "nothing" : claims.beam, "PHO: photon beams only");
    if (claims.points < 0) text.refuse(first, words.points, "nothing", "the number of points");
    if (static_cast<int>(curve.points.size()) != claims.points)
        text.refuse(last, "points", std::to_string(curve.points.size()), promised_by(claims.points, words.points));
    if (curve.field_x_mm <= 0) text.refuse(first, words.field, "nothing", "the field's size");
    if (curve.points.empty()) text.refuse(first, "points", "none", "at least one");
}

void check_end(const CurveText& text, const BlockWords& words, const FileEnd& end) {
    const std::size_t last = text.lines() - 1;
    if (end.inside)
        text.refuse(last, "measurement", "the end of the file",
                    std::string(words.end_of_scan) + " (is the file cut short?)");
    if (end.promised != static_cast<int>(end.scans))
        text.refuse(last, "measurements", std::to_string(end.scans), promised_by(end.promised, words.scans));
    if (!end.ended)
        text.refuse(last, "file", std::string("no ") + words.end_of_file,
                    std::string(words.end_of_file) + " at its end (is the file cut short?)");
}

}  // namespace coutard::dose
