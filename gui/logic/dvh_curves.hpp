#pragma once
#include <string>
#include <vector>

#include "gui/logic/dose_display.hpp"
#include "gui/logic/patient.hpp"

namespace coutard::gui {

/// A line of the DVH plot: dose [Gy] against volume [%], from (0, 100) down to 0.
struct DvhCurve {
    std::size_t structure = 0;  ///< index in the patient
    std::string name;
    Colour colour{};
    std::vector<double> dose_Gy, percent;
    double percent_at(double dose_Gy) const;  ///< linear between points, 0 beyond the end
};

/// Curves of the structures with a dose for which `visible` holds, in their order; at most some 400 points each.
std::vector<DvhCurve> dvh_curves(const Patient& patient, const std::vector<bool>& visible,
                                 const std::vector<Colour>& colours);

/// A round end of an axis that holds `most`, and the distance of its ticks: 1, 2 or 5 times a power of ten,
/// 5 to 10 ticks.
struct AxisScale {
    double end = 1, tick = 0.2;
};
AxisScale axis_for(double most);

}  // namespace coutard::gui
