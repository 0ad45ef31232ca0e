#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gui/report/colour.hpp"

typedef struct _cairo cairo_t;                  // NOLINT: Cairo's own name
typedef struct _cairo_surface cairo_surface_t;  // NOLINT

namespace coutard::gui::report {

/// A place on a figure or page [pt], y downwards.
struct Spot {
    double x = 0, y = 0;
};
struct Extent {
    double width = 0, height = 0;
};

enum class Align { Left, Centre, Right };
struct TextStyle {
    double size = 8.5;  ///< [pt]
    bool bold = false;
    Colour colour = ink;
    Align align = Align::Left;
    double width = 0;      ///< wraps here; 0: one line
    bool tabular = false;  ///< figures of one width, for columns of numbers
    bool cut = false;      ///< one line whatever is in it, ended by an ellipsis at `width`
};
struct Stroke {
    Colour colour = ink;
    double width = 0.75;  ///< [pt]
    std::vector<double> dash;
    double opacity = 1;
};

/// Drawing with Cairo and Pango in points; the same calls fill a PDF page and an SVG figure.
class Canvas {
  public:
    explicit Canvas(cairo_t* target) : cairo_(target) {}

    /// Draws text with its top at `at` (for Centre and Right without width: around or left of it).
    Extent text(Spot at, std::string_view text, const TextStyle& style);
    Extent measure(std::string_view text, const TextStyle& style) const;

    void line(Spot from, Spot to, const Stroke& stroke);
    void path(const std::vector<Spot>& points, bool closed, const Stroke& stroke);
    void fill(Spot at, Extent size, Colour colour, double opacity = 1, double radius = 0);
    /// Pixels 0xRRGGBB, row by row from the top, stretched over a rectangle.
    void image(Spot at, Extent size, const std::vector<std::uint32_t>& pixels, int columns, int rows);
    /// Draw in a rectangle only, with the origin at its corner. No text under a clip: Cairo's PDF backend shrinks
    /// the clip to the ink of the first run of text, and what follows loses its rims.
    void inside(Spot at, Extent size, const std::function<void(Canvas&)>& draw, bool clip = true);

  private:
    void apply(const Stroke& stroke);
    cairo_t* cairo_;
};

/// Something drawn, at its natural size [pt].
struct Figure {
    Extent size;
    std::function<void(Canvas&)> draw;
    std::string alternative;  ///< what it shows, in words
};

/// A figure as an SVG document; text becomes outlines, so no font is needed to read it.
std::string svg_of(const Figure& figure);
/// A figure as a PNG. \param scale pixels per point
std::string png_of(const Figure& figure, double scale);

}  // namespace coutard::gui::report
