#include "registration/quality/spread.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/error.hpp"

namespace coutard::registration {

Spread spread_of(std::vector<float> values) {
    Spread spread;
    spread.count = values.size();
    if (values.empty()) return spread;
    double sum = 0;
    for (const float v : values) {
        expect(!std::isnan(v), "spread: no value is NaN");
        sum += v;
    }
    const auto percentile = [&](double percent) {
        const auto rank =
            static_cast<std::ptrdiff_t>(std::ceil(percent / 100 * static_cast<double>(values.size()))) - 1;
        const auto at = values.begin() + std::max<std::ptrdiff_t>(0, rank);
        std::nth_element(values.begin(), at, values.end());
        return static_cast<double>(*at);
    };
    spread.mean = sum / static_cast<double>(values.size());
    spread.median = percentile(50);
    spread.p95 = percentile(95);
    spread.max = *std::max_element(values.begin(), values.end());
    return spread;
}

}  // namespace coutard::registration
