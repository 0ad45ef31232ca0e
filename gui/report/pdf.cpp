#include <cairo-pdf.h>

#include <algorithm>
#include <memory>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "engine/base/version.hpp"
#include "gui/report/document.hpp"
#include "gui/report/report.hpp"
#include "gui/report/table_layout.hpp"

namespace coutard::gui::report {
namespace {

constexpr double page_width = 595.28, page_height = 841.89;  // A4
constexpr double left = (page_width - text_width) / 2, top = 52, bottom = 790;

const TextStyle body{8.5, false, ink, Align::Left, 0};
const TextStyle small{7.5, false, muted, Align::Left, 0};
const TextStyle table_text{7.5, false, ink, Align::Left, 0, true};
const TextStyle table_head{7, true, muted, Align::Left, 0};

TextStyle with(TextStyle style, double width, Align align = Align::Left) {
    style.width = width;
    style.align = align;
    return style;
}

struct ToneColours {
    Colour text, tint;
};
ToneColours colours_of(Tone tone) {
    switch (tone) {
        case Tone::Good:
            return {pass, pass_tint};
        case Tone::Bad:
            return {fail, fail_tint};
        case Tone::Unknown:
            return {unknown, unknown_tint};
        case Tone::Muted:
            return {muted, paper};
        default:
            return {ink, paper};
    }
}

/// Fills pages from the top; every block asks for room before it draws.
class Pages {
  public:
    Pages(cairo_t* cairo, const Document& document, int total)
        : cairo_(cairo), canvas_(cairo), document_(document), total_(total) {
        begin_page();
        canvas_.text({left, y_}, document.title, {21, true, ink, Align::Left, text_width - 190});
        const Extent words = canvas_.measure(document.disclaimer, with({7.5, true, fail, Align::Left, 0}, 150));
        canvas_.fill({left + text_width - 166, y_ + 1}, {166, words.height + 10}, fail_tint, 1, 3);
        canvas_.text({left + text_width - 158, y_ + 6}, document.disclaimer,
                     with({7.5, true, fail, Align::Left, 0}, 150));
        y_ += 28;
        canvas_.text({left, y_}, document.subtitle, small);
        y_ += 14;
        canvas_.line({left, y_}, {left + text_width, y_}, {accent, 1.4, {}, 1});
        y_ += 12;
        for (std::size_t b = 0; b < document.blocks.size(); ++b) {
            if (std::holds_alternative<Heading>(document.blocks[b])) keep_with_next(b);
            std::visit(*this, document.blocks[b]);
        }
        end_page();
    }
    int count() const { return page_; }

    void operator()(const Heading& h) {
        if (y_ > top + 1) y_ += 10;
        room(30);
        y_ += canvas_.text({left, y_}, h.text, {12, true, accent, Align::Left, text_width}).height + 6;
    }
    void operator()(const Paragraph& p) { write(p.text, body); }
    void operator()(const Bullets& b) {
        for (const auto& item : b.items) {
            const auto style = with(body, text_width - 14);
            room(canvas_.measure(item, style).height);
            canvas_.text({left + 2, y_}, "•", body);
            y_ += canvas_.text({left + 14, y_}, item, style).height + 3;
        }
        y_ += 4;
    }
    void operator()(const Notice& n) {
        const auto style = with(body, text_width - 34);
        double height = 24;
        for (const auto& line : n.lines) height += canvas_.measure(line, style).height + 3;
        room(height + 8);
        const auto colours = colours_of(n.tone);
        canvas_.fill({left, y_}, {text_width, height}, colours.tint);
        canvas_.fill({left, y_}, {3, height}, colours.text);
        canvas_.text({left + 12, y_ + 5}, n.title, with({9, true, colours.text, Align::Left, 0}, text_width - 24));
        double at = y_ + 19;
        for (const auto& line : n.lines) {
            canvas_.text({left + 12, at}, "•", body);
            at += canvas_.text({left + 22, at}, line, style).height + 3;
        }
        y_ += height + 8;
    }
    void operator()(const Verdicts& v) {
        room(34);
        double x = left;
        for (const auto& cell : v.cells) {
            const auto colours = colours_of(cell.tone);
            const TextStyle style{10.5, true, colours.text, Align::Left, 0};
            const Extent size = canvas_.measure(cell.text, style);
            canvas_.fill({x, y_}, {size.width + 20, size.height + 9}, colours.tint, 1, 3);
            canvas_.text({x + 10, y_ + 4.5}, cell.text, style);
            x += size.width + 28;
        }
        y_ += 32;
    }
    /// Label and value pairs in two columns, read row by row.
    void operator()(const FactGrid& f) {
        double label_width = 84;
        for (const auto& fact : f.facts)
            label_width = std::max(label_width, std::min(canvas_.measure(fact.label, small).width + 10, 125.0));
        const double half = text_width / 2;
        for (std::size_t i = 0; i < f.facts.size(); i += 2) {
            double height = 0;
            for (const bool draw : {false, true}) {
                if (draw) room(height);
                for (std::size_t c = 0; c < 2 && i + c < f.facts.size(); ++c) {
                    const auto& fact = f.facts[i + c];
                    const double x = left + half * static_cast<double>(c);
                    const auto label = with(small, label_width - 6), value = with(body, half - label_width - 12);
                    height = std::max(
                        {height, canvas_.measure(fact.label, label).height, canvas_.measure(fact.value, value).height});
                    if (!draw) continue;
                    canvas_.text({x, y_ + 0.9}, fact.label, label);
                    canvas_.text({x + label_width, y_}, fact.value, value);
                }
            }
            y_ += height + 3.5;
        }
        y_ += 6;
    }
    void operator()(const Table& t) {
        const auto widths = column_widths(canvas_, t, text_width, table_head, table_text, pad);
        for (std::size_t r = 0; r < t.rows.size(); ++r) {
            const double height = row_height(t.rows[r], widths);
            // The last two rows stay together: one row alone on a page reads as another table.
            const bool last_two = r > 0 && r + 2 == t.rows.size();
            const double wanted = height + (last_two ? row_height(t.rows[r + 1], widths) : 0);
            if (r == 0) room(height + 24);
            if (r > 0 && y_ + wanted > bottom) turn_page(), draw_head(t, widths);
            if (r == 0) draw_head(t, widths);
            draw_row(t, t.rows[r], widths, height);
        }
        y_ += 4;
        if (!t.note.empty()) write(t.note, small);
        y_ += 3;
    }
    void operator()(const Picture& p) {
        constexpr double caption = 21;
        room((p.refit ? p.least_height : p.figure.size.height) + caption);
        const double left_over = bottom - y_ - caption;
        const Figure figure = p.refit && left_over < p.figure.size.height ? p.refit(left_over) : p.figure;
        canvas_.inside({left, y_}, figure.size, figure.draw, false);
        y_ += figure.size.height + 5;
        if (!p.caption.empty()) write(p.caption, small);
        y_ += 3;
    }

  private:
    static constexpr double pad = 3.5;

    void write(const std::string& text, const TextStyle& style) {
        const auto wide = with(style, text_width);
        room(canvas_.measure(text, wide).height);
        y_ += canvas_.text({left, y_}, text, wide).height + 4;
    }
    void room(double height) {
        if (y_ + height > bottom && y_ > top + 1) turn_page();
    }
    /// A heading must not be the last thing on a page.
    void keep_with_next(std::size_t block) {
        double next = 60;
        if (block + 1 < document_.blocks.size())
            if (const auto* picture = std::get_if<Picture>(&document_.blocks[block + 1]))
                next = (picture->refit ? picture->least_height : picture->figure.size.height) + 20;
        room(std::min(next + 34, bottom - top));
    }
    double row_height(const std::vector<Cell>& row, const std::vector<double>& widths) const {
        double most = 0;
        for (std::size_t c = 0; c < row.size(); ++c)
            most = std::max(most, canvas_.measure(row[c].text, cell_style(row[c], widths[c], Align::Left)).height);
        return most + 6;
    }
    static TextStyle cell_style(const Cell& cell, double width, Align align) {
        auto style = with(table_text, width - 2 * pad - (cell.swatch ? 11 : cell.tone >= Tone::Good ? 7 : 0), align);
        style.bold = cell.tone != Tone::Normal && cell.tone != Tone::Muted;
        style.colour = colours_of(cell.tone).text;
        return style;
    }
    void draw_head(const Table& t, const std::vector<double>& widths) {
        double height = 0, x = left;
        for (std::size_t c = 0; c < widths.size(); ++c)
            height =
                std::max(height, canvas_.measure(t.columns[c].title, with(table_head, widths[c] - 2 * pad)).height);
        for (std::size_t c = 0; c < widths.size(); ++c) {
            const auto style = with(table_head, widths[c] - 2 * pad, t.columns[c].align);
            canvas_.text({x + pad, y_ + height - canvas_.measure(t.columns[c].title, style).height}, t.columns[c].title,
                         style);
            x += widths[c];
        }
        y_ += height + 3;
        canvas_.line({left, y_}, {left + text_width, y_}, {muted, 0.8, {}, 1});
    }
    void draw_row(const Table& t, const std::vector<Cell>& row, const std::vector<double>& widths, double height) {
        double x = left;
        for (std::size_t c = 0; c < row.size(); ++c) {
            const auto& cell = row[c];
            const auto style = cell_style(cell, widths[c], t.columns[c].align);
            double from = x + pad;
            if (cell.swatch) {
                canvas_.fill({from, y_ + 4.6}, {7, 7}, *cell.swatch, 1, 1.5);
                from += 11;
            } else if (cell.tone >= Tone::Good) {
                canvas_.fill({from, y_ + 1.6},
                             {canvas_.measure(cell.text, with(style, 0)).width + 7,
                              canvas_.measure("0", with(style, 0)).height + 2.8},
                             colours_of(cell.tone).tint, 1, 2.5);
                from += 3.5;
            }
            canvas_.text({from, y_ + 3}, cell.text, style);
            x += widths[c];
        }
        y_ += height;
        canvas_.line({left, y_}, {left + text_width, y_}, {faint, 0.5, {}, 1});
    }

    void begin_page() {
        ++page_;
        y_ = page_ == 1 ? 40 : top;
        if (page_ == 1) return;
        canvas_.text({left, 28}, document_.title, {7.5, true, muted, Align::Left, 0});
        canvas_.text({left + text_width, 28}, document_.subtitle, {7.5, false, muted, Align::Right, 0});
        canvas_.line({left, 41}, {left + text_width, 41}, {faint, 0.6, {}, 1});
    }
    void end_page() {
        canvas_.line({left, 802}, {left + text_width, 802}, {faint, 0.6, {}, 1});
        canvas_.text({left, 808}, document_.disclaimer, {7.5, true, fail, Align::Left, 0});
        canvas_.text({left + text_width, 808}, "Page " + std::to_string(page_) + " of " + std::to_string(total_),
                     {7.5, false, muted, Align::Right, 0});
        cairo_show_page(cairo_);
    }
    void turn_page() {
        end_page();
        begin_page();
    }

    cairo_t* cairo_;
    Canvas canvas_;
    const Document& document_;
    int total_, page_ = 0;
    double y_ = 0;
};

/// \returns pages drawn. \param path empty: draw to nowhere, to count
int draw(const std::filesystem::path& path, const Document& document, int total) {
    const std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface(
        cairo_pdf_surface_create(path.empty() ? nullptr : path.c_str(), page_width, page_height),
        cairo_surface_destroy);
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, "Coutard report");
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATOR,
                                   ("Coutard " + std::string(version)).c_str());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_SUBJECT, document.disclaimer.c_str());
    const std::unique_ptr<cairo_t, void (*)(cairo_t*)> cairo(cairo_create(surface.get()), cairo_destroy);
    const int count = Pages(cairo.get(), document, total).count();
    cairo_surface_finish(surface.get());
    const auto status = cairo_surface_status(surface.get());
    if (status != CAIRO_STATUS_SUCCESS)
        throw OutputError(path.string() + ": cannot be written: " + cairo_status_to_string(status));
    return count;
}

}  // namespace

void write_pdf(const std::filesystem::path& path, const Report& report) {
    const Document document = compose(report);
    const int total = draw({}, document, 0);
    write_atomically(path, [&](const std::filesystem::path& beside) { draw(beside, document, total); });
}

}  // namespace coutard::gui::report
