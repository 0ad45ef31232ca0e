#include "gui/report/canvas.hpp"

#include <cairo-svg.h>
#include <pango/pangocairo.h>

#include <cmath>
#include <memory>
#include <numbers>

#include "engine/base/error.hpp"

namespace coutard::gui::report {
namespace {

using Layout = std::unique_ptr<PangoLayout, void (*)(gpointer)>;
using Surface = std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)>;
using Context = std::unique_ptr<cairo_t, void (*)(cairo_t*)>;

/// Text is measured alike on every surface: no hinting, 72 dots per inch.
Layout layout_of(cairo_t* cairo, std::string_view text, const TextStyle& style) {
    Layout layout(pango_cairo_create_layout(cairo), g_object_unref);
    PangoContext* context = pango_layout_get_context(layout.get());
    pango_cairo_context_set_resolution(context, 72);
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    PangoFontDescription* font = pango_font_description_from_string("Inter, DejaVu Sans, sans-serif");
    pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
    pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout.get(), font);
    pango_font_description_free(font);
    PangoAttrList* attributes = pango_attr_list_new();
    if (style.tabular) pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
    pango_layout_set_attributes(layout.get(), attributes);
    pango_attr_list_unref(attributes);
    pango_layout_set_single_paragraph_mode(layout.get(), style.cut);
    if (style.width > 0) {
        pango_layout_set_width(layout.get(), static_cast<int>(std::ceil(style.width * PANGO_SCALE)));
        pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
        pango_layout_set_ellipsize(layout.get(), style.cut ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
        pango_layout_set_alignment(layout.get(), style.align == Align::Left     ? PANGO_ALIGN_LEFT
                                                 : style.align == Align::Centre ? PANGO_ALIGN_CENTER
                                                                                : PANGO_ALIGN_RIGHT);
    }
    char* valid = g_utf8_make_valid(text.data(), static_cast<gssize>(text.size()));  // names come from files
    pango_layout_set_text(layout.get(), valid, -1);
    g_free(valid);
    return layout;
}

Extent extent_of(PangoLayout* layout) {
    int width = 0, height = 0;
    pango_layout_get_size(layout, &width, &height);
    return {static_cast<double>(width) / PANGO_SCALE, static_cast<double>(height) / PANGO_SCALE};
}

void set_colour(cairo_t* cairo, Colour c, double opacity = 1) {
    cairo_set_source_rgba(cairo, c.red / 255.0, c.green / 255.0, c.blue / 255.0, opacity);
}

cairo_status_t append(void* text, const unsigned char* data, unsigned length) {
    static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
}

/// Cairo records its errors; they become ours here.
void check(cairo_t* cairo, const char* doing) {
    ensure(cairo_status(cairo) == CAIRO_STATUS_SUCCESS,
           std::string(doing) + ": " + cairo_status_to_string(cairo_status(cairo)));
}

}  // namespace

Extent Canvas::measure(std::string_view text, const TextStyle& style) const {
    return extent_of(layout_of(cairo_, text, style).get());
}

Extent Canvas::text(Spot at, std::string_view text, const TextStyle& style) {
    const auto layout = layout_of(cairo_, text, style);
    const Extent size = extent_of(layout.get());
    if (style.width <= 0 && style.align == Align::Centre) at.x -= size.width / 2;
    if (style.width <= 0 && style.align == Align::Right) at.x -= size.width;
    set_colour(cairo_, style.colour);
    cairo_move_to(cairo_, at.x, at.y);
    pango_cairo_show_layout(cairo_, layout.get());
    return size;
}

void Canvas::apply(const Stroke& stroke) {
    set_colour(cairo_, stroke.colour, stroke.opacity);
    cairo_set_line_width(cairo_, stroke.width);
    cairo_set_dash(cairo_, stroke.dash.data(), static_cast<int>(stroke.dash.size()), 0);
    cairo_set_line_join(cairo_, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cairo_, CAIRO_LINE_CAP_BUTT);
    cairo_stroke(cairo_);
}

void Canvas::line(Spot from, Spot to, const Stroke& stroke) {
    cairo_move_to(cairo_, from.x, from.y);
    cairo_line_to(cairo_, to.x, to.y);
    apply(stroke);
}

void Canvas::path(const std::vector<Spot>& points, bool closed, const Stroke& stroke) {
    if (points.size() < 2) return;
    cairo_move_to(cairo_, points.front().x, points.front().y);
    for (std::size_t i = 1; i < points.size(); ++i) cairo_line_to(cairo_, points[i].x, points[i].y);
    if (closed) cairo_close_path(cairo_);
    apply(stroke);
}

void Canvas::fill(Spot at, Extent size, Colour colour, double opacity, double radius) {
    if (radius > 0) {
        constexpr double quarter = std::numbers::pi / 2;
        const double right = at.x + size.width - radius, low = at.y + size.height - radius;
        cairo_new_sub_path(cairo_);
        cairo_arc(cairo_, right, at.y + radius, radius, -quarter, 0);
        cairo_arc(cairo_, right, low, radius, 0, quarter);
        cairo_arc(cairo_, at.x + radius, low, radius, quarter, 2 * quarter);
        cairo_arc(cairo_, at.x + radius, at.y + radius, radius, 2 * quarter, 3 * quarter);
        cairo_close_path(cairo_);
    } else {
        cairo_rectangle(cairo_, at.x, at.y, size.width, size.height);
    }
    set_colour(cairo_, colour, opacity);
    cairo_fill(cairo_);
}

void Canvas::image(Spot at, Extent size, const std::vector<std::uint32_t>& pixels, int columns, int rows) {
    expect(pixels.size() == static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows),
           "image: one pixel per place");
    const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows), cairo_surface_destroy);
    const int stride = cairo_image_surface_get_stride(surface.get());
    unsigned char* data = cairo_image_surface_get_data(surface.get());
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c)
            reinterpret_cast<std::uint32_t*>(data + static_cast<std::ptrdiff_t>(r) * stride)[c] =
                pixels[static_cast<std::size_t>(r) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(c)];
    cairo_surface_mark_dirty(surface.get());
    cairo_save(cairo_);
    cairo_rectangle(cairo_, at.x, at.y, size.width, size.height);
    cairo_clip(cairo_);
    cairo_translate(cairo_, at.x, at.y);
    cairo_scale(cairo_, size.width / columns, size.height / rows);
    cairo_set_source_surface(cairo_, surface.get(), 0, 0);
    cairo_pattern_set_extend(cairo_get_source(cairo_), CAIRO_EXTEND_PAD);
    cairo_pattern_set_filter(cairo_get_source(cairo_), CAIRO_FILTER_BILINEAR);
    cairo_paint(cairo_);
    cairo_restore(cairo_);
}

void Canvas::inside(Spot at, Extent size, const std::function<void(Canvas&)>& draw, bool clip) {
    cairo_save(cairo_);
    cairo_translate(cairo_, at.x, at.y);
    if (clip) {
        cairo_rectangle(cairo_, 0, 0, size.width, size.height);
        cairo_clip(cairo_);
    }
    draw(*this);
    cairo_restore(cairo_);
}

std::string svg_of(const Figure& figure) {
    std::string text;
    const Surface surface(cairo_svg_surface_create_for_stream(append, &text, figure.size.width, figure.size.height),
                          cairo_surface_destroy);
    {
        const Context cairo(cairo_create(surface.get()), cairo_destroy);
        Canvas canvas(cairo.get());
        figure.draw(canvas);
        check(cairo.get(), "svg");
    }
    cairo_surface_finish(surface.get());
    return text;
}

std::string png_of(const Figure& figure, double scale) {
    const Surface surface(
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(std::ceil(figure.size.width * scale)),
                                   static_cast<int>(std::ceil(figure.size.height * scale))),
        cairo_surface_destroy);
    const Context cairo(cairo_create(surface.get()), cairo_destroy);
    cairo_scale(cairo.get(), scale, scale);
    Canvas canvas(cairo.get());
    canvas.fill({0, 0}, figure.size, paper);
    figure.draw(canvas);
    check(cairo.get(), "png");
    std::string text;
    cairo_surface_write_to_png_stream(surface.get(), append, &text);
    return text;
}

}  // namespace coutard::gui::report
