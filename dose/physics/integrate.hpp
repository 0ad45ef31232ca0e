#pragma once
#include <cmath>

namespace coutard::dose {

/// Integral of f over [from, to] by the midpoint rule in ln x: kind to 1/x and 1/x^2. Nothing where to <= from.
template <class F>
double integrate_log(double from, double to, int cells, const F& f) {
    if (to <= from) return 0;
    const double h = std::log(to / from) / cells;
    double sum = 0;
    for (int i = 0; i < cells; ++i) {
        const double x = from * std::exp((i + 0.5) * h);
        sum += f(x) * x * h;
    }
    return sum;
}

}  // namespace coutard::dose
