#pragma once
#include "engine/base/quantity.hpp"
#include "engine/image/volume.hpp"

namespace coutard {

/// How far a course has come.
struct CourseState {
    int fractions = 0;  ///< planned, positive
    int done = 0;       ///< delivered as planned before today, fewer than planned
};

/// The day's dose where the tissue lay when the plan was made, and what it adds to the course.
/// Figures of trust count voxels that were planned to get 5 % of the largest dose or more.
struct AccumulatedDose {
    Volume<float> so_far_Gy;    ///< fractions done as planned, and today's
    Volume<float> course_Gy;    ///< fractions done as planned, all others like today
    Cm3 beyond_day;             ///< tissue that today's dose does not reach: its planned dose stands for today's
    double inverse_p95_mm = 0;  ///< residual of the inverted field, 95th percentile; large where it folds
    double inverse_max_mm = 0;
};

/// Sum of a course on the planning grid. Dose is energy per mass and mass moves along, so the day's dose is
/// pulled through the inverse of the field: D(y) = D_day(y + v(y)).
/// \param planned_Gy  whole course on the planning grid
/// \param day_Gy      today's fraction on today's anatomy, any grid
/// \param to_planning today's point x -> planning point x + u(x)
/// \throws ContractError fractions not positive, or done outside 0 to fractions - 1
AccumulatedDose accumulate_dose(const Volume<float>& planned_Gy, const Volume<float>& day_Gy,
                                const DisplacementField& to_planning, const CourseState& state);

}  // namespace coutard
