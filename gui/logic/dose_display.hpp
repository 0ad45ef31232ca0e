#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coutard::gui {

using Colour = std::array<std::uint8_t, 3>;  ///< red, green, blue

/// In what isodose levels are written.
enum class DoseUnit { PercentOfReference, Gy };

struct IsodoseLevel {
    double value = 0;  ///< in the unit of the display
    Colour colour{255, 255, 255};
    bool visible = true;
};

/// How dose is drawn: a colour wash above a floor, and lines at levels.
struct DoseDisplay {
    bool wash = true, lines = true;
    double opacity = 0.4;       ///< of the wash, 0 to 1
    double floor_percent = 20;  ///< of the reference: no wash below
    double reference_Gy = 1;    ///< what 100 % means: the prescription, else the maximum of the dose
    bool reference_is_prescription = false;
    DoseUnit unit = DoseUnit::PercentOfReference;
    std::vector<IsodoseLevel> levels;  ///< highest first

    double gy_of(const IsodoseLevel& level) const;
    double ceiling_Gy() const { return 1.1 * reference_Gy; }  ///< the wash is fully red from here
    double floor_Gy() const { return floor_percent / 100 * reference_Gy; }
};

/// The levels to start with: 107, 100, 95, 90, 80, 70, 50 and 30 % of the reference.
DoseDisplay usual_display(double reference_Gy, bool is_prescription);

/// The same lines written in the other unit: no line moves.
void change_unit(DoseDisplay& display, DoseUnit unit);

inline constexpr std::size_t most_levels = 20;

/// Levels with the usual colours by rank; values sorted, highest first. \param values different and positive
std::vector<IsodoseLevel> levels_at(std::vector<double> values);

/// One level as a person writes it: a number with a decimal point, perhaps with " %" or " Gy" behind it.
/// \throws InputError no number (a comma is none: 66,5 could be two), not above 0, or above 1000
double level_from_text(std::string_view text);
/// The level as it is written: four significant digits.
double rounded_level(double value);

/// One more line. \throws InputError a line is there already, or there are 20
void add_level(DoseDisplay& display, double value);
/// Move a line, which keeps its colour and visibility. \throws InputError another line is there already
void move_level(DoseDisplay& display, std::size_t index, double value);

/// Colour of a dose in the wash, from blue at the floor to red at the ceiling.
Colour wash_colour(const DoseDisplay& display, double dose_Gy);
/// Red, green, blue, opacity per value; see-through below the floor.
std::vector<std::uint8_t> wash_rgba(const DoseDisplay& display, const std::vector<float>& dose_Gy);

}  // namespace coutard::gui
