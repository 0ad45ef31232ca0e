#include "engine/eval/plan_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

Volume<float> sum_of(const std::vector<Volume<float>>& beams) {
    Volume<float> out(beams.front().grid());
    for (std::size_t v = 0; v < out.count(); ++v) {
        double sum = 0;
        for (const auto& beam : beams) sum += static_cast<double>(beam[v]);
        out[v] = static_cast<float>(sum);
    }
    return out;
}

CheckRow gamma_row(const Volume<float>& independent, const Volume<float>& planned, const Mask& counts,
                   double percent_Gy, const PlanCheckLevels& levels, const Progress& progress) {
    GammaCriteria criteria;
    criteria.dose_percent = levels.gamma_dose_percent;
    criteria.distance_mm = levels.gamma_distance_mm;
    criteria.threshold_percent = levels.gamma_threshold_percent;
    if (percent_Gy > 0) criteria.normalisation = Gy{percent_Gy};
    const GammaResult gamma = gamma_index(independent, planned, criteria, &counts, progress);
    char name[60];
    std::snprintf(name, sizeof name, "gamma %g %%/%g mm", criteria.dose_percent, criteria.distance_mm);
    CheckRow row{name, gamma.pass_percent(), 0, 100 - gamma.pass_percent()};
    row.tolerance = 100 - levels.gamma_tolerance_percent;
    row.action = 100 - levels.gamma_action_percent;
    row.verdict = judge(row.deviation, row.tolerance, row.action);
    return row;
}

/// Mean doses where the planned beam gives more than half of its largest dose: one number that noise and a
/// shift of a steep edge hardly move, in proportion to the beam's dose per monitor unit.
CheckRow beam_row(int number, const Volume<float>& planned, const Volume<float>& independent, const Mask& counts,
                  const PlanCheckLevels& levels) {
    float largest = 0;
    for (std::size_t v = 0; v < planned.count(); ++v)
        if (inside(counts, v)) largest = std::max(largest, planned[v]);
    CheckRow row{"beam " + std::to_string(number)};
    double n = 0;
    for (std::size_t v = 0; v < planned.count(); ++v) {
        if (!inside(counts, v) || planned[v] <= largest / 2) continue;
        row.planned += static_cast<double>(planned[v]);
        row.independent += static_cast<double>(independent[v]);
        n += 1;
    }
    row.planned /= std::max(n, 1.0);
    row.independent /= std::max(n, 1.0);
    row.deviation = 100 * (row.planned / row.independent - 1);
    row.tolerance = levels.beam_tolerance_percent;
    row.action = levels.beam_action_percent;
    row.verdict = judge(row.deviation, row.tolerance, row.action);
    return row;
}

CheckRow structure_row(std::string what, Gy planned, Gy independent, double percent_Gy, const PlanCheckLevels& levels) {
    CheckRow row{std::move(what), planned.value(), independent.value()};
    row.deviation = 100 * (row.planned - row.independent) / percent_Gy;
    row.tolerance = levels.structure_tolerance_percent;
    row.action = levels.structure_action_percent;
    row.verdict = judge(row.deviation, row.tolerance, row.action);
    return row;
}

}  // namespace

std::string_view text_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::Pass:
            return "pass";
        case Verdict::Look:
            return "look";
        case Verdict::Fail:
            return "fail";
    }
    return "";
}

Verdict judge(double deviation, double tolerance, double action) {
    if (std::abs(deviation) <= tolerance) return Verdict::Pass;
    return std::abs(deviation) <= action ? Verdict::Look : Verdict::Fail;
}

PlanCheck check_plan(const TwoDoses& doses, const Mask& counts,
                     const std::vector<std::pair<Structure, Mask>>& structures, const PlanCheckLevels& levels,
                     const Progress& progress) {
    expect(!doses.planned_beams.empty() && doses.planned_beams.size() == doses.independent_beams.size() &&
               doses.planned_beams.size() == doses.beam_numbers.size(),
           "check_plan: as many planned as independent beams");
    for (std::size_t b = 0; b < doses.planned_beams.size(); ++b)
        expect(doses.planned_beams[b].grid().same_as(counts.grid()) &&
                   doses.independent_beams[b].grid().same_as(counts.grid()),
               "check_plan: doses and mask on one grid");
    const auto planned = sum_of(doses.planned_beams), independent = sum_of(doses.independent_beams);
    double percent_Gy = doses.prescription_Gy;
    if (percent_Gy <= 0)
        percent_Gy = static_cast<double>(*std::max_element(independent.values().begin(), independent.values().end()));
    PlanCheck check;
    check.rows.push_back(gamma_row(independent, planned, counts, doses.prescription_Gy, levels, progress));
    for (std::size_t b = 0; b < doses.planned_beams.size(); ++b)
        check.rows.push_back(
            beam_row(doses.beam_numbers[b], doses.planned_beams[b], doses.independent_beams[b], counts, levels));
    for (const auto& [structure, mask] : structures) {
        const auto a = structure_dose(structure.name, planned, mask),
                   b = structure_dose(structure.name, independent, mask);
        if (a.empty()) continue;
        check.rows.push_back(structure_row(structure.name + " Dmean", a.mean, b.mean, percent_Gy, levels));
        if (structure.role == Role::Ptv || structure.role == Role::Ctv || structure.role == Role::Gtv)
            check.rows.push_back(structure_row(structure.name + " D50%", a.dose_at_percent(50), b.dose_at_percent(50),
                                               percent_Gy, levels));
    }
    for (const auto& row : check.rows) check.verdict = std::max(check.verdict, row.verdict);
    return check;
}

}  // namespace coutard
