#include "gui/logic/dose_display.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "engine/base/error.hpp"

namespace coutard::gui {
namespace {

constexpr std::array<Colour, 8> line_colours{{{255, 79, 216},
                                              {255, 69, 58},
                                              {255, 159, 10},
                                              {255, 214, 10},
                                              {48, 209, 88},
                                              {64, 200, 224},
                                              {74, 144, 255},
                                              {150, 140, 255}}};
// Blue, cyan, green, yellow, orange, red: the order every dose display uses.
constexpr std::array<Colour, 6> wash_ramp{
    {{30, 60, 220}, {0, 190, 230}, {40, 205, 80}, {250, 220, 30}, {255, 140, 0}, {230, 20, 30}}};

/// Lines nearer than that cannot be told apart on the screen.
bool same_level(double a, double b) {
    return std::abs(a - b) < 5e-3;
}

void put_in_order(std::vector<IsodoseLevel>& levels) {
    std::stable_sort(levels.begin(), levels.end(), [](const auto& a, const auto& b) { return a.value > b.value; });
}

void refuse_double(const std::vector<IsodoseLevel>& levels, std::optional<std::size_t> but, double value) {
    for (std::size_t i = 0; i < levels.size(); ++i)
        validate(i == but || !same_level(levels[i].value, value), "isodose level", value, "a level without a line");
}

}  // namespace

double DoseDisplay::gy_of(const IsodoseLevel& level) const {
    return unit == DoseUnit::Gy ? level.value : level.value / 100 * reference_Gy;
}

DoseDisplay usual_display(double reference_Gy, bool is_prescription) {
    expect(reference_Gy > 0, "reference dose is positive");
    DoseDisplay display;
    display.reference_Gy = reference_Gy;
    display.reference_is_prescription = is_prescription;
    display.levels = levels_at({107, 100, 95, 90, 80, 70, 50, 30});
    return display;
}

void change_unit(DoseDisplay& display, DoseUnit unit) {
    if (unit == display.unit) return;
    const double factor = unit == DoseUnit::Gy ? display.reference_Gy / 100 : 100 / display.reference_Gy;
    for (auto& level : display.levels) level.value *= factor;
    display.unit = unit;
}

std::vector<IsodoseLevel> levels_at(std::vector<double> values) {
    std::sort(values.begin(), values.end(), std::greater<>());
    std::vector<IsodoseLevel> levels;
    for (const double value : values) levels.push_back({value, line_colours[levels.size() % line_colours.size()]});
    return levels;
}

double level_from_text(std::string_view text) {
    std::string_view word = text;
    const auto trim = [&] {
        while (word.starts_with(' ')) word.remove_prefix(1);
        while (word.ends_with(' ')) word.remove_suffix(1);
    };
    trim();
    for (const std::string_view unit : {"%", "Gy"})
        if (word.ends_with(unit)) word.remove_suffix(unit.size());
    trim();
    double value = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
    const bool whole = problem == std::errc() && end == word.data() + word.size();
    validate(whole, "isodose level", text, "a number with a decimal point, such as 66.5");
    validate(value > 0 && value <= 1000, "isodose level", value, "more than 0, at most 1000");
    return value;
}

double rounded_level(double value) {
    const double unit = std::pow(10.0, std::floor(std::log10(value)) - 3);
    return std::round(value / unit) * unit;
}

void add_level(DoseDisplay& display, double value) {
    validate(display.levels.size() < most_levels, "number of isodose levels", display.levels.size() + 1, "1 to 20");
    refuse_double(display.levels, {}, value);
    display.levels.push_back({value, line_colours[display.levels.size() % line_colours.size()]});
    put_in_order(display.levels);
}

void move_level(DoseDisplay& display, std::size_t index, double value) {
    refuse_double(display.levels, index, value);
    display.levels.at(index).value = value;
    put_in_order(display.levels);
}

Colour wash_colour(const DoseDisplay& display, double dose_Gy) {
    const double span = std::max(1e-9, display.ceiling_Gy() - display.floor_Gy());
    const double steps = static_cast<double>(wash_ramp.size() - 1);
    const double at = std::clamp((dose_Gy - display.floor_Gy()) / span, 0.0, 1.0) * steps;
    const auto low = static_cast<std::size_t>(std::min(at, steps - 1));
    Colour mixed{};
    for (std::size_t c = 0; c < 3; ++c)
        mixed[c] = static_cast<std::uint8_t>(
            std::lround(std::lerp(static_cast<double>(wash_ramp[low][c]), static_cast<double>(wash_ramp[low + 1][c]),
                                  at - static_cast<double>(low))));
    return mixed;
}

std::vector<std::uint8_t> wash_rgba(const DoseDisplay& display, const std::vector<float>& dose_Gy) {
    const auto opaque = static_cast<std::uint8_t>(std::lround(std::clamp(display.opacity, 0.0, 1.0) * 255));
    // One colour per 1/1024 of the range: a slice has a quarter of a million pixels.
    std::array<Colour, 1025> table;
    const double low = display.floor_Gy(), step = std::max(1e-9, display.ceiling_Gy() - low) / 1024;
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = wash_colour(display, low + static_cast<double>(i) * step);
    std::vector<std::uint8_t> rgba;
    rgba.reserve(4 * dose_Gy.size());
    for (const double dose : dose_Gy) {
        const Colour& colour = table[static_cast<std::size_t>(std::clamp((dose - low) / step, 0.0, 1024.0))];
        rgba.insert(rgba.end(), {colour[0], colour[1], colour[2], dose < low ? std::uint8_t{0} : opaque});
    }
    return rgba;
}

}  // namespace coutard::gui
