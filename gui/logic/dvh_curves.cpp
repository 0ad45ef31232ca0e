#include "gui/logic/dvh_curves.hpp"

#include <algorithm>
#include <cmath>

namespace coutard::gui {

double DvhCurve::percent_at(double dose) const {
    if (dose_Gy.empty() || dose >= dose_Gy.back()) return 0;
    if (dose <= dose_Gy.front()) return percent.front();
    const auto above =
        static_cast<std::size_t>(std::upper_bound(dose_Gy.begin(), dose_Gy.end(), dose) - dose_Gy.begin());
    const double part = (dose - dose_Gy[above - 1]) / (dose_Gy[above] - dose_Gy[above - 1]);
    return std::lerp(percent[above - 1], percent[above], part);
}

std::vector<DvhCurve> dvh_curves(const Patient& patient, const std::vector<bool>& visible,
                                 const std::vector<Colour>& colours) {
    std::vector<DvhCurve> curves;
    for (std::size_t s = 0; s < patient.structures.size(); ++s) {
        const auto& dose = patient.structures[s].dose;
        if (!visible[s] || !dose || dose->empty()) continue;
        DvhCurve curve{s, patient.structures[s].drawn.name, colours[s], {}, {}};
        const auto at_least = dose->dvh.at_least();
        const std::size_t stride = std::max<std::size_t>(1, at_least.size() / 400);
        for (std::size_t i = 0; i < at_least.size(); i += stride) {
            curve.dose_Gy.push_back(static_cast<double>(i) * dose->dvh.width().value());
            curve.percent.push_back(100 * at_least[i] / at_least.front());
        }
        curve.dose_Gy.push_back(static_cast<double>(at_least.size()) * dose->dvh.width().value());
        curve.percent.push_back(0);
        curves.push_back(std::move(curve));
    }
    return curves;
}

AxisScale axis_for(double most) {
    if (!(most > 0)) return {};
    const double power = std::pow(10.0, std::floor(std::log10(most / 5)));
    for (const double step : {1.0, 2.0, 5.0, 10.0}) {
        const double ticks = std::ceil(most / (step * power) - 1e-9);
        if (ticks <= 10) return {ticks * step * power, step * power};
    }
    return {most, most / 5};
}

}  // namespace coutard::gui
