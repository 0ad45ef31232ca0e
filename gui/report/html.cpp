#include <cstdio>
#include <sstream>

#include "engine/base/atomic_file.hpp"
#include "gui/report/document.hpp"
#include "gui/report/report.hpp"

namespace coutard::gui::report {
namespace {

constexpr std::string_view style = R"css(
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #eceff3; color: #1a1f2b; font: 15px/1.45 Inter, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
main { max-width: 1060px; margin: 28px auto; background: #fff; padding: 44px 56px 36px; border-radius: 6px; box-shadow: 0 1px 4px rgba(20,30,50,.12); }
header { border-bottom: 2px solid #174a7c; padding-bottom: 14px; margin-bottom: 18px; }
h1 { margin: 0; font-size: 28px; line-height: 1.2; letter-spacing: -.01em; }
.when { color: #5b6472; margin-top: 4px; }
.disclaimer { float: right; margin-left: 24px; padding: 5px 12px; border: 1px solid #b83c00; border-radius: 4px; color: #b83c00; font-weight: 600; font-size: 13px; }
h2 { margin: 34px 0 10px; font-size: 18px; color: #174a7c; }
p { margin: 8px 0; max-width: 75ch; }
.muted, figcaption, .note { color: #5b6472; }
figcaption, .note { font-size: 13px; margin-top: 6px; max-width: none; }
dl { display: grid; grid-template-columns: repeat(2, minmax(9em, max-content) 1fr); gap: 4px 18px; margin: 8px 0; }
dt { color: #5b6472; } dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; color: #5b6472; font-weight: 600; font-size: 13px; border-bottom: 1.5px solid #9aa3b0; padding: 5px 9px; vertical-align: bottom; }
td { font-variant-numeric: tabular-nums; border-bottom: 1px solid #e3e6eb; padding: 5px 9px; vertical-align: top; }
td.fixed, th.fixed { white-space: nowrap; } td.wraps { overflow-wrap: anywhere; }
.right { text-align: right; } .centre { text-align: center; }
.strong { font-weight: 600; }
.pill, .verdict { border-radius: 4px; font-weight: 600; white-space: nowrap; }
.pill { padding: 1px 8px; } .verdict { padding: 6px 14px; font-size: 16px; margin-right: 10px; display: inline-block; }
.good { color: #005fa3; background: #e3f0fa; } .bad { color: #b83c00; background: #fdece1; } .unknown { color: #565d69; background: #eef0f3; }
.swatch { display: inline-block; width: .75em; height: .75em; border-radius: 2px; margin-right: .5em; }
.notice { border-left: 4px solid; border-radius: 3px; padding: 10px 16px; margin: 16px 0; }
.notice strong { display: block; } .notice ul, .notice p { color: #1a1f2b; margin: 4px 0; }
ul { padding-left: 1.3em; margin: 8px 0; } li { margin: 3px 0; }
figure { margin: 10px 0; } figure img { width: 100%; height: auto; display: block; }
footer { margin-top: 36px; padding-top: 12px; border-top: 1px solid #d5d9e0; color: #5b6472; font-size: 13px; }
@media print { body { background: #fff; } main { box-shadow: none; margin: 0; padding: 0; max-width: none; } figure, tr { break-inside: avoid; } h2 { break-after: avoid; } }
@media (max-width: 760px) { main { padding: 24px 18px; margin: 0; border-radius: 0; } dl { grid-template-columns: minmax(7em, max-content) 1fr; } .disclaimer { float: none; display: inline-block; margin: 0 0 12px; } }
)css";

/// Names come from files: nothing of them may become markup.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
                    out += c;  // control bytes are no HTML
        }
    return out;
}

std::string base64(std::string_view data) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((data.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < data.size(); i += 3) {
        const auto byte = [&](std::size_t at) { return at < data.size() ? static_cast<unsigned char>(data[at]) : 0U; };
        const unsigned group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        for (unsigned d = 0; d < 4; ++d) out += i + d <= data.size() ? digits[group >> (18 - 6 * d) & 63] : '=';
    }
    return out;
}

std::string hex(Colour c) {
    char text[8];
    std::snprintf(text, sizeof text, "#%02x%02x%02x", c.red, c.green, c.blue);
    return text;
}

const char* tone_class(Tone tone) {
    switch (tone) {
        case Tone::Strong:
            return "strong";
        case Tone::Muted:
            return "muted";
        case Tone::Good:
            return "good";
        case Tone::Bad:
            return "bad";
        case Tone::Unknown:
            return "unknown";
        default:
            return "";
    }
}

const char* align_class(Align align) {
    return align == Align::Right ? "right" : align == Align::Centre ? "centre" : "";
}

/// Writes one block after another.
struct Writer {
    std::ostringstream& out;

    void operator()(const Heading& h) const { out << "<h2>" << escaped(h.text) << "</h2>\n"; }
    void operator()(const Paragraph& p) const {
        out << "<p class=\"" << tone_class(p.tone) << "\">" << escaped(p.text) << "</p>\n";
    }
    void operator()(const Notice& n) const {
        out << "<div class=\"notice " << tone_class(n.tone) << "\"><strong>" << escaped(n.title) << "</strong>";
        (*this)(Bullets{n.lines});
        out << "</div>\n";
    }
    void operator()(const Verdicts& v) const {
        out << "<p>";
        for (const auto& cell : v.cells)
            out << "<span class=\"verdict " << tone_class(cell.tone) << "\">" << escaped(cell.text) << "</span>";
        out << "</p>\n";
    }
    void operator()(const FactGrid& f) const {
        out << "<dl>";
        for (const auto& fact : f.facts)
            out << "<dt>" << escaped(fact.label) << "</dt><dd>" << escaped(fact.value) << "</dd>";
        out << "</dl>\n";
    }
    void operator()(const Table& t) const {
        out << "<div class=\"scroll\"><table><thead><tr>";
        for (const auto& c : t.columns)
            out << "<th class=\"" << align_class(c.align) << "\">" << escaped(c.title) << "</th>";
        out << "</tr></thead><tbody>\n";
        for (const auto& row : t.rows) {
            out << "<tr>";
            for (std::size_t c = 0; c < row.size(); ++c) write_cell(row[c], t.columns[c]);
            out << "</tr>\n";
        }
        out << "</tbody></table></div>\n";
        if (!t.note.empty()) out << "<p class=\"note\">" << escaped(t.note) << "</p>\n";
    }
    void operator()(const Picture& p) const {
        out << "<figure><img alt=\"" << escaped(p.figure.alternative) << "\" src=\"data:image/svg+xml;base64,"
            << base64(svg_of(p.figure)) << "\"><figcaption>" << escaped(p.caption) << "</figcaption></figure>\n";
    }
    void operator()(const Bullets& b) const {
        if (b.items.empty()) return;
        out << "<ul>";
        for (const auto& item : b.items) out << "<li>" << escaped(item) << "</li>";
        out << "</ul>\n";
    }

  private:
    void write_cell(const Cell& cell, const Column& column) const {
        const bool pill = cell.tone == Tone::Good || cell.tone == Tone::Bad || cell.tone == Tone::Unknown;
        out << "<td class=\"" << align_class(column.align) << (column.wraps ? " wraps" : " fixed") << "\">";
        if (cell.swatch) out << "<span class=\"swatch\" style=\"background:" << hex(*cell.swatch) << "\"></span>";
        out << "<span class=\"" << tone_class(cell.tone) << (pill ? " pill" : "") << "\">" << escaped(cell.text)
            << "</span></td>";
    }
};

}  // namespace

std::string html_of(const Report& report) {
    const Document document = compose(report);
    std::ostringstream out;
    out << "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        << "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
           "'unsafe-inline'\">\n"
        << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        << escaped(document.title) << "</title>\n<style>" << style
        << "</style></head><body><main>\n<header><div class=\"disclaimer\">" << escaped(document.disclaimer)
        << "</div><h1>" << escaped(document.title) << "</h1><div class=\"when\">" << escaped(document.subtitle)
        << "</div></header>\n";
    for (const auto& block : document.blocks) std::visit(Writer{out}, block);
    out << "<footer>" << escaped(document.disclaimer) << "</footer>\n</main></body></html>\n";
    return out.str();
}

void write_html(const std::filesystem::path& path, const Report& report) {
    write_text_atomically(path, html_of(report));
}

}  // namespace coutard::gui::report
