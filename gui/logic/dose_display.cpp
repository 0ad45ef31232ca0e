#include "gui/logic/dose_display.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

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

double number_of(std::string_view word) {
    double value = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
    const bool whole = problem == std::errc() && end == word.data() + word.size();
    validate(whole, "isodose level", word, "a number");
    validate(value > 0 && value <= 1000, "isodose level", value, "more than 0, at most 1000");
    return value;
}

std::vector<double> numbers_of(std::string_view text) {
    constexpr std::string_view between = " ,;\t\n%";
    std::vector<double> numbers;
    while (true) {
        const std::size_t start = text.find_first_not_of(between);
        if (start == std::string_view::npos) break;
        text.remove_prefix(start);
        const std::size_t length = std::min(text.find_first_of(between), text.size());
        numbers.push_back(number_of(text.substr(0, length)));
        text.remove_prefix(length);
    }
    return numbers;
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
    display.levels = levels_from_text("107 100 95 90 80 70 50 30", {});
    return display;
}

void change_unit(DoseDisplay& display, DoseUnit unit) {
    if (unit == display.unit) return;
    const double factor = unit == DoseUnit::Gy ? display.reference_Gy / 100 : 100 / display.reference_Gy;
    for (auto& level : display.levels) level.value *= factor;
    display.unit = unit;
}

std::vector<IsodoseLevel> levels_from_text(std::string_view text, const std::vector<IsodoseLevel>& before) {
    std::vector<double> values = numbers_of(text);
    std::sort(values.begin(), values.end(), std::greater<>());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    validate(!values.empty() && values.size() <= 20, "number of isodose levels", values.size(), "1 to 20");
    std::vector<IsodoseLevel> levels;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto same = std::find_if(before.begin(), before.end(),
                                       [&](const IsodoseLevel& old) { return std::abs(old.value - values[i]) < 5e-3; });
        levels.push_back(same != before.end() ? *same : IsodoseLevel{values[i], line_colours[i % line_colours.size()]});
    }
    return levels;
}

std::string text_of(const std::vector<IsodoseLevel>& levels) {
    std::string text;
    for (const auto& level : levels) {
        char number[32];
        std::snprintf(number, sizeof number, "%.4g", level.value);
        text += (text.empty() ? "" : ", ") + std::string(number);
    }
    return text;
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
