#include "engine/workflow/accumulation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/image/invert.hpp"
#include "engine/image/resample.hpp"

namespace coutard {
namespace {

constexpr float counts_from = 0.05F;  // of the largest planned dose

/// Residual of an inverse where dose was planned, 95th percentile and maximum [mm].
void judge_inverse(const Volume<float>& residual_mm, const Volume<float>& planned_Gy, float least_Gy,
                   AccumulatedDose& sum) {
    std::vector<float> lengths;
    for (std::size_t v = 0; v < residual_mm.count(); ++v)
        if (planned_Gy[v] >= least_Gy) lengths.push_back(residual_mm[v]);
    if (lengths.empty()) return;
    const auto rank = static_cast<std::size_t>(std::ceil(0.95 * static_cast<double>(lengths.size()))) - 1;
    std::nth_element(lengths.begin(), lengths.begin() + static_cast<std::ptrdiff_t>(rank), lengths.end());
    sum.inverse_p95_mm = lengths[rank];
    sum.inverse_max_mm = *std::max_element(lengths.begin(), lengths.end());
}

}  // namespace

AccumulatedDose accumulate_dose(const Volume<float>& planned_Gy, const Volume<float>& day_Gy,
                                const DisplacementField& to_planning, const CourseState& state) {
    expect(state.fractions > 0 && state.done >= 0 && state.done < state.fractions,
           "fractions done lie between 0 and those planned");
    const float unknown = std::numeric_limits<float>::quiet_NaN();
    const DisplacementField back = invert(to_planning, planned_Gy.grid());
    const Volume<float> day = warp(day_Gy, back, unknown);
    const auto planned = planned_Gy.values();
    const float least = counts_from * *std::max_element(planned.begin(), planned.end());
    AccumulatedDose sum;
    sum.so_far_Gy = sum.course_Gy = planned_Gy;
    const auto fractions = static_cast<float>(state.fractions), done = static_cast<float>(state.done);
    std::size_t beyond = 0;
    for (std::size_t v = 0; v < planned_Gy.count(); ++v) {
        const bool missing = std::isnan(day[v]);
        const float once = planned_Gy[v] / fractions, today = missing ? once : day[v];
        beyond += missing && planned_Gy[v] >= least ? 1 : 0;
        sum.so_far_Gy[v] = once * done + today;
        sum.course_Gy[v] = once * done + today * (fractions - done);
    }
    sum.beyond_day = Cm3{static_cast<double>(beyond) * planned_Gy.grid().voxel_cm3()};
    judge_inverse(inverse_residual(back, to_planning), planned_Gy, least, sum);
    return sum;
}

}  // namespace coutard
